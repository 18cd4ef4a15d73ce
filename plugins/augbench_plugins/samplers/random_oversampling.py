"""Random oversampling: minority images repeated up to the largest class."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from augbench import SampleContext
from augbench.values.sampling import ORIGINALS
from augbench_plugins.samplers._composing import deck
from augbench_plugins.samplers.instance import Instance

if TYPE_CHECKING:
    import torch
    from torch import Tensor


@dataclass(frozen=True, kw_only=True)
class RandomOversampling(Instance):
    """Shuffled passes over all originals and, of every smaller class, repeats drawn with replacement up to the largest.

    As imbalanced-learn's ``RandomOverSampler``, but each pass draws its own repeats.
    """

    def original_counts(self, context: SampleContext) -> Tensor:
        """Return the largest class's count for every class that has an image."""
        counts = context.class_counts
        return (counts > 0) * counts.max()

    def originals(self, context: SampleContext, per_step: int) -> Tensor:
        """Walk through passes, each with repeats of its own."""
        import torch

        missing = deck(self.original_counts(context) - context.class_counts)

        def deal(rng: torch.Generator) -> Tensor:
            every = torch.cat([torch.arange(len(context.labels)), context.pick(missing, "originals", rng)])
            return every[torch.randperm(len(every), generator=rng)]

        return context.rounds(ORIGINALS, len(context.labels) + len(missing), per_step, deal)
