"""Batches from a pool of originals and synthetic images; how the pool is walked through is the sampler's."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from augbench import Group, SampleContext, Sampler, shares
from augbench.values.sampling import GENERATED, ORIGINALS
from augbench_plugins.samplers._composing import deck, plain_group, pool_parts

if TYPE_CHECKING:
    from torch import Tensor


class PoolSampler(Sampler, ABC):
    """The pool: the originals and, where ``mix`` names other parts, ``bank.size`` synthetic images a minority class.

    Those are split in the ratio of ``mix``.  Where ``mix`` names originals beside other parts, all parts are shares of
    the batch instead.  Groups have constant sizes, by largest remainder.
    """

    @abstractmethod
    def walk(self, context: SampleContext, source: str, pool: Tensor, per_step: int) -> Tensor:
        """Choose images of a pool for every step, int64 [steps, per_step]."""

    def originals(self, context: SampleContext, per_step: int) -> Tensor:
        """Choose the originals of every step, int64 [steps, per_step]."""
        import torch

        return self.walk(context, ORIGINALS, torch.arange(len(context.labels)), per_step)

    def original_counts(self, context: SampleContext) -> Tensor:
        """Return how many originals of each class a pass shows, int64 [K]."""
        return context.class_counts

    def original_shares(self, context: SampleContext, progress: float) -> Tensor:
        """Return how often originals of each class are shown at a progress in [0, 1], float64 [K], in any unit."""
        return self.original_counts(context).double()

    def compose(self, context: SampleContext) -> tuple[Group, ...]:
        """Compose the batches of a block: the originals, then each part in the order of ``mix``."""
        sizes, amounts = self._sizes(context), pool_parts(context)
        groups = [plain_group(self.originals(context, sizes[ORIGINALS]))] if sizes.get(ORIGINALS) else []
        return (*groups, *(self._group(context, part, amounts[part], sizes[part]) for part in sizes if part != ORIGINALS and sizes[part]))

    def originals_per_step(self, context: SampleContext) -> int:
        """Return the originals of a batch."""
        return self._sizes(context).get(ORIGINALS, 0)

    def pool(self, context: SampleContext) -> int:
        """Return the size of the pool."""
        return int(self.original_counts(context).sum() + sum(amount.sum() for amount in pool_parts(context).values()))

    def prior(self, context: SampleContext, progress: float) -> Tensor:
        """Return the class shares of a batch at a progress."""
        amounts = {ORIGINALS: self.original_shares(context, progress)} | pool_parts(context)
        return context.shown({part: size * amounts[part].double() / amounts[part].sum() for part, size in self._sizes(context).items()})

    def _sizes(self, context: SampleContext) -> dict[str, int]:
        amounts = pool_parts(context)
        if amounts and ORIGINALS in context.mix:
            return shares({part: weight for part, weight in context.mix.items() if part == ORIGINALS or part in amounts}, context.size)
        in_pool = {ORIGINALS: float(self.original_counts(context).sum())}
        return shares(in_pool | {part: float(amount.sum()) for part, amount in amounts.items()}, context.size)

    def _group(self, context: SampleContext, part: str, amounts: Tensor, per_step: int) -> Group:
        if part == GENERATED:
            bank = (amounts[context.bank_labels] > 0).nonzero()[:, 0] + len(context.labels)
            return plain_group(self.walk(context, part, bank, per_step))
        return context.group(part, self.walk(context, part, deck(amounts), per_step), context.rng(part))
