"""Shifts by whole pixels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from annotated_types import Ge, Le

from augbench import Augmenter, Draw, DrawContext, Mixed, draws
from augbench_plugins.augmenters._broadcast import whole
from augbench_plugins.augmenters._warp import Outside

if TYPE_CHECKING:
    import torch
    from torch import Tensor


@dataclass(frozen=True, kw_only=True)
class ShiftsDraw(Draw):
    """By how many pixels each image is moved, int64 [count] each."""

    down: Tensor
    right: Tensor


@dataclass(frozen=True, kw_only=True)
class Shifts(Augmenter):
    """Move by whole pixels, each number of them alike probable; no pixel's value changes."""

    horizontal: Annotated[float, Ge(0), Le(1)] = 0.1
    """Largest shift left or right, as a part of the width, rounded down to whole pixels."""
    vertical: Annotated[float, Ge(0), Le(1)] = 0.1
    """Largest shift up or down, as a part of the height, rounded down to whole pixels."""
    outside: Outside = "mirror"
    """What is seen beyond the border: the image's mirror image, its edge, or black."""

    def draw(self, context: DrawContext, rng: torch.Generator) -> Draw:
        """Draw the shifts."""
        most = int(self.vertical * context.shape[1]), int(self.horizontal * context.shape[2])
        down, right = (draws.integers(context, rng, -reach, reach + 1) for reach in most)
        return ShiftsDraw(down=down, right=right)

    def apply(self, sources: Tensor, draw: Any) -> Mixed:
        """Move."""
        import torch

        images = sources[:, 0]
        height, width = images.shape[-2:]
        rows = torch.arange(height, device=images.device) - draw.down[:, None]
        columns = torch.arange(width, device=images.device) - draw.right[:, None]
        places = (self._within(rows, height)[:, :, None] * width + self._within(columns, width)[:, None]).flatten(1)
        moved = images.flatten(2).gather(2, places[:, None].expand(-1, images.shape[1], -1)).view_as(images)
        if self.outside == "black":
            seen = _there(rows, height)[:, :, None] & _there(columns, width)[:, None]
            moved = moved * seen[:, None]
        return Mixed(images=moved, pixel_weights=whole(images))

    def _within(self, places: Tensor, size: int) -> Tensor:
        if self.outside != "mirror":
            return places.clamp(0, size - 1)
        # The edge is doubled: -1 is 0, -2 is 1, size is size - 1.
        turned = places.remainder(2 * size)
        return turned.minimum(2 * size - 1 - turned)


def _there(places: Tensor, size: int) -> Tensor:
    return (places >= 0) & (places < size)
