"""Concatenations: parts of two images beside each other (Summers and Dinneen 2019, methods 3 to 6)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from augbench import Draw, DrawContext, Mixed, draws
from augbench_plugins.augmenters._broadcast import over_pixels
from augbench_plugins.augmenters._pairs import PairMixer, above, left_of, masked, mean_cut

if TYPE_CHECKING:
    import torch
    from torch import Tensor


@dataclass(frozen=True, kw_only=True)
class CutDraw(Draw):
    """How many rows, or columns, come from the first source."""

    cut: Tensor
    """int64 [count]."""


@dataclass(frozen=True, kw_only=True)
class VertConcat(PairMixer):
    """Rows 0..k-1 of one image above the rest of another (Summers and Dinneen 2019, method 3); k uniform on {0..H-1}."""

    def expected_weights(self, shape: tuple[int, int, int]) -> tuple[float, ...]:
        """Return the mean share of the rows above the cut, and the rest."""
        return mean_cut(shape[1]), 1 - mean_cut(shape[1])

    def draw(self, context: DrawContext, rng: torch.Generator) -> Draw:
        """Draw the cuts."""
        return CutDraw(cut=draws.integers(context, rng, 0, context.shape[1], self.draws))

    def apply(self, sources: Tensor, draw: Any) -> Mixed:
        """Put one above the other."""
        return masked(sources, above(sources, draw.cut))


@dataclass(frozen=True, kw_only=True)
class HorizontalConcat(PairMixer):
    """Columns 0..k-1 of one image left of the rest of another (Summers and Dinneen 2019, method 4); k uniform on {0..W-1}."""

    def expected_weights(self, shape: tuple[int, int, int]) -> tuple[float, ...]:
        """Return the mean share of the columns left of the cut, and the rest."""
        return mean_cut(shape[2]), 1 - mean_cut(shape[2])

    def draw(self, context: DrawContext, rng: torch.Generator) -> Draw:
        """Draw the cuts."""
        return CutDraw(cut=draws.integers(context, rng, 0, context.shape[2], self.draws))

    def apply(self, sources: Tensor, draw: Any) -> Mixed:
        """Put one beside the other."""
        return masked(sources, left_of(sources, draw.cut))


@dataclass(frozen=True, kw_only=True)
class CutsDraw(Draw):
    """Where two images are cut, int64 [count] each."""

    row: Tensor
    column: Tensor


@dataclass(frozen=True, kw_only=True)
class MixedConcat(PairMixer):
    """Chequerboard: top left and bottom right of one image, the rest of another (Summers and Dinneen 2019, method 5).

    Cuts are uniform on {0..H-1} and {0..W-1}; the authors' code swaps these two limits, which only images that are not square would show.
    """

    def expected_weights(self, shape: tuple[int, int, int]) -> tuple[float, ...]:
        """Return the mean area on the same side of both cuts, and the rest."""
        rows, columns = mean_cut(shape[1]), mean_cut(shape[2])
        first = rows * columns + (1 - rows) * (1 - columns)
        return first, 1 - first

    def draw(self, context: DrawContext, rng: torch.Generator) -> Draw:
        """Draw both cuts."""
        row = draws.integers(context, rng, 0, context.shape[1], self.draws)
        return CutsDraw(row=row, column=draws.integers(context, rng, 0, context.shape[2], self.draws))

    def apply(self, sources: Tensor, draw: Any) -> Mixed:
        """Show the first source where a pixel is on the same side of both cuts."""
        return masked(sources, above(sources, draw.row) == left_of(sources, draw.column))


@dataclass(frozen=True, kw_only=True)
class QuadrantsDraw(Draw):
    """Where two images are cut, and which quadrants come from the first."""

    row: Tensor
    """int64 [count]."""
    column: Tensor
    """int64 [count]."""
    first: Tensor
    """Top left, top right, bottom left, bottom right; bool [count, 4]."""


@dataclass(frozen=True, kw_only=True)
class Random2x2(PairMixer):
    """Each of four quadrants comes from the first image with one probability p ~ U(0, 1) (Summers and Dinneen 2019, method 6).

    The quadrants meet in the middle half: row uniform on {H/4..3H/4-1}, column on {W/4..3W/4-1}.
    """

    def draw(self, context: DrawContext, rng: torch.Generator) -> Draw:
        """Draw where the quadrants meet, p, and the quadrants."""
        import torch

        _, height, width = context.shape
        row, column = (draws.integers(context, rng, round(side / 4), side - round(side / 4), self.draws) for side in (height, width))
        p = draws.uniform(context, rng, per=self.draws)
        first = torch.stack([draws.uniform(context, rng, per=self.draws) < p for _ in range(4)], dim=1)
        return QuadrantsDraw(row=row, column=column, first=first)

    def apply(self, sources: Tensor, draw: Any) -> Mixed:
        """Fill the quadrants."""
        import torch

        top_left, top_right, bottom_left, bottom_right = map(over_pixels, draw.first.unbind(1))
        left = left_of(sources, draw.column)
        top = torch.where(left, top_left, top_right)
        return masked(sources, torch.where(above(sources, draw.row), top, torch.where(left, bottom_left, bottom_right)))
