"""GridMix: each cell of a grid shows one of two images."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar

from annotated_types import Ge, Gt, Le
from augbench import Augmenter, Draw, DrawContext, Mixed, draws

if TYPE_CHECKING:
    import torch
    from torch import Tensor


@dataclass(frozen=True, kw_only=True)
class GridMixDraw(Draw):
    """The grids of a block of images."""

    first: Tensor
    """Which cells show the first image, bool [count, cells, cells]."""


@dataclass(frozen=True, kw_only=True)
class GridMix(Augmenter):
    """Each cell of an n x n grid shows the first or the second image (Baek, Bang and Shim 2021); labels count by area.

    A cell is of the first image with probability lambda, drawn for each image from Beta(alpha, alpha).  The authors' second part, a
    loss on the labels of single cells, is not this augmenter's.
    """

    arity: ClassVar[int] = 2

    cells: Annotated[int, Ge(1), Le(64)] = 4
    """Cells along each side (n)."""
    alpha: Annotated[float, Gt(0)] = 1.0
    """Both shapes of the Beta law: 1 is uniform, more makes images of both halves, less leaves one of them almost whole."""

    def draw(self, context: DrawContext, rng: torch.Generator) -> GridMixDraw:
        """Draw the share of the first image, then a number for each cell."""
        import torch

        share = draws.beta(context, rng, self.alpha, self.alpha)
        numbers = torch.rand(context.count, self.cells, self.cells, generator=rng)
        return GridMixDraw(first=numbers < share[:, None, None])

    def apply(self, sources: Tensor, draw: GridMixDraw) -> Mixed:
        """Show the first image in its cells, and the second in the others; cells differ by a pixel where n does not divide the side."""
        import torch

        rows, columns = (torch.arange(side, device=sources.device) * self.cells // side for side in sources.shape[-2:])
        first = draw.first[:, rows[:, None], columns]
        images = torch.where(first[:, None], sources[:, 0], sources[:, 1])
        # A sum of fewer than 2^24 ones is exact, so the area is, too.
        area = first.float().mean(dim=(1, 2))
        return Mixed(images=images, pixel_weights=torch.stack([area, 1 - area], dim=1))
