"""VH-mixup: two concatenations of two images, mixed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from augbench import Augmenter, Draw, DrawContext, Mixed, draws
from augbench_plugins.augmenters._broadcast import over_pixels, two_weights
from augbench_plugins.augmenters._pairs import mean_cut

if TYPE_CHECKING:
    import torch
    from torch import Tensor


@dataclass(frozen=True, kw_only=True)
class VhDraw(Draw):
    """Where the two images are cut, and how the two concatenations are mixed."""

    row: Tensor
    """Rows of the first source above the cut, int64 [count]."""
    column: Tensor
    """Columns of the first source left of the cut, int64 [count]."""
    weight: Tensor
    """Share of the vertical concatenation, float32 [count]."""


@dataclass(frozen=True, kw_only=True)
class VhMixup(Augmenter):
    """Mixup of a vertical and a horizontal concatenation of two images (Summers and Dinneen 2019, method 7).

    Cuts are uniform on {0..H-1} and {0..W-1} and the share is U(0, 1), as in the authors' code: three independent numbers.
    """

    arity: ClassVar[int] = 2

    draws: Literal["sample", "batch"] = "sample"
    """Whether each image or each batch draws its own numbers."""

    def expected_weights(self, shape: tuple[int, int, int]) -> tuple[float, ...]:
        """Return the mean of both concatenations' shares of the first image, and the rest."""
        first = (mean_cut(shape[1]) + mean_cut(shape[2])) / 2
        return first, 1 - first

    def draw(self, context: DrawContext, rng: torch.Generator) -> Draw:
        """Draw both cuts and the share."""
        _, height, width = context.shape
        row = draws.integers(context, rng, 0, height, self.draws)
        column = draws.integers(context, rng, 0, width, self.draws)
        return VhDraw(row=row, column=column, weight=draws.uniform(context, rng, per=self.draws))

    def apply(self, sources: Tensor, draw: Any) -> Mixed:
        """Mix pixel by pixel: each pixel's share follows from the side of both cuts that it is on."""
        import torch

        height, width = sources.shape[-2:]
        above = (torch.arange(height, device=sources.device)[:, None] < over_pixels(draw.row)).to(sources.dtype)
        left = (torch.arange(width, device=sources.device) < over_pixels(draw.column)).to(sources.dtype)
        shares = torch.lerp(left, above, over_pixels(draw.weight))
        weight = torch.lerp(draw.column / width, draw.row / height, draw.weight)
        return Mixed(images=torch.lerp(sources[:, 1], sources[:, 0], shares), pixel_weights=two_weights(weight))
