"""Brightness: all pixels times one factor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from annotated_types import Ge

from augbench import Augmenter, Draw, DrawContext, Mixed, draws
from augbench.values.errors import EmptyRange
from augbench_plugins.augmenters._broadcast import over_pixels, whole

if TYPE_CHECKING:
    import torch
    from torch import Tensor


@dataclass(frozen=True, kw_only=True)
class BrightnessDraw(Draw):
    """What each image is multiplied by, float32 [count]."""

    factor: Tensor


@dataclass(frozen=True, kw_only=True)
class Brightness(Augmenter):
    """Multiply all pixels by a random factor and clip to [0, 1] (Rana 2022: 50 to 150 %)."""

    low: Annotated[float, Ge(0)] = 0.5
    """Smallest factor."""
    high: Annotated[float, Ge(0)] = 1.5
    """Largest factor."""

    def __post_init__(self) -> None:
        """Refuse an empty range of factors."""
        if self.low > self.high:
            raise EmptyRange("low", self.low, "high", self.high)

    def draw(self, context: DrawContext, rng: torch.Generator) -> Draw:
        """Draw the factors."""
        return BrightnessDraw(factor=draws.uniform(context, rng, self.low, self.high))

    def apply(self, sources: Tensor, draw: Any) -> Mixed:
        """Multiply and clip."""
        images = (sources[:, 0] * over_pixels(draw.factor)).clamp_(0, 1)
        return Mixed(images=images, pixel_weights=whole(images))
