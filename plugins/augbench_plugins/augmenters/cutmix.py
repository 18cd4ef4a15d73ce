"""CutMix: a box of one image within another, at the same place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal

from annotated_types import Gt

from augbench import Draw, DrawContext, Mixed, draws
from augbench_plugins.augmenters._broadcast import two_weights, where
from augbench_plugins.augmenters._pairs import PairMixer, crossed, sides

if TYPE_CHECKING:
    import torch
    from torch import Tensor


QUANTILES = 2000
"""Points of the Beta law at which its mean area is taken."""


@dataclass(frozen=True, kw_only=True)
class BoxDraw(Draw):
    """The box of each image."""

    box: Tensor
    """Top, left, height and width, int64 [count, 4]."""
    rows: Tensor
    """Which rows it covers, float32 ones and zeros [count, H]."""
    columns: Tensor
    """Which columns it covers, [count, W]."""
    kept: Tensor
    """The share of the image outside it, and the rest, float32 [count, 2]."""


@dataclass(frozen=True, kw_only=True)
class CutMix(PairMixer):
    """Replace a box of one image by the same box of another (Yun 2019).

    The authors' code: lambda ~ Beta(alpha, alpha), sides of sqrt(1 - lambda) of the image's, a uniform centre; what lies beyond
    the border is cut off, and the first label's weight is the share of the first image that is left.
    """

    alpha: Annotated[float, Gt(0)] = 1.0
    """Both shapes of the Beta law."""
    draws: Literal["sample", "batch"] = "batch"
    """Whether each image or each batch, as in the authors' code, draws its own numbers."""

    def expected_weights(self, shape: tuple[int, int, int]) -> tuple[float, ...]:
        """Return what is left of the first image on average, by quadrature over the Beta law, and the rest."""
        import numpy as np
        from scipy.special import betaincinv

        ratio = np.sqrt(1 - betaincinv(self.alpha, self.alpha, (np.arange(QUANTILES) + 0.5) / QUANTILES))
        _, *sides = shape
        # Centres are drawn for each side by itself, so the mean area is the product of the mean lengths.
        covered = float(np.prod([_mean_length(ratio, size) / size for size in sides], axis=0).mean())
        return 1 - covered, covered

    def draw(self, context: DrawContext, rng: torch.Generator) -> Draw:
        """Draw the boxes."""
        return self.boxes(context, rng)

    def boxes(self, context: DrawContext, rng: torch.Generator) -> BoxDraw:
        """Draw the box of each image."""
        import torch

        ratio = (1 - draws.beta(context, rng, self.alpha, self.alpha, per=self.draws)).sqrt()
        starts, lengths = [], []
        for size in context.shape[1:]:
            half = (ratio * size).long() // 2
            centre = draws.integers(context, rng, 0, size, self.draws)
            starts.append((centre - half).clamp(min=0))
            lengths.append((centre + half).clamp(max=size) - starts[-1])
        return boxed(torch.stack([*starts, *lengths], dim=1), *context.shape[1:])

    def apply(self, sources: Tensor, draw: Any) -> Mixed:
        """Replace the boxes."""

        images = where(crossed(draw.rows, draw.columns), sources[:, 1], sources[:, 0])
        return Mixed(images=images, pixel_weights=draw.kept)


def _mean_length(ratio: Any, size: int) -> Any:
    """Return the mean length within the image, over all centres, of sides that are ``ratio`` [n] of it, [n]."""
    import numpy as np

    half = (ratio * size).astype(int)[:, None] // 2
    centre = np.arange(size)
    return (np.minimum(centre + half, size) - np.maximum(centre - half, 0)).mean(1)


def boxed(box: Tensor, height: int, width: int) -> BoxDraw:
    """Return what boxes (top, left, height, width), int64 [B, 4], come to in images of a size."""
    rows, columns = sides(box, height, width)
    left = (height * width - box[:, 2] * box[:, 3]).float() / (height * width)
    return BoxDraw(box=box, rows=rows, columns=columns, kept=two_weights(left))
