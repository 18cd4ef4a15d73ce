"""What every augmenter obeys."""

from collections.abc import Callable
from dataclasses import fields

import pytest
import torch

from augbench import Augmenter, DrawContext
from augbench_plugins.augmenters.affine import Affine
from augbench_plugins.augmenters.balanced_mixup import BalancedMixup
from augbench_plugins.augmenters.bcplus import Bcplus, VhBcplus
from augbench_plugins.augmenters.bilinear_mixup import BilinearMixup
from augbench_plugins.augmenters.brightness import Brightness
from augbench_plugins.augmenters.concatenations import HorizontalConcat, MixedConcat, Random2x2, VertConcat
from augbench_plugins.augmenters.contrast import Contrast
from augbench_plugins.augmenters.cutmix import CutMix
from augbench_plugins.augmenters.erasing import Erasing
from augbench_plugins.augmenters.geometry import Flips, QuarterTurns
from augbench_plugins.augmenters.mixmatch_mixup import MixMatchMixup
from augbench_plugins.augmenters.mixup import Mixup
from augbench_plugins.augmenters.noise import Noise
from augbench_plugins.augmenters.nonlinear_mixup import NonlinearMixup
from augbench_plugins.augmenters.patches import RandomColumnInterval, RandomRowInterval, RandomSquare
from augbench_plugins.augmenters.perspective import Perspective
from augbench_plugins.augmenters.remix import Remix, RemixCutMix
from augbench_plugins.augmenters.scattered import NoisyMixup, RandomColumns, RandomElements, RandomPixels, RandomRows
from augbench_plugins.augmenters.shifts import Shifts
from augbench_plugins.augmenters.smote import Smote
from augbench_plugins.augmenters.tv_family import Tv
from augbench_plugins.augmenters.vh_mixup import VhMixup
from support.lawful import broken

PAIR_MASKS = [VertConcat, HorizontalConcat, MixedConcat, Random2x2, RandomRows, RandomColumns, RandomPixels, RandomElements]
PATCHES = [RandomSquare, RandomColumnInterval, RandomRowInterval]
PAIRS = [*PAIR_MASKS, *PATCHES, NoisyMixup, Bcplus, VhBcplus, MixMatchMixup, CutMix, Remix, RemixCutMix, BalancedMixup, Smote]
AUGMENTERS = [
    *(kind(draws=law) for kind in PAIRS for law in ("sample", "batch")),
    Bcplus(restore_mean=False),
    Affine(),
    Affine(outside="black"),
    Perspective(),
    Shifts(horizontal=0.4, vertical=0.4),
    Shifts(horizontal=0.4, vertical=0.4, outside="black"),
    Contrast(),
    Noise(),
    Erasing(),
    Erasing(paint="random", rate=1.0),
    Erasing(paint="mean"),
    Mixup(),
    Mixup(law="beta", alpha=0.4, low=0.0, high=1.0, draws="batch"),
    NonlinearMixup(),
    NonlinearMixup(pivot=0.5, range="none", draws="batch"),
    NonlinearMixup(range="wrap", axes=("red", "blue")),
    NonlinearMixup(range="rescale"),
    BilinearMixup(),
    BilinearMixup(tie_inner=True),
    VhMixup(),
    Flips(),
    QuarterTurns(),
    Brightness(),
    Tv(name="GaussianNoise"),
    Tv(name="ElasticTransform", parameters={"alpha": 5.0, "sigma": 1.0}),
]
every = pytest.mark.parametrize("augmenter", AUGMENTERS, ids=repr)

Contexts = Callable[..., DrawContext]
Rngs = Callable[..., torch.Generator]


@every
def test_it_keeps_the_laws(augmenter: Augmenter) -> None:
    assert broken(augmenter) == []


@every
def test_whether_outputs_stay_in_bounds_is_what_the_augmenter_says(augmenter: Augmenter, context: Contexts, rng: Rngs) -> None:
    sources = torch.rand(200, augmenter.arity, 3, 8, 8, generator=rng(7))
    made = augmenter.apply(sources, augmenter.draw(context(10, augmenter.arity, steps=20), rng())).images
    assert ((made >= 0) & (made <= 1)).all() == augmenter.bounded


@pytest.mark.parametrize(
    "augmenter",
    [
        *(kind(draws="batch") for kind in PAIRS),
        Mixup(draws="batch"),
        NonlinearMixup(draws="batch"),
        BilinearMixup(draws="batch"),
        VhMixup(draws="batch"),
    ],
    ids=repr,
)
def test_one_draw_a_batch_is_shared_by_its_images_alone(augmenter: Augmenter, context: Contexts, rng: Rngs) -> None:
    draw = augmenter.draw(context(5, augmenter.arity, steps=40), rng())
    for field in fields(draw):
        numbers = getattr(draw, field.name).view(40, 5, -1)
        assert (numbers == numbers[:, :1]).all()
        assert len(numbers[:, 0].unique(dim=0)) > 2


@pytest.mark.parametrize(
    "augmenter",
    [
        *(kind() for kind in [*PAIR_MASKS, *PATCHES, NoisyMixup, MixMatchMixup, CutMix, Remix, RemixCutMix, BalancedMixup]),
        Mixup(),
        BilinearMixup(),
        BilinearMixup(tie_inner=True),
        VhMixup(),
    ],
    ids=repr,
)
def test_pixel_weights_say_how_much_of_each_source_is_seen(augmenter: Augmenter, context: Contexts, rng: Rngs) -> None:
    draw = augmenter.draw(context(50, augmenter.arity), rng())
    for source in range(augmenter.arity):
        sources = torch.zeros(50, augmenter.arity, 3, 8, 8)
        sources[:, source] = 1
        mixed = augmenter.apply(sources, draw)
        assert torch.allclose(mixed.images.mean(dim=(1, 2, 3)), mixed.pixel_weights[:, source], atol=1e-6)
