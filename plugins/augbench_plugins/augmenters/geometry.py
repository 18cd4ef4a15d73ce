"""Flips and quarter turns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from annotated_types import Ge, Le

from augbench import Augmenter, Draw, DrawContext, Facts, Mixed, Reason, draws
from augbench_plugins.augmenters._broadcast import over_pixels, where, whole

if TYPE_CHECKING:
    import torch
    from torch import Tensor


@dataclass(frozen=True, kw_only=True)
class FlipsDraw(Draw):
    """Which images are mirrored, bool [count] each."""

    horizontal: Tensor
    vertical: Tensor


@dataclass(frozen=True, kw_only=True)
class Flips(Augmenter):
    """Mirror left-right and top-bottom, each at random."""

    horizontal: Annotated[float, Ge(0), Le(1)] = 0.5
    """Probability of a mirror image left-right."""
    vertical: Annotated[float, Ge(0), Le(1)] = 0.5
    """Probability of a mirror image top-bottom."""

    def draw(self, context: DrawContext, rng: torch.Generator) -> Draw:
        """Draw which images are mirrored."""
        horizontal = draws.uniform(context, rng) < self.horizontal
        return FlipsDraw(horizontal=horizontal, vertical=draws.uniform(context, rng) < self.vertical)

    def apply(self, sources: Tensor, draw: Any) -> Mixed:
        """Mirror."""
        images = _mirrored(_mirrored(sources[:, 0], draw.horizontal, -1), draw.vertical, -2)
        return Mixed(images=images, pixel_weights=whole(images))


@dataclass(frozen=True, kw_only=True)
class TurnsDraw(Draw):
    """How often each image is turned by 90 degrees, int64 [count]."""

    quarters: Tensor


@dataclass(frozen=True, kw_only=True)
class QuarterTurns(Augmenter):
    """Rotate anticlockwise by 0, 90, 180 or 270 degrees, all alike probable."""

    def supports(self, facts: Facts) -> Reason | None:
        """Tell that only square images keep their shape."""
        _, height, width = facts.shape
        if height == width:
            return None
        return Reason(f"quarter-turns needs square images and these are {height} x {width}: resize them to a square")

    def draw(self, context: DrawContext, rng: torch.Generator) -> Draw:
        """Draw the number of quarters."""
        return TurnsDraw(quarters=draws.integers(context, rng, 0, 4))

    def apply(self, sources: Tensor, draw: Any) -> Mixed:
        """Turn: an odd number of quarters is a transposition and a mirror, two quarters are two mirrors."""

        quarters, images = draw.quarters, sources[:, 0]
        images = where(over_pixels(quarters % 2 == 1), images.mT, images)
        images = _mirrored(images, (quarters == 1) | (quarters == 2), -2)
        images = _mirrored(images, quarters >= 2, -1)
        return Mixed(images=images, pixel_weights=whole(images))


def _mirrored(images: Tensor, chosen: Tensor, dimension: int) -> Tensor:

    return where(over_pixels(chosen), images.flip(dimension), images)
