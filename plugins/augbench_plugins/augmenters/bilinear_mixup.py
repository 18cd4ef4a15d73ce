"""Bilinear mixup: the mixup of two mixups."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from augbench import Draw, DrawContext, Mixed
from augbench_plugins.augmenters._broadcast import two_weights
from augbench_plugins.augmenters.mixup import Mixup

if TYPE_CHECKING:
    import torch
    from torch import Tensor


@dataclass(frozen=True, kw_only=True)
class BilinearDraw(Draw):
    """The share of each source: that within its pair times that of its pair."""

    weights: Tensor
    """float32 [count, 4]."""


@dataclass(frozen=True, kw_only=True)
class BilinearMixup(Mixup):
    """Mixup of the mixups of two pairs (Rana 2022, Fig. 6); sources 1 and 2 are a pair, 3 and 4 the other."""

    arity: ClassVar[int] = 4

    tie_inner: bool = False
    """Give both pairs one share, as bilinear interpolation proper does; otherwise all three are drawn apart."""

    def expected_weights(self, shape: tuple[int, int, int]) -> tuple[float, ...]:
        """Return the products of the mean shares, which are drawn apart."""
        first, second = super().expected_weights(shape)
        return first * first, first * second, second * first, second * second

    def draw(self, context: DrawContext, rng: torch.Generator) -> Draw:
        """Draw the inner shares and the outer one from one law."""
        import torch

        first = self.shares(context, rng)
        second = first if self.tie_inner else self.shares(context, rng)
        within = torch.stack([two_weights(first), two_weights(second)], dim=1)
        between = two_weights(self.shares(context, rng))
        return BilinearDraw(weights=(between[..., None] * within).flatten(1))

    def apply(self, sources: Tensor, draw: Any) -> Mixed:
        """Average all four at once."""
        import torch

        images = torch.bmm(draw.weights[:, None], sources.flatten(2)).view(-1, *sources.shape[2:])
        return Mixed(images=images, pixel_weights=draw.weights)
