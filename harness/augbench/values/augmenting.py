"""How an augmenter draws its random numbers and mixes images."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, ClassVar, Self

from augbench.values.components import Component, Kind

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from augbench.values.data import Images


@dataclass(frozen=True, kw_only=True)
class Draw:
    """The random numbers of a block of output images: subclass with tensors whose first dimension is the image."""

    def __getitem__(self, images: slice) -> Self:
        """Return the draws of some of the images."""
        return self._map(lambda tensor: tensor[images])

    def to(self, device: torch.device | str) -> Self:
        """Move every tensor, without waiting for the device."""
        return self._map(lambda tensor: tensor.to(device, non_blocking=True))

    def _map(self, change: Any) -> Self:
        return replace(self, **{field.name: change(getattr(self, field.name)) for field in fields(self)})


@dataclass(frozen=True, kw_only=True)
class DrawContext:
    """What a block of draws is for; images are step-major: all of step 0, all of step 1, ..."""

    steps: int
    per_step: int
    """Output images of one step."""
    shape: tuple[int, int, int]
    """Channels, height and width of a source image."""
    labels: Tensor
    """Class indices of the sources, int64 [count, arity]."""
    class_counts: Tensor
    """Original training images of each class, int64 [K]."""

    @property
    def count(self) -> int:
        """Output images of the whole block."""
        return self.steps * self.per_step


@dataclass(frozen=True, kw_only=True)
class Mixed:
    """A batch that an augmenter made."""

    images: Tensor
    """float32 [B, C, H, W]."""
    pixel_weights: Tensor
    """How much of each source the image shows, float32 [B, arity], rows sum to 1."""
    label_weights: Tensor | None = None
    """How much each source's label counts, float32 [B, arity]; the pixel weights unless the method sets them apart."""


@dataclass(frozen=True, kw_only=True)
class TableView:
    """What an augmenter may look at before a training: the images that its slot mixes, which are originals and bank."""

    images: Images
    labels: Tensor
    """int64 [N] on the CPU."""
    device: torch.device


class Augmenter(Component, ABC):
    """Makes one image of ``arity`` source images."""

    kind: ClassVar[Kind] = "augmenter"
    arity: ClassVar[int] = 1
    """How many source images make one: 1 handcrafted, 2 mixup, 4 bilinear mixup."""
    bounded: ClassVar[bool] = True
    """Whether outputs stay within [0, 1]."""
    looks: ClassVar[bool] = False
    """Whether ``partners`` says which images may be mixed with which."""

    def partners(self, view: TableView) -> Tensor:
        """Return, for each image of the view, those that may be its further sources, int64 [N, k]; for ``looks`` only."""
        raise NotImplementedError("looks = True, and there is no partners(view)")

    def expected_weights(self, shape: tuple[int, int, int]) -> tuple[float, ...]:
        """Return how much each source's label counts on average in images [C, H, W], summing to 1: for the prior of a loss."""
        return (1 / self.arity,) * self.arity

    @abstractmethod
    def draw(self, context: DrawContext, rng: torch.Generator) -> Draw:
        """Draw all random numbers of a block, from ``rng`` alone, on the CPU."""

    @abstractmethod
    def apply(self, sources: Tensor, draw: Any) -> Mixed:
        """Make images of sources [B, arity, C, H, W], float32 in [0, 1], before normalisation; B may be 0.

        Pure, one vectorised call a batch, static shapes, no host synchronisation.
        """
