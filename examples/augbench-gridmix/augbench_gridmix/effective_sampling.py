"""Sampling by effective numbers: between every image alike probable and every class alike probable."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

from annotated_types import Ge, Lt
from augbench import Group, SampleContext, Sampler, shares

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
        return tuple(self._group(context, part, size) for part, size in _sizes(context).items() if size)

    def originals_per_step(self, context: SampleContext) -> int:
        """Return how many originals a batch holds."""
        return _sizes(context).get("originals", 0)

    def pool(self, context: SampleContext) -> int:
        """Return how many images count as one pass: all that there are."""
        return len(context.every_label)

    def prior(self, context: SampleContext, progress: float) -> Tensor:
        """Return the share of each class in the batches, float64 [K]."""
        import torch

        shown = [size * self._shown(context, part) for part, size in _sizes(context).items()]
        return torch.stack(shown).sum(dim=0) / context.size

    def _group(self, context: SampleContext, part: str, size: int) -> Group:
        import torch

        rng, law = context.rng(part), self.law(_counts(context, part))
        labels = torch.multinomial(law.expand(context.block.steps, -1), size, replacement=True, generator=rng)
        if part in context.slots:
            return Group(slot=part, sources=context.sources(part, labels, rng))
        return Group(slot=None, sources=context.pick(labels, _sources(part), rng)[..., None])

    def _shown(self, context: SampleContext, part: str) -> Tensor:
        counts, rule = _counts(context, part), context.slots.get(part)
        if rule is None or rule.pairing == "same-class":
            return self.law(counts)
        # The further sources of a slot with `pairing = "any"` are of all classes.
        first, *others = rule.label_weights()
        return first * self.law(counts) + sum(others) * counts.double() / counts.sum()


def _sizes(context: SampleContext) -> dict[str, int]:
    """Share a batch among the parts of `mix` that there are images for; without any, it is all originals."""
    there = {part: weight for part, weight in context.mix.items() if weight and _counts(context, part).any()}
    return shares(there or {"originals": 1.0}, context.size)


def _counts(context: SampleContext, part: str) -> Tensor:
    return context.counts(context.slots[part].sources if part in context.slots else _sources(part))


def _sources(part: str) -> Literal["originals", "generated"]:
    return "generated" if part == "generated" else "originals"
