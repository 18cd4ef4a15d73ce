"""What every augmenter obeys."""

from collections.abc import Callable
from dataclasses import fields

import pytest
import torch
from torch import Tensor
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.utils._python_dispatch import TorchDispatchMode

from augbench import Augmenter, Draw, DrawContext, Mixed
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
    Erasing(paint="random", rate=1),
    Erasing(paint="mean"),
    Mixup(),
    Mixup(law="beta", alpha=0.4, low=0, high=1, draws="batch"),
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
]
batched = pytest.mark.parametrize("augmenter", AUGMENTERS, ids=repr)
every = pytest.mark.parametrize("augmenter", [*AUGMENTERS, Tv(name="GaussianNoise")], ids=repr)

Contexts = Callable[..., DrawContext]
Pictures = Callable[..., Tensor]
Rngs = Callable[..., torch.Generator]

aten = torch.ops.aten
WAITS = {
    aten._local_scalar_dense,
    aten.item,
    aten.is_nonzero,
    aten.equal,
    aten.nonzero,
    aten.masked_select,
    aten._unique2,
    aten.unique_consecutive,
    aten.bincount,
}


class NoWaiting(TorchDispatchMode):
    """Fails on operations for which the host waits for the device, or which copy between them."""

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):  # type: ignore[no-untyped-def]
        kwargs = kwargs or {}
        assert func.overloadpacket not in WAITS, f"{func} waits for the device"
        indices = args[1] if func.overloadpacket in (aten.index, aten.index_put, aten.index_put_) else ()
        assert not any(index is not None and index.dtype == torch.bool for index in indices), f"{func} by a mask waits for the device"
        result = func(*args, **kwargs)
        devices = {tensor.device for tensor in (*args, result) if isinstance(tensor, Tensor) and tensor.dim()}
        assert len(devices) <= 1, f"{func} copies between {devices}"
        return result


def on_fake_cuda(augmenter: Augmenter, draw: Draw, sources: Tensor) -> Mixed:
    with FakeTensorMode():
        numbers = {field.name: getattr(draw, field.name) for field in fields(draw)}
        moved = {name: torch.empty(number.shape, dtype=number.dtype, device="cuda") for name, number in numbers.items()}
        with NoWaiting():
            return augmenter.apply(torch.empty(sources.shape, device="cuda"), type(draw)(**moved))


@batched
def test_nothing_waits_for_the_device(augmenter: Augmenter, context: Contexts, images: Pictures, rng: Rngs) -> None:
    draw = augmenter.draw(context(arity=augmenter.arity), rng())
    mixed = on_fake_cuda(augmenter, draw, images(arity=augmenter.arity))
    assert mixed.images.shape == (6, 3, 8, 8)
    assert mixed.images.device.type == mixed.pixel_weights.device.type == "cuda"


@pytest.mark.parametrize(
    "wait",
    [
        lambda numbers: numbers.sum().item(),
        lambda numbers: numbers[numbers > 0],
        lambda numbers: (numbers > 0).nonzero(),
        lambda numbers: numbers.cpu(),
        lambda numbers: bool((numbers > 0).all()),
    ],
)
def test_the_guard_against_waiting_notices(wait: Callable[[Tensor], object]) -> None:
    with FakeTensorMode(), NoWaiting(), pytest.raises(AssertionError, match=r"waits|copies"):
        wait(torch.empty(4, device="cuda"))


@every
@pytest.mark.parametrize("count", [0, 1, 5])
def test_images_keep_their_shape_and_weights_add_up(
    augmenter: Augmenter, count: int, context: Contexts, images: Pictures, rng: Rngs
) -> None:
    sources = images(count, augmenter.arity)
    mixed = augmenter.apply(sources, augmenter.draw(context(count, augmenter.arity), rng()))
    assert mixed.images.shape == (count, 3, 8, 8)
    assert mixed.images.dtype == torch.float32
    assert mixed.pixel_weights.shape == (count, augmenter.arity)
    assert torch.allclose(mixed.pixel_weights.sum(dim=1), torch.ones(count))
    assert (mixed.pixel_weights >= 0).all()
    if mixed.label_weights is not None:
        assert mixed.label_weights.shape == (count, augmenter.arity)
        assert torch.allclose(mixed.label_weights.sum(dim=1), torch.ones(count))
        assert (mixed.label_weights >= 0).all()


@every
def test_outputs_stay_in_bounds_if_the_augmenter_says_so(augmenter: Augmenter, context: Contexts, images: Pictures, rng: Rngs) -> None:
    sources = images(200, augmenter.arity)
    made = augmenter.apply(sources, augmenter.draw(context(10, augmenter.arity, steps=20), rng())).images
    assert ((made >= 0) & (made <= 1)).all() == augmenter.bounded


@every
def test_sources_and_draws_are_left_alone(augmenter: Augmenter, context: Contexts, images: Pictures, rng: Rngs) -> None:
    sources, draw = images(arity=augmenter.arity), augmenter.draw(context(arity=augmenter.arity), rng())
    kept, numbers = sources.clone(), {field.name: getattr(draw, field.name).clone() for field in fields(draw)}
    augmenter.apply(sources, draw).images.add_(1)
    assert torch.equal(sources, kept)
    assert all(torch.equal(getattr(draw, name), number) for name, number in numbers.items())


@every
def test_a_stream_decides_every_bit_and_nothing_else_does(augmenter: Augmenter, context: Contexts, images: Pictures, rng: Rngs) -> None:
    sources, drawn_for = images(arity=augmenter.arity), context(arity=augmenter.arity)
    state = torch.get_rng_state()
    first = augmenter.apply(sources, augmenter.draw(drawn_for, rng(1))).images
    again = augmenter.apply(sources, augmenter.draw(drawn_for, rng(1))).images
    other = augmenter.apply(sources, augmenter.draw(drawn_for, rng(2))).images
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    assert torch.equal(torch.get_rng_state(), state)


@every
def test_a_step_of_a_block_is_made_of_its_own_draws(augmenter: Augmenter, context: Contexts, images: Pictures, rng: Rngs) -> None:
    sources = images(12, augmenter.arity)
    draw = augmenter.draw(context(4, augmenter.arity, steps=3), rng())
    whole = augmenter.apply(sources, draw)
    step = augmenter.apply(sources[4:8], draw[4:8])
    assert torch.equal(whole.images[4:8], step.images)
    assert torch.equal(whole.pixel_weights[4:8], step.pixel_weights)


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
