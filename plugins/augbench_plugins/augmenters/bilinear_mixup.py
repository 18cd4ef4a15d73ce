"""Bilinear mixup: the mixup of two mixups."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from augbench import Draw, DrawContext, Mixed
from augbench_plugins.augmenters._broadcast import over_pixels, two_weights
from augbench_plugins.augmenters.mixup import Mixup

if TYPE_CHECKING:
    import torch
    from torch import Tensor


@dataclass(frozen=True, kw_only=True)
class BilinearDraw(Draw):
    """The shares within each pair and between the pairs."""

    inner: Tensor
    """Share of each pair's first source, float32 [count, 2]."""
    outer: Tensor
    """Share of the first pair, float32 [count]."""


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
        return BilinearDraw(inner=torch.stack([first, second], dim=1), outer=self.shares(context, rng))

    def apply(self, sources: Tensor, draw: Any) -> Mixed:
        """Average within the pairs, then between them."""
        import torch

        pairs = torch.lerp(sources[:, 1::2], sources[:, 0::2], draw.inner[..., None, None, None])
        images = torch.lerp(pairs[:, 1], pairs[:, 0], over_pixels(draw.outer))
        within = torch.stack([draw.inner, 1 - draw.inner], dim=2)
        return Mixed(images=images, pixel_weights=(two_weights(draw.outer)[..., None] * within).flatten(1))
