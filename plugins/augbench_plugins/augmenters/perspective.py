"""Perspective: an image as seen askew."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from annotated_types import Ge, Le

from augbench import Augmenter, Draw, DrawContext, Mixed, draws
from augbench_plugins.augmenters._broadcast import whole
from augbench_plugins.augmenters._warp import Outside, warp
from augbench_plugins.augmenters.affine import MapDraw

if TYPE_CHECKING:
    import torch
    from torch import Tensor


@dataclass(frozen=True, kw_only=True)
class Perspective(Augmenter):
    """Move each corner inwards by uniform random amounts, and the image with them; bilinear, as torchvision's RandomPerspective."""

    # Above 2/3 the corners can make a quadrilateral with a dent, which no perspective shows.
    distortion: Annotated[float, Ge(0), Le(0.6)] = 0.3
    """Largest shift of a corner, as a part of half the width and half the height."""
    outside: Outside = "mirror"
    """What is seen beyond the border: the image's mirror image, its edge, or black."""

    def draw(self, context: DrawContext, rng: torch.Generator) -> Draw:
        """Draw the corners and find their maps."""
        import torch

        inward = torch.stack([draws.uniform(context, rng, 0, self.distortion) for _ in range(8)], dim=1).view(-1, 4, 2)
        return MapDraw(map=corner_maps(_corners() * (1 - inward)))

    def apply(self, sources: Tensor, draw: Any) -> Mixed:
        """Resample."""
        return Mixed(images=warp(sources[:, 0], draw.map, self.outside), pixel_weights=whole(sources))


def corner_maps(corners: Tensor) -> Tensor:
    """Return the maps [n, 3, 3] that take the given positions of the four corners [n, 4, 2], x before y, to [-1, 1]'s own."""
    import torch

    # Two linear equations a corner in the first eight elements; the ninth is 1.
    given = torch.cat([corners.double(), torch.ones(len(corners), 4, 1)], dim=2)
    own = _corners().double().expand(len(corners), 4, 2)
    nothing = torch.zeros_like(given)
    across = torch.cat([given, nothing, -own[..., :1] * given[..., :2]], dim=2)
    down = torch.cat([nothing, given, -own[..., 1:] * given[..., :2]], dim=2)
    elements = torch.linalg.solve(torch.cat([across, down], dim=1), torch.cat([own[..., 0], own[..., 1]], dim=1))
    return torch.cat([elements, torch.ones(len(corners), 1)], dim=1).view(-1, 3, 3).float()


def _corners() -> Tensor:
    import torch

    return torch.tensor([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]])
