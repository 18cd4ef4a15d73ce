"""Sampling by effective numbers: between every image alike probable and every class alike probable."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from annotated_types import Ge, Lt
from augbench import Group, SampleContext, Sampler

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True, kw_only=True)
class EffectiveSampling(Sampler):
    """Draws classes by the effective numbers of their images, (1 - beta^n) / (1 - beta) (Cui 2019, Eq. 2), then any image of the class.

    Cui weights losses by the inverse; here the numbers themselves are the law: beta = 0 makes all classes alike probable, and near 1
    all images are.
    """

    beta: Annotated[float, Ge(0), Lt(1)] = 0.99
    """How much a further image overlaps with those that there are: 1 / (1 - beta) is the most that a class can count."""

    def law(self, counts: Tensor) -> Tensor:
        """Return the probability of each class, float64 [K], of its images, int64 [K]; one without images has none."""
        numbers = 1 - self.beta ** counts.double()
        return numbers / numbers.sum()

    def compose(self, context: SampleContext) -> tuple[Group, ...]:
        """Draw the images of each part of `mix`, for every step of the block."""
        return tuple(self._group(context, part, size) for part, size in context.parts.items())

    def originals_per_step(self, context: SampleContext) -> int:
        """Return how many originals a batch holds."""
        return context.parts.get("originals", 0)

    def pool(self, context: SampleContext) -> int:
        """Return how many images count as one pass: all that there are."""
        return len(context.every_label)

    def prior(self, context: SampleContext, progress: float) -> Tensor:
        """Return the share of each class in the batches, float64 [K]."""
        return context.shown({part: size * self.law(context.available(part)) for part, size in context.parts.items()})

    def _group(self, context: SampleContext, part: str, size: int) -> Group:
        import torch

        rng, law = context.rng(part), self.law(context.available(part))
        labels = torch.multinomial(law.expand(context.block.steps, -1), size, replacement=True, generator=rng)
        return context.group(part, labels, rng)
