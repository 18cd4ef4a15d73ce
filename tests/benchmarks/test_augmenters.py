"""How long augmenters take: beside the one operation that they cannot do without, and beside torchvision, timm and kornia.

Each is timed twice: ``apply`` on gathered sources, and all the way from indices into 8-bit originals to the mixed float batch
with its targets, draws included.  Peers are handed the same gather.
"""

from __future__ import annotations

import ctypes
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from statistics import median
from typing import Any

import pytest
import torch
from torch import Tensor
from torchvision.transforms import v2

from augbench import Augmenter, DrawContext
from augbench.registry.discovery import discover
from augbench.stages.batches import BLOCK_STEPS, soft_targets
from augbench.stages.classifier import to_float

pytestmark = pytest.mark.slow
SHAPE, CLASSES, ORIGINALS = (3, 64, 64), 7, 2000
ROUNDS, SECONDS, TRIES = 31, 0.35, 4
LINEAR = ("mixup", "balanced-mixup", "mixmatch-mixup", "remix", "smote")
"""Linear in two images: one lerp each."""
MMAP_THRESHOLD, TRIM_THRESHOLD = -3, -1
"""Of glibc's mallopt."""
Call = Callable[[], object]


@pytest.fixture(autouse=True, scope="module")
def kept_memory() -> None:
    """Let the C library keep what is freed: else it is asked of the system again at every call, which takes longer than mixing."""
    with suppress(OSError, AttributeError):
        library = ctypes.CDLL("libc.so.6")
        for parameter in (MMAP_THRESHOLD, TRIM_THRESHOLD):
            library.mallopt(parameter, 2**30)


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    with torch.random.fork_rng():
        yield
    torch.set_num_threads(before)


def ratio(ours: Call, peer: Call) -> tuple[float, float, float]:
    """Return median milliseconds of both, and the median of their ratios, taken in turn: what else the machine does meets both."""
    pairs, began = [], time.perf_counter()
    ours(), peer()
    while len(pairs) < 5 or (len(pairs) < ROUNDS and time.perf_counter() - began < SECONDS):
        pairs.append((seconds(ours), seconds(peer)))
    first, second = (median(part) * 1e3 for part in zip(*pairs, strict=True))
    return first, second, median(mine / theirs for mine, theirs in pairs)


def best_ratio(ours: Call, peer: Call, bound: float) -> tuple[float, float, float]:
    """Try again before a bound is called missed: a busy machine may spoil a whole series."""
    tries = []
    while len(tries) < TRIES and not (tries and tries[-1][2] <= bound):
        tries.append(ratio(ours, peer))
    return min(tries, key=lambda found: found[2])


def seconds(call: Call) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


@dataclass
class Batch:
    """What a batch of one size is made of."""

    augmenter: Augmenter
    size: int
    sources: Tensor = field(init=False)
    draw: Any = field(init=False)

    def __post_init__(self) -> None:
        rng = torch.Generator().manual_seed(0)
        arity = self.augmenter.arity
        self.originals = torch.randint(0, 256, (ORIGINALS, *SHAPE), dtype=torch.uint8, generator=rng)
        self.labels = torch.randint(0, CLASSES, (ORIGINALS,), generator=rng)
        self.indices = torch.randint(0, ORIGINALS, (self.size * arity,), generator=rng)
        self.sources = self.gathered().unflatten(0, (self.size, arity))
        self.context = DrawContext(
            steps=BLOCK_STEPS, per_step=self.size, shape=SHAPE,
            labels=self.labels[self.indices].view(self.size, arity).repeat(BLOCK_STEPS, 1), class_counts=torch.full((CLASSES,), 300),
        )  # fmt: skip
        self.block = self.augmenter.draw(self.context, rng)
        self.draw = self.block[: self.size]
        # A block is drawn at once: a step bears its share.
        self.drawing = min(seconds(lambda: self.augmenter.draw(self.context, rng)) for _ in range(3)) / BLOCK_STEPS

    def gathered(self) -> Tensor:
        return to_float(self.originals.index_select(0, self.indices), 255.0)

    def apply(self) -> Tensor:
        return self.augmenter.apply(self.sources, self.draw).images

    def made(self) -> tuple[Tensor, Tensor]:
        """Make a batch from indices, as a training does."""
        until = time.perf_counter() + self.drawing
        mixed = self.augmenter.apply(self.gathered().unflatten(0, (self.size, self.augmenter.arity)), self.draw)
        weights = mixed.pixel_weights if mixed.label_weights is None else mixed.label_weights
        found = mixed.images, soft_targets(self.labels[self.indices].view(self.size, -1), weights, CLASSES)
        while time.perf_counter() < until:
            pass
        return found

    def peer(self, mix: Callable[[Tensor, Tensor], object]) -> Call:
        """Return the same gather with another library's mixing; it takes as many images as it makes."""
        labels = self.labels[self.indices[: self.size]]
        return lambda: mix(self.gathered()[: self.size], labels)


def alone(transform: Any) -> Callable[[Tensor, Tensor], object]:
    return lambda images, labels: transform(images)


def per_batch() -> dict[str, dict[str, Callable[[Tensor, Tensor], object]]]:
    """Return peers that draw once a batch, by augmenter."""
    from timm.data import Mixup

    timm = {"num_classes": CLASSES, "mode": "batch", "label_smoothing": 0.0}
    noise = {"noise": {"torchvision": alone(v2.GaussianNoise(sigma=0.05))}} if hasattr(v2, "GaussianNoise") else {}
    return noise | {
        "mixup": {"torchvision": v2.MixUp(num_classes=CLASSES), "timm batch": Mixup(mixup_alpha=1.0, **timm)},
        "cutmix": {"torchvision": v2.CutMix(num_classes=CLASSES), "timm batch": Mixup(mixup_alpha=0.0, cutmix_alpha=1.0, **timm)},
        "flips": {"torchvision": alone(v2.Compose([v2.RandomHorizontalFlip(), v2.RandomVerticalFlip()]))},
        "brightness": {"torchvision": alone(v2.ColorJitter(brightness=0.5))},
        "contrast": {"torchvision": alone(v2.ColorJitter(contrast=0.5))},
        "affine": {"torchvision": alone(v2.RandomAffine(15, (0.05, 0.05), (0.9, 1.1), 5, interpolation=v2.InterpolationMode.BILINEAR))},
        "perspective": {"torchvision": alone(v2.RandomPerspective(0.5, 1.0))},
        "erasing": {"torchvision": alone(v2.RandomErasing(0.5))},
    }


def per_sample() -> dict[str, dict[str, Callable[[Tensor, Tensor], object]]]:
    """Return peers that draw for each image, by augmenter."""
    from timm.data import Mixup

    timm = {"num_classes": CLASSES, "mode": "elem", "label_smoothing": 0.0}
    found: dict[str, dict[str, Callable[[Tensor, Tensor], object]]] = {
        "mixup": {"timm elem": Mixup(mixup_alpha=1.0, **timm)},
        "cutmix": {"timm elem": Mixup(mixup_alpha=0.0, cutmix_alpha=1.0, **timm)},
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            import kornia.augmentation as kornia
        except ImportError:
            return found
    found["mixup"]["kornia"] = kornia.RandomMixUpV2(data_keys=["input", "class"])
    found["cutmix"]["kornia"] = kornia.RandomCutMixV2(data_keys=["input", "class"])
    others = {
        "flips": torch.nn.Sequential(kornia.RandomHorizontalFlip(p=0.5), kornia.RandomVerticalFlip(p=0.5)),
        "brightness": kornia.RandomBrightness((0.5, 1.5), p=1.0),
        "contrast": kornia.RandomContrast((0.5, 1.5), p=1.0),
        "affine": kornia.RandomAffine(15, (0.05, 0.05), (0.9, 1.1), 5, p=1.0),
        "perspective": kornia.RandomPerspective(0.5, p=1.0),
        "erasing": kornia.RandomErasing(p=0.5),
        "noise": kornia.RandomGaussianNoise(std=0.05, p=1.0),
    }
    return found | {name: {"kornia": alone(transform)} for name, transform in others.items()}


def built_in() -> list[str]:
    return sorted(entry.name for entry in discover().entries if entry.kind == "augmenter" and not entry.family)


@pytest.mark.parametrize("size", [32, 256])
def test_linear_mixing_costs_one_lerp_and_bilinear_one_matrix_product(size, capsys) -> None:
    lines = []
    for name in (*LINEAR, "bilinear-mixup"):
        batch = Batch(discover().resolve("augmenter", name).component(), size)
        if name in LINEAR:
            bound, first, second = 1.5, *batch.sources.unbind(1)
            peer = partial(torch.lerp, second, first, torch.rand(size, 1, 1, 1), out=torch.empty(size, *SHAPE))
        else:
            bound, peer = 1.2, partial(torch.bmm, torch.rand(size, 1, 4), batch.sources.flatten(2))
        ours, theirs, found = best_ratio(batch.apply, peer, bound)
        lines.append(f"{name:16} {ours:8.2f} ms  one operation {theirs:8.2f} ms  {found:5.2f} times (at most {bound})")
        assert found <= bound, lines[-1]
    with capsys.disabled():
        print(f"\n{size} images\n" + "\n".join(lines))


@pytest.mark.parametrize("size", [32, 256])
@pytest.mark.parametrize("name", ["mixup", "cutmix"])
def test_from_indices_mixing_keeps_up_with_one_draw_a_batch_and_is_twice_as_fast_as_a_draw_an_image(name, size, capsys) -> None:
    batch = Batch(discover().resolve("augmenter", name).component(draws="sample"), size)
    lines = []
    for bound, peers in ((1.15, per_batch()[name]), (0.5, per_sample()[name])):
        for peer, mix in peers.items():
            ours, theirs, found = best_ratio(batch.made, batch.peer(mix), bound)
            lines.append(f"{name:8} {size:4} images: {ours:8.2f} ms  {peer:12} {theirs:8.2f} ms  {found:5.2f} times (at most {bound})")
            assert found <= bound, lines[-1]
    with capsys.disabled():
        print("\n" + "\n".join(lines))


def test_every_augmenter_is_timed_beside_its_peers(capsys) -> None:
    registry, once, each = discover(), per_batch(), per_sample()
    lines = []
    for name in built_in():
        for size in (32, 256):
            batch = Batch(registry.resolve("augmenter", name).component(), size)
            applied, made = (median(seconds(call) for _ in range(5)) * 1e3 for call in (batch.apply, batch.made))
            found = [
                f"{peer} {ratio(batch.made, batch.peer(mix))[2]:.2f}" for peers in (once, each) for peer, mix in peers.get(name, {}).items()
            ]
            lines.append(f"{name:24} {size:4} {applied:9.2f} {made:13.2f}   {', '.join(found)}")
            assert applied > 0
    with capsys.disabled():
        print(f"\n{'augmenter':24} size  apply ms  from indices   times the peer\n" + "\n".join(lines))
