"""Contrast: all pixels nearer to the image's mean, or further from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from annotated_types import Ge

from augbench import Augmenter, Draw, DrawContext, Mixed, draws
from augbench.values.errors import EmptyRange
from augbench_plugins.augmenters._broadcast import over_pixels, whole
from augbench_plugins.augmenters.brightness import BrightnessDraw

if TYPE_CHECKING:
    import torch
    from torch import Tensor


@dataclass(frozen=True, kw_only=True)
class Contrast(Augmenter):
    """Multiply the distance of all pixels from the image's mean grey by a random factor and clip to [0, 1], as torchvision does.

    The grey of three channels is 0.2989 R + 0.587 G + 0.114 B, of other numbers their mean.
    """

    low: Annotated[float, Ge(0)] = 0.5
    """Smallest factor; 0 leaves plain grey."""
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
        """Multiply the distance and clip."""
        import torch

        images = torch.lerp(_grey(sources[:, 0]), sources[:, 0], over_pixels(draw.factor)).clamp_(0, 1)
        return Mixed(images=images, pixel_weights=whole(images))


def _grey(images: Tensor) -> Tensor:
    """Return the mean grey of each image, [B, 1, 1, 1]."""
    means = images.mean(dim=(2, 3), keepdim=True)
    if images.shape[1] != 3:
        return means.mean(dim=1, keepdim=True)
    return means[:, :1] * 0.2989 + means[:, 1:2] * 0.587 + means[:, 2:] * 0.114
