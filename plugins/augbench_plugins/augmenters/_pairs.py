"""What the mixers of two images share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from augbench import Augmenter, DrawContext, Mixed, draws
from augbench_plugins.augmenters._broadcast import over_pixels, two_weights, where

if TYPE_CHECKING:
    import torch
    from torch import Tensor


@dataclass(frozen=True, kw_only=True)
class PairMixer(Augmenter):
    """Makes one image of two."""

    arity: ClassVar[int] = 2

    draws: Literal["sample", "batch"] = "sample"
    """Whether each image or each batch draws its own numbers."""


def below(context: DrawContext, rng: torch.Generator, bounds: Tensor, per: draws.Law = "sample") -> Tensor:
    """Draw whole numbers of 0..bound-1, one for each of the bounds, int64 [count]; bounds below 1 count as 1."""
    return (draws.uniform(context, rng, per=per).double() * bounds.clamp(min=1)).long()


def mean_cut(size: int) -> float:
    """Return the mean share of a side of ``size`` pixels before a cut that is uniform on {0..size-1}."""
    return (size - 1) / (2 * size)


def masked(sources: Tensor, mask: Tensor) -> Mixed:
    """Show the first source where the mask, bool and broadcast to [B, C, H, W], is set, and the second elsewhere."""

    images = where(mask, sources[:, 0], sources[:, 1])
    # A sum of fewer than 2^24 ones is exact, and so is the share, but for its last rounding.
    return Mixed(images=images, pixel_weights=two_weights(mask.to(sources.dtype).mean(dim=(1, 2, 3))))


def above(sources: Tensor, row: Tensor) -> Tensor:
    """Tell which rows lie above each image's cut, bool [B, 1, H, 1]."""
    import torch

    return torch.arange(sources.shape[-2], device=sources.device)[:, None] < over_pixels(row)


def left_of(sources: Tensor, column: Tensor) -> Tensor:
    """Tell which columns lie left of each image's cut, bool [B, 1, 1, W]."""
    import torch

    return torch.arange(sources.shape[-1], device=sources.device) < over_pixels(column)


def inside(sources: Tensor, box: Tensor) -> Tensor:
    """Tell which pixels lie in each image's box (top, left, height, width), int64 [B, 4]; 1 or 0 as the images' type, [B, 1, H, W]."""
    rows, columns = sides(box, *sources.shape[-2:])
    return crossed(rows.to(sources.dtype), columns.to(sources.dtype))


def sides(box: Tensor, height: int, width: int) -> tuple[Tensor, Tensor]:
    """Tell which rows [B, H] and which columns [B, W] lie in each image's box, as float32 ones and zeros."""
    import torch

    starts, lengths = box.unflatten(1, (2, 2))[..., None].unbind(1)
    # Both sides at once, as far as the longer one goes.
    along = torch.arange(max(height, width), device=box.device) - starts
    # Numbers and not bools, which would be turned into numbers pixel by pixel.
    rows, columns = ((along >= 0) & (along < lengths)).float().unbind(1)
    return rows[:, :height], columns[:, :width]


def crossed(rows: Tensor, columns: Tensor) -> Tensor:
    """Return where rows [B, H] and columns [B, W] meet, [B, 1, H, W]."""
    return rows[:, None, :, None] * columns[:, None, None]
