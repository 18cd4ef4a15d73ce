"""Patches: a part of one image within another, from another place (Summers and Dinneen 2019, methods 9 to 11)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from annotated_types import Gt, Le

from augbench import Draw, DrawContext, Mixed, draws
from augbench_plugins.augmenters._broadcast import two_weights, where
from augbench_plugins.augmenters._pairs import PairMixer, below, inside

if TYPE_CHECKING:
    import torch
    from torch import Tensor


@dataclass(frozen=True, kw_only=True)
class PatchDraw(Draw):
    """What part of the first image is replaced by what part of the second."""

    box: Tensor
    """Top, left, height and width of the part, int64 [count, 4]."""
    origin: Tensor
    """Top and left of its pixels in the second image, int64 [count, 2]."""


@dataclass(frozen=True, kw_only=True)
class _Patch(PairMixer):
    def apply(self, sources: Tensor, draw: Any) -> Mixed:
        """Replace the part."""
        import torch

        height, width = sources.shape[-2:]
        moved = draw.origin - draw.box[:, :2]
        rows = (torch.arange(height, device=sources.device) + moved[:, :1]).clamp(0, height - 1)
        columns = (torch.arange(width, device=sources.device) + moved[:, 1:]).clamp(0, width - 1)
        places = (rows[:, :, None] * width + columns[:, None]).flatten(1)[:, None].expand(-1, sources.shape[2], -1)
        patches = sources[:, 1].flatten(2).gather(2, places).unflatten(2, (height, width))
        images = where(inside(sources, draw.box), patches, sources[:, 0])
        kept = height * width - draw.box[:, 2] * draw.box[:, 3]
        return Mixed(images=images, pixel_weights=two_weights(kept.to(sources.dtype) / (height * width)))


@dataclass(frozen=True, kw_only=True)
class RandomSquare(_Patch):
    """A square of one image in another, at another place (Summers and Dinneen 2019, method 9).

    Its centre is uniform over all pixels and what lies beyond the border is cut off; the pixels' own place is uniform too.
    """

    side: Annotated[float, Gt(0), Le(1)] = 0.5
    """Side of the square as a part of the image's shorter side; the authors take 16 pixels of 32."""

    def expected_weights(self, shape: tuple[int, int, int]) -> tuple[float, ...]:
        """Return what is left of the first image on average over all centres, and the rest."""
        _, height, width = shape
        side = max(1, round(self.side * min(height, width)))
        covered = _mean_overlap(height, side) * _mean_overlap(width, side)
        return 1 - covered, covered

    def draw(self, context: DrawContext, rng: torch.Generator) -> Draw:
        """Draw the squares and where their pixels come from."""
        import torch

        side = max(1, round(self.side * min(context.shape[1:])))
        parts = [self._along(context, rng, size, side) for size in context.shape[1:]]
        start, length, origin = (torch.stack(numbers, dim=1) for numbers in zip(*parts, strict=True))
        return PatchDraw(box=torch.cat([start, length], dim=1), origin=origin)

    def _along(self, context: DrawContext, rng: torch.Generator, size: int, side: int) -> tuple[Tensor, Tensor, Tensor]:
        twice_centre = 2 * draws.integers(context, rng, 0, size, self.draws)
        start = ((twice_centre - side) // 2).clamp(min=0)
        length = ((twice_centre + side) // 2).clamp(max=size) - start
        return start, length, below(context, rng, size - length, self.draws)


@dataclass(frozen=True, kw_only=True)
class RandomColumnInterval(_Patch):
    """Columns of one image among those of another (Summers and Dinneen 2019, method 10).

    Columns i1..i2-1 are replaced, i1 uniform on {0..W-1} and i2 on {i1..W-1}, by as many from a uniform start.
    """

    def expected_weights(self, shape: tuple[int, int, int]) -> tuple[float, ...]:
        """Return the mean share of the columns that stay, and the rest."""
        return _kept_and_replaced(shape[2])

    def draw(self, context: DrawContext, rng: torch.Generator) -> Draw:
        """Draw the intervals and where their pixels come from."""
        import torch

        start, length, origin = _interval(context, rng, context.shape[2], self.draws)
        top, height = torch.zeros_like(start), torch.full_like(start, context.shape[1])
        return PatchDraw(box=torch.stack([top, start, height, length], dim=1), origin=torch.stack([top, origin], dim=1))


@dataclass(frozen=True, kw_only=True)
class RandomRowInterval(_Patch):
    """Rows of one image among those of another (Summers and Dinneen 2019, method 11); as random-column-interval, on rows."""

    def expected_weights(self, shape: tuple[int, int, int]) -> tuple[float, ...]:
        """Return the mean share of the rows that stay, and the rest."""
        return _kept_and_replaced(shape[1])

    def draw(self, context: DrawContext, rng: torch.Generator) -> Draw:
        """Draw the intervals and where their pixels come from."""
        import torch

        start, length, origin = _interval(context, rng, context.shape[1], self.draws)
        left, width = torch.zeros_like(start), torch.full_like(start, context.shape[2])
        return PatchDraw(box=torch.stack([start, left, length, width], dim=1), origin=torch.stack([origin, left], dim=1))


def _mean_overlap(size: int, side: int) -> float:
    """Return the mean share of an image's side that a length of ``side`` pixels covers, over all centres."""
    lengths = [min((2 * centre + side) // 2, size) - max((2 * centre - side) // 2, 0) for centre in range(size)]
    return sum(lengths) / size**2


def _kept_and_replaced(size: int) -> tuple[float, ...]:
    # Of i1 uniform on {0..W-1} and i2 on {i1..W-1}, i2 - i1 is (W-1)/4 on average.
    replaced = (size - 1) / (4 * size)
    return 1 - replaced, replaced


def _interval(context: DrawContext, rng: torch.Generator, size: int, per: draws.Law) -> tuple[Tensor, Tensor, Tensor]:
    """Draw where an interval starts, how long it is, and where its pixels start; int64 [count] each."""
    start = draws.integers(context, rng, 0, size, per)
    length = below(context, rng, size - start, per)
    return start, length, below(context, rng, size - length, per)
