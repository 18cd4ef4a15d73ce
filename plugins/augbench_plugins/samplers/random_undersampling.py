"""Random undersampling: large classes cut down to the smallest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from augbench import SampleContext
from augbench.values.sampling import ORIGINALS
from augbench_plugins.samplers.instance import Instance

if TYPE_CHECKING:
    import torch
    from torch import Tensor


@dataclass(frozen=True, kw_only=True)
class RandomUndersampling(Instance):
    """Shuffled passes over as many originals of each class, without replacement, as the smallest class has.

    As imbalanced-learn's ``RandomUnderSampler``, but each pass chooses anew: over a long training every image is seen.
    """

    def original_counts(self, context: SampleContext) -> Tensor:
        """Return the smallest class's count for every class that has an image."""
        counts = context.class_counts
        return (counts > 0) * counts[counts > 0].min()

    def originals(self, context: SampleContext, per_step: int) -> Tensor:
        """Walk through passes, each with a choice of its own."""
        import torch

        chosen, counts = self.original_counts(context), context.class_counts
        # Once a class's images lie side by side in random order, its first ones are a choice without replacement.
        rank = torch.arange(len(context.labels)) - (counts.cumsum(0) - counts).repeat_interleave(counts)
        kept = rank < chosen.repeat_interleave(counts)

        def deal(rng: torch.Generator) -> Tensor:
            order = torch.randperm(len(context.labels), generator=rng)
            subset = order[torch.argsort(context.labels[order], stable=True)][kept]
            return subset[torch.randperm(len(subset), generator=rng)]

        return context.rounds(ORIGINALS, int(chosen.sum()), per_step, deal)
