"""Gaussian noise."""

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
class NoiseDraw(Draw):
    """The strength of each image's noise, and its seed."""

    sd: Tensor
    """float32 [count]."""
    seed: Tensor
    """int64 [count]."""


@dataclass(frozen=True, kw_only=True)
class Noise(Augmenter):
    """Add Gaussian noise, independent in every channel of every pixel, and clip to [0, 1]."""

    low: Annotated[float, Ge(0)] = 0.0
    """Smallest deviation of an image's noise; white is 1."""
    high: Annotated[float, Ge(0)] = 0.05
    """Largest deviation of an image's noise."""

    def __post_init__(self) -> None:
        """Refuse an empty range of deviations."""
        if self.low > self.high:
            raise EmptyRange("low", self.low, "high", self.high)

    def draw(self, context: DrawContext, rng: torch.Generator) -> Draw:
        """Draw the deviations and the seeds."""
        return NoiseDraw(sd=draws.uniform(context, rng, self.low, self.high), seed=draws.seeds(context, rng))

    def apply(self, sources: Tensor, draw: Any) -> Mixed:
        """Add the noise and clip."""
        channels, height, width = sources.shape[2:]
        noise = draws.normal_pixels(draw.seed, (channels, height, width)).mul_(over_pixels(draw.sd))
        images = noise.add_(sources[:, 0]).clamp_(0, 1)
        return Mixed(images=images, pixel_weights=whole(images))
