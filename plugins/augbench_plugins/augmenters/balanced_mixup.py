"""Balanced-MixUp's mixing: a small share of a class-balanced image in each image of the data set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from annotated_types import Gt

from augbench import Augmenter, Draw, DrawContext, Mixed, draws
from augbench_plugins.augmenters._broadcast import over_pixels

if TYPE_CHECKING:
    import torch
    from torch import Tensor


@dataclass(frozen=True, kw_only=True)
class BalancedDraw(Draw):
    """The share of each image's second source."""

    share: Tensor
    """float32 [count]."""


@dataclass(frozen=True, kw_only=True)
class BalancedMixup(Augmenter):
    """y = (1 - lambda) x1 + lambda x2 with lambda from Beta(alpha, 1), mean alpha / (1 + alpha) (Galdran 2021, Eq. 3).

    Meant for the sampler ``balanced-mixup``, which makes x1 an instance-based and x2 a class-balanced draw.
    """

    arity: ClassVar[int] = 2

    alpha: Annotated[float, Gt(0)] = 0.2
    """First shape of the Beta law, whose second is 1; the paper tries 0.1, 0.2 and 0.3."""
    draws: Literal["sample", "batch"] = "batch"
    """Whether each image or, as the authors do, each batch draws its own lambda."""

    def expected_weights(self, shape: tuple[int, int, int]) -> tuple[float, ...]:
        """Return the means of 1 - lambda and lambda."""
        share = self.alpha / (1 + self.alpha)
        return 1 - share, share

    def draw(self, context: DrawContext, rng: torch.Generator) -> Draw:
        """Draw lambda."""
        return BalancedDraw(share=draws.beta(context, rng, self.alpha, 1.0, per=self.draws))

    def apply(self, sources: Tensor, draw: Any) -> Mixed:
        """Average the two sources."""
        import torch

        first, second = sources.unbind(1)
        images = torch.lerp(first, second, over_pixels(draw.share))
        return Mixed(images=images, pixel_weights=torch.stack([1 - draw.share, draw.share], dim=1))
