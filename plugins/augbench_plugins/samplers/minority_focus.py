"""Minority-focused sampling: each batch carries a supplementary batch of synthetic minority images."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from augbench import Facts, Group, Reason, SampleContext, Sampler, shares
from augbench.values.errors import SupplementTooLarge
from augbench.values.sampling import ORIGINALS
from augbench_plugins.samplers._composing import can_make, deck, plain_group, pool_parts, synthetic_parts

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True, kw_only=True)
class MinorityFocus(Sampler):
    """A supplementary batch of synthetic minority images; originals, in shuffled passes, fill the rest (Rana 2022).

    Each minority class puts ``n`` times the parts of ``mix`` into it: with n = 1 and ``mix = { generated = 2, linear = 1,
    rotated = 1 }`` four images.  Synthetic images are drawn with replacement.
    """

    def supports(self, facts: Facts) -> Reason | None:
        """Tell, before any generator is fitted, that the supplementary batch does not fit the batch."""
        total = sum(weight for part, weight in facts.mix.items() if part != ORIGINALS)
        needed = sum(round(number * total) for number in facts.n.values())
        if not facts.n or needed < facts.batch_size:
            return None
        return Reason(SupplementTooLarge(facts.n, needed, facts.batch_size))

    def compose(self, context: SampleContext) -> tuple[Group, ...]:
        """Compose the batches of a block: the originals, then each part in the order of ``mix``.

        Raise ``SupplementTooLarge`` where no room is left for originals.
        """
        import torch

        supplement = _supplement(context)
        originals = context.passes(ORIGINALS, torch.arange(len(context.labels)), _room(context, supplement))
        labels = {part: deck(amounts).expand(context.block.steps, -1) for part, amounts in supplement.items()}
        return (plain_group(originals), *(context.group(part, wanted, context.rng(part)) for part, wanted in labels.items()))

    def originals_per_step(self, context: SampleContext) -> int:
        """Return what the supplementary batch leaves of a batch."""
        return _room(context, _supplement(context))

    def pool(self, context: SampleContext) -> int:
        """Return the originals and the synthetic images that the classes would add to a pool."""
        return len(context.labels) + sum(int(amounts.sum()) for amounts in pool_parts(context).values())

    def prior(self, context: SampleContext, progress: float) -> Tensor:
        """Return the class shares of a batch, the same at every progress."""
        supplement = _supplement(context)
        originals = _room(context, supplement) * context.class_counts.double() / len(context.labels)
        return context.shown({ORIGINALS: originals, **supplement})


def _supplement(context: SampleContext) -> dict[str, Tensor]:
    """Return how many images of each class every part puts into a batch; int64 [K] by part."""
    import torch

    parts = synthetic_parts(context)
    amounts = {part: torch.zeros(context.classes, dtype=torch.int64) for part in parts}
    for label in context.minority if parts else ():
        for part, amount in shares(parts, round(context.n[label] * sum(parts.values()))).items():
            amounts[part][label] = amount if can_make(context, part, label) else 0
    return {part: amount for part, amount in amounts.items() if amount.any()}


def _room(context: SampleContext, supplement: Mapping[str, Tensor]) -> int:
    needed = sum(int(amounts.sum()) for amounts in supplement.values())
    if needed >= context.size:
        raise SupplementTooLarge({f"class {label}": context.n[label] for label in context.minority}, needed, context.size)
    return context.size - needed
