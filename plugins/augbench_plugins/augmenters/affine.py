"""Affine: rotation, translation, scale and shear, in one resampling."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from annotated_types import Ge, Gt, Le

from augbench import Augmenter, Draw, DrawContext, Mixed, draws
from augbench.values.errors import EmptyRange
from augbench_plugins.augmenters._broadcast import whole
from augbench_plugins.augmenters._warp import Outside, warp

if TYPE_CHECKING:
    import torch
    from torch import Tensor


@dataclass(frozen=True, kw_only=True)
class MapDraw(Draw):
    """Where each pixel comes from."""

    map: Tensor
    """Projective maps from output to source positions, both in [-1, 1], float32 [count, 3, 3]."""


@dataclass(frozen=True, kw_only=True)
class Affine(Augmenter):
    """Rotate, move, scale and shear about the centre, each by a uniform random amount; bilinear, as torchvision's RandomAffine."""

    rotation: Annotated[float, Ge(0), Le(180)] = 15.0
    """Largest angle in degrees, either way."""
    translation: Annotated[float, Ge(0), Le(1)] = 0.05
    """Largest shift, either way, as a part of the width and of the height."""
    scale_low: Annotated[float, Gt(0)] = 0.9
    """Smallest factor."""
    scale_high: Annotated[float, Gt(0)] = 1.1
    """Largest factor."""
    shear: Annotated[float, Ge(0), Le(60)] = 5.0
    """Largest angle by which columns lean, in degrees, either way."""
    outside: Outside = "mirror"
    """What is seen beyond the border: the image's mirror image, its edge, or black."""

    def __post_init__(self) -> None:
        """Refuse an empty range of factors."""
        if self.scale_low > self.scale_high:
            raise EmptyRange("scale-low", self.scale_low, "scale-high", self.scale_high)

    def draw(self, context: DrawContext, rng: torch.Generator) -> Draw:
        """Draw the maps."""
        angle, shear = (draws.uniform(context, rng, -most, most) for most in (self.rotation, self.shear))
        shifts = [draws.uniform(context, rng, -self.translation, self.translation) * size for size in context.shape[:0:-1]]
        scale = draws.uniform(context, rng, self.scale_low, self.scale_high)
        return MapDraw(map=affine_maps(angle, shifts[0], shifts[1], scale, shear, context.shape[1:]))

    def apply(self, sources: Tensor, draw: Any) -> Mixed:
        """Resample."""
        return Mixed(images=warp(sources[:, 0], draw.map, self.outside), pixel_weights=whole(sources))


def affine_maps(angle: Tensor, right: Tensor, down: Tensor, scale: Tensor, shear: Tensor, size: tuple[int, int]) -> Tensor:
    """Return the maps [n, 3, 3] of images rotated clockwise and sheared by degrees, scaled, and moved by pixels; [n] each."""
    import torch

    height, width = size
    turn, lean = torch.deg2rad(angle), torch.deg2rad(shear).tan()
    maps = torch.zeros(len(angle), 3, 3)
    # The inverse of rotation times shear, in pixels from the centre, then in halves of the width and the height.
    maps[:, 0, 0] = (turn.cos() - lean * turn.sin()) / scale
    maps[:, 0, 1] = (turn.sin() + lean * turn.cos()) / scale * (height / width)
    maps[:, 1, 0] = -turn.sin() / scale * (width / height)
    maps[:, 1, 1] = turn.cos() / scale
    shift = torch.stack([right * (2 / width), down * (2 / height)], dim=1)
    maps[:, :2, 2] = -(maps[:, :2, :2] * shift[:, None]).sum(dim=2)
    maps[:, 2, 2] = 1
    return maps
