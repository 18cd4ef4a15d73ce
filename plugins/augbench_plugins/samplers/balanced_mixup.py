"""Balanced-MixUp's two streams: instance sampling beside class-balanced sampling."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from annotated_types import Ge, Le

from augbench import Facts, Group, Reason, SampleContext, Sampler
from augbench.values.errors import EmptyStream
from augbench.values.sampling import GENERATED, ORIGINALS
from augbench_plugins.samplers._weighted import draw_classes, power_shares

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True, kw_only=True)
class BalancedMixup(Sampler):
    """Every image of a batch is mixed of two: the next of shuffled passes over the originals, and a class-balanced draw (Galdran 2021).

    ``batch.mix`` names the augment slot that mixes them, alone; the slot's ``sources`` say what the class-balanced stream
    draws from, with replacement.
    """

    power: Annotated[float, Ge(0), Le(1)] = 0.0
    """The second stream's law, P(class) in proportion to n^power: 0 balances classes, 1 takes any image, as plain mixup does."""

    def supports(self, facts: Facts) -> Reason | None:
        """Tell that there is no slot to mix the two streams."""
        if len(facts.mix) == 1 and not {ORIGINALS, GENERATED} & set(facts.mix):
            return None
        return Reason(
            "the sampler balanced-mixup needs batch.mix to name one augment slot and nothing else: "
            'mix = { balanced = 1 } with augment.balanced = "balanced-mixup"'
        )

    def compose(self, context: SampleContext) -> tuple[Group, ...]:
        """Pair the streams: source 0 is the instance stream, every other one class-balanced.

        Raise ``EmptyStream`` where there is nothing to draw the latter from.
        """
        import torch

        (slot,) = context.mix
        rule, steps, rng = context.slots[slot], context.block.steps, context.rng(slot)
        if not context.counts(rule.sources).any():
            raise EmptyStream(slot, rule.sources)
        first = context.passes(ORIGINALS, torch.arange(len(context.labels)), context.size)
        shares = power_shares(context.counts(rule.sources), self.power).expand(steps, -1)
        labels = draw_classes(shares, context.size * (rule.arity - 1), rng).view(steps, context.size, rule.arity - 1)
        return (Group(slot=slot, sources=torch.cat([first[..., None], context.pick(labels, rule.sources, rng)], dim=-1)),)

    def originals_per_step(self, context: SampleContext) -> int:
        """Return the batch's size: an epoch is one pass of the instance stream."""
        return context.size

    def pool(self, context: SampleContext) -> int:
        """Return the number of originals."""
        return len(context.labels)

    def prior(self, context: SampleContext, progress: float) -> Tensor:
        """Return the class shares of both streams together, as much as their labels count; the same at every progress."""
        (rule,) = (context.slots[slot] for slot in context.mix)
        balanced = sum(rule.label_weights()[1:])
        return (1 - balanced) * power_shares(context.class_counts, 1.0) + balanced * power_shares(context.counts(rule.sources), self.power)
