"""Generators that learn next to nothing: what others must beat, and what their quality is read beside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from augbench import Fitted, Generator, Progress, TrainingView
from augbench.values.errors import NothingToLearn

if TYPE_CHECKING:
    import torch
    from torch import Tensor


@dataclass(frozen=True, kw_only=True)
class Gaussian(Generator):
    """The class mean with independent Gaussian noise of each pixel's own deviation: right on average, and no image of anything."""

    uses: ClassVar[tuple[str, ...]] = ()

    def fit(self, view: TrainingView, rng: torch.Generator, progress: Progress, resume: Fitted | None = None) -> Fitted:
        """Take the mean and deviation of each pixel.  Raise ``NothingToLearn``."""
        images = _originals(view, "gaussian").double()
        return Fitted(tensors={"mean": images.mean(0), "sd": images.std(0, correction=0)})

    def sample(self, fitted: Fitted, view: TrainingView, count: int, rng: torch.Generator) -> Tensor:
        """Draw noise about the mean, cut off at black and white."""
        import torch

        noise = torch.randn(count, *view.images.shape, generator=rng)
        images = (fitted.tensors["mean"] + fitted.tensors["sd"] * noise).clamp(0, view.images.scale)
        return images.round().to(torch.uint8 if view.images.scale == 255 else torch.uint16)


@dataclass(frozen=True, kw_only=True)
class Handcrafted(Generator):
    """Changed originals, each equally often: affine, perspective, contrast and noise, as ``fit.pre-augment`` changes them (Rana 2022)."""

    uses: ClassVar[tuple[str, ...]] = ()

    def fit(self, view: TrainingView, rng: torch.Generator, progress: Progress, resume: Fitted | None = None) -> Fitted:
        """Learn nothing.  Raise ``NothingToLearn`` where there is nothing to change."""
        _originals(view, "handcrafted")
        return Fitted(tensors={})

    def sample(self, fitted: Fitted, view: TrainingView, count: int, rng: torch.Generator) -> Tensor:
        """Change originals."""
        import torch

        from augbench_plugins.generators._pre_augment import enlarge

        images = _originals(view, "handcrafted")
        changed = enlarge(images, len(images) + count, view.images.scale, rng)[len(images) :]
        return changed.to(torch.uint8 if view.images.scale == 255 else torch.uint16)


def _originals(view: TrainingView, name: str) -> Tensor:
    """Return the target's images on the CPU."""
    assert view.target is not None, "learns one class"
    members = view.members()
    if not len(members):
        raise NothingToLearn(name, view.classes[view.target])
    return view.images.take(members.to(view.images.indices_on)).cpu()
