"""Random erasing: a box of an image is painted over."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal

from annotated_types import Ge, Gt, Le

from augbench import Augmenter, Draw, DrawContext, Mixed, draws
from augbench.values.errors import EmptyRange
from augbench_plugins.augmenters._broadcast import where, whole
from augbench_plugins.augmenters._pairs import below, inside

if TYPE_CHECKING:
    import torch
    from torch import Tensor

ATTEMPTS = 10
"""How often a box that does not fit is drawn anew, as torchvision does; after that the image stays whole."""


@dataclass(frozen=True, kw_only=True)
class ErasingDraw(Draw):
    """What is painted over, and the seed of random paint."""

    box: Tensor
    """Top, left, height and width, int64 [count, 4]; of height and width 0 where nothing is painted over."""
    seed: Tensor
    """int64 [count]."""


@dataclass(frozen=True, kw_only=True)
class Erasing(Augmenter):
    """Paint over a box of random area, shape and place (Zhong 2020; torchvision's RandomErasing)."""

    rate: Annotated[float, Ge(0), Le(1)] = 0.5
    """Probability that an image loses a box."""
    area_low: Annotated[float, Gt(0), Le(1)] = 0.02
    """Smallest area as a part of the image's."""
    area_high: Annotated[float, Gt(0), Le(1)] = 0.33
    """Largest area as a part of the image's."""
    ratio_low: Annotated[float, Gt(0)] = 0.3
    """Smallest ratio of height to width; its logarithm is uniform."""
    ratio_high: Annotated[float, Gt(0)] = 3.3
    """Largest ratio of height to width."""
    paint: Literal["black", "mean", "random"] = "black"
    """Black, the mean of each channel of the image, or a uniform random number for each channel of each pixel."""

    def __post_init__(self) -> None:
        """Refuse empty ranges of areas and ratios."""
        if self.area_low > self.area_high:
            raise EmptyRange("area-low", self.area_low, "area-high", self.area_high)
        if self.ratio_low > self.ratio_high:
            raise EmptyRange("ratio-low", self.ratio_low, "ratio-high", self.ratio_high)

    def draw(self, context: DrawContext, rng: torch.Generator) -> Draw:
        """Draw the boxes and the seeds."""
        import torch

        chosen = draws.uniform(context, rng) < self.rate
        height, width = self._sides(context, rng) * chosen
        top = below(context, rng, context.shape[1] - height + 1)
        left = below(context, rng, context.shape[2] - width + 1)
        box = torch.stack([top, left, height, width], dim=1)
        return ErasingDraw(box=box, seed=draws.seeds(context, rng))

    def apply(self, sources: Tensor, draw: Any) -> Mixed:
        """Paint over."""

        images = sources[:, 0]
        return Mixed(images=where(inside(sources, draw.box), self._painted(images, draw.seed), images), pixel_weights=whole(images))

    def _sides(self, context: DrawContext, rng: torch.Generator) -> Tensor:
        """Draw the height and width of the first of some boxes that fits, or zeros; int64 [2, count]."""
        import torch

        _, height, width = context.shape
        sides = torch.zeros(2, context.count, dtype=torch.int64)
        for _ in range(ATTEMPTS):
            area = draws.uniform(context, rng, self.area_low, self.area_high) * (height * width)
            ratio = draws.uniform(context, rng, math.log(self.ratio_low), math.log(self.ratio_high)).exp()
            drawn = torch.stack([(area * ratio).sqrt(), (area / ratio).sqrt()]).round().long()
            fits = (drawn[0] < height) & (drawn[1] < width) & (sides[0] == 0)
            sides = torch.where(fits, drawn, sides)
        return sides

    def _painted(self, images: Tensor, seeds: Tensor) -> Tensor:
        if self.paint == "random":
            channels, height, width = images.shape[1:]
            return draws.uniform_pixels(seeds, (channels, height, width))
        if self.paint == "mean":
            return images.mean(dim=(2, 3), keepdim=True)
        return images.new_zeros(())
