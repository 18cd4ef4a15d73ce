"""MixMatch's mixup, whose first image always has the larger share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from annotated_types import Gt

from augbench import Draw, DrawContext, Mixed, draws
from augbench_plugins.augmenters._broadcast import over_pixels, two_weights
from augbench_plugins.augmenters._pairs import PairMixer
from augbench_plugins.augmenters.mixup import MixupDraw

if TYPE_CHECKING:
    import torch
    from torch import Tensor


@dataclass(frozen=True, kw_only=True)
class MixMatchMixup(PairMixer):
    """Weighted average of two images with lambda = max(l, 1 - l), l ~ Beta(alpha, alpha) (Berthelot 2019, Eq. 8 to 11)."""

    alpha: Annotated[float, Gt(0)] = 0.75
    """Both shapes of the Beta law."""

    def expected_weights(self, shape: tuple[int, int, int]) -> tuple[float, ...]:
        """Return 1/2 plus the mean distance of l from it, 1 / (B(alpha, alpha) 4^alpha alpha), and the rest."""
        from math import exp, lgamma, log

        beta = 2 * lgamma(self.alpha) - lgamma(2 * self.alpha)
        larger = 0.5 + exp(-beta - self.alpha * log(4)) / self.alpha
        return larger, 1 - larger

    def draw(self, context: DrawContext, rng: torch.Generator) -> Draw:
        """Draw lambda."""
        share = draws.beta(context, rng, self.alpha, self.alpha, per=self.draws)
        return MixupDraw(weight=share.maximum(1 - share))

    def apply(self, sources: Tensor, draw: Any) -> Mixed:
        """Average the two sources."""
        import torch

        first, second = sources.unbind(1)
        images = torch.lerp(second, first, over_pixels(draw.weight))
        return Mixed(images=images, pixel_weights=two_weights(draw.weight))
