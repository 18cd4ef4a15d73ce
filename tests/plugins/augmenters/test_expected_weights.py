"""How much each source's label counts on average: what an augmenter says is what it draws."""

from dataclasses import replace

import pytest
import torch

from augbench import Augmenter, DrawContext
from augbench.registry.discovery import discover
from augbench_plugins.augmenters.balanced_mixup import BalancedMixup
from augbench_plugins.augmenters.bilinear_mixup import BilinearMixup
from augbench_plugins.augmenters.cutmix import CutMix
from augbench_plugins.augmenters.mixmatch_mixup import MixMatchMixup
from augbench_plugins.augmenters.mixup import Mixup
from augbench_plugins.augmenters.patches import RandomColumnInterval, RandomRowInterval, RandomSquare
from augbench_plugins.augmenters.vh_mixup import VhMixup

COUNT, SHAPE = 20_000, (3, 8, 12)


def built_in() -> list[Augmenter]:
    registry = discover()
    named = [entry.name for entry in registry.entries if entry.kind == "augmenter" and not entry.family]
    components = [registry.resolve("augmenter", name).component() for name in named]
    return [component for component in components if component.arity > 1]


CHANGED = [
    Mixup(low=0.1, high=0.3),
    Mixup(law="beta", alpha=0.5, low=0.2, high=1.0),
    BalancedMixup(alpha=0.8),
    MixMatchMixup(alpha=0.2),
    CutMix(alpha=0.3),
    RandomSquare(side=0.9),
    BilinearMixup(tie_inner=True),
]


@pytest.mark.parametrize("augmenter", [*built_in(), *CHANGED], ids=repr)
def test_expected_weights_are_the_mean_of_the_label_weights(augmenter) -> None:
    if "draws" in vars(augmenter):
        # Of a law that is drawn once a batch, as many draws as of the others.
        augmenter = replace(augmenter, draws="sample")
    labels = torch.zeros(COUNT, augmenter.arity, dtype=torch.int64)
    context = DrawContext(steps=1, per_step=COUNT, shape=SHAPE, labels=labels, class_counts=torch.tensor([9]))
    draw = augmenter.draw(context, torch.Generator().manual_seed(0))
    sources = torch.rand(COUNT, augmenter.arity, *SHAPE, generator=torch.Generator().manual_seed(1))
    mixed = augmenter.apply(sources, draw)
    weights = mixed.pixel_weights if mixed.label_weights is None else mixed.label_weights
    expected = torch.tensor(augmenter.expected_weights(SHAPE))
    assert expected.sum().item() == pytest.approx(1)
    weights = weights.double()
    assert ((weights.mean(0) - expected).abs() <= 4 * weights.std(0) / COUNT**0.5 + 1e-6).all()


def test_the_closed_forms_are_those_of_the_papers() -> None:
    assert BalancedMixup(alpha=0.1).expected_weights(SHAPE)[1] == pytest.approx(0.091, abs=5e-4)
    assert BalancedMixup(alpha=0.3).expected_weights(SHAPE)[1] == pytest.approx(0.231, abs=5e-4)
    square = (3, 64, 64)
    assert (
        RandomColumnInterval().expected_weights(square)[1]
        == RandomRowInterval().expected_weights(square)[1]
        == pytest.approx(0.246, abs=5e-4)
    )
    assert RandomSquare(side=0.5).expected_weights(square)[1] == pytest.approx(0.191, abs=5e-4)
    assert RandomSquare(side=0.25).expected_weights(square)[1] == pytest.approx(0.055, abs=5e-4)
    assert VhMixup().expected_weights(square)[0] == pytest.approx(63 / 128)
    # Of l ~ U(0, 1), the larger of l and 1 - l is 3/4 on average.
    assert MixMatchMixup(alpha=1.0).expected_weights(square)[0] == pytest.approx(0.75)
