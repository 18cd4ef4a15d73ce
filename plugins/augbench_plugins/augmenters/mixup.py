"""Mixup: the weighted average of two images."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from annotated_types import Ge, Gt, Le

from augbench import Augmenter, Draw, DrawContext, Mixed, draws
from augbench.values.errors import EmptyRange
from augbench_plugins.augmenters._broadcast import over_pixels, two_weights

if TYPE_CHECKING:
    import torch
    from torch import Tensor


@dataclass(frozen=True, kw_only=True)
class MixupDraw(Draw):
    """The first source's share of each image."""

    weight: Tensor
    """float32 [count]."""


@dataclass(frozen=True, kw_only=True)
class Mixup(Augmenter):
    """Weighted average of two images (Zhang 2018; Rana 2022, Eq. 1): y = lambda x1 + (1 - lambda) x2.

    Rana 2022 takes lambda from [0.15, 0.85]; Zhang's mixup is ``law = "beta"``, ``low = 0``, ``high = 1``.
    """

    arity: ClassVar[int] = 2

    low: Annotated[float, Ge(0), Le(1)] = 0.15
    """Smallest share of the first image."""
    high: Annotated[float, Ge(0), Le(1)] = 0.85
    """Largest share of the first image."""
    law: Literal["uniform", "beta"] = "uniform"
    """Law of the share between low and high: uniform, or a symmetric Beta law cut off at both."""
    alpha: Annotated[float, Gt(0)] = 1.0
    """Both shapes of the Beta law; the uniform law does not read it."""
    draws: Literal["sample", "batch"] = "sample"
    """Whether each image or each batch draws its own numbers."""

    def __post_init__(self) -> None:
        """Refuse an empty range of shares."""
        if self.low > self.high:
            raise EmptyRange("low", self.low, "high", self.high)

    def expected_weights(self, shape: tuple[int, int, int]) -> tuple[float, ...]:
        """Return the mean of lambda between low and high, and the rest."""
        if self.law == "uniform" or self.low == self.high:
            first = (self.low + self.high) / 2
        else:
            from scipy.special import betainc

            # The mean of a cut Beta(a, a) is half the mass that Beta(a + 1, a) has in the same range, over its own.
            raised, own = (betainc(shape, self.alpha, [self.low, self.high]) for shape in (self.alpha + 1, self.alpha))
            first = float((raised[1] - raised[0]) / (own[1] - own[0]) / 2)
        return first, 1 - first

    def shares(self, context: DrawContext, rng: torch.Generator) -> Tensor:
        """Draw lambda of each image, float32 [count]."""
        if self.law == "uniform":
            return draws.uniform(context, rng, self.low, self.high, self.draws)
        return draws.beta(context, rng, self.alpha, self.alpha, self.low, self.high, self.draws)

    def draw(self, context: DrawContext, rng: torch.Generator) -> Draw:
        """Draw lambda."""
        return MixupDraw(weight=self.shares(context, rng))

    def apply(self, sources: Tensor, draw: Any) -> Mixed:
        """Average the two sources."""
        import torch

        first, second = sources.unbind(1)
        images = torch.lerp(second, first, over_pixels(draw.weight))
        return Mixed(images=images, pixel_weights=two_weights(draw.weight))
