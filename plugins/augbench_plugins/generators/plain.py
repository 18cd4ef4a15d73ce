"""Generators that learn next to nothing: what others must beat, and what their quality is read beside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from augbench import Fitted, Generator, Progress, TrainingView

if TYPE_CHECKING:
    import torch
    from torch import Tensor


@dataclass(frozen=True, kw_only=True)
class Gaussian(Generator):
    """The class mean with independent Gaussian noise of each pixel's own deviation: right on average, and no image of anything."""

    uses: ClassVar[tuple[str, ...]] = ()

    def fit(self, view: TrainingView, rng: torch.Generator, progress: Progress, resume: Fitted | None = None) -> Fitted:
        """Take the mean and deviation of each pixel."""
        images = view.images.take(view.members().to(view.images.indices_on)).double().cpu()
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
        """Learn nothing."""
        return Fitted(tensors={})

    def sample(self, fitted: Fitted, view: TrainingView, count: int, rng: torch.Generator) -> Tensor:
        """Change originals."""
        import torch

        from augbench_plugins.generators._pre_augment import enlarge

        images = view.images.take(view.members().to(view.images.indices_on)).cpu()
        changed = enlarge(images, len(images) + count, view.images.scale, rng)[len(images) :]
        return changed.to(torch.uint8 if view.images.scale == 255 else torch.uint16)
