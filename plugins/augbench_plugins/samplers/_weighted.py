"""Originals drawn with replacement, their classes by a law that may change during training."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING

from augbench import SampleContext
from augbench.values.sampling import ORIGINALS
from augbench_plugins.samplers.standard import Standard

if TYPE_CHECKING:
    import torch
    from torch import Tensor


class WeightedSampler(Standard):
    """Draws the class of each original, then any of its images, all alike probable; other parts of ``mix`` are as in ``standard``."""

    @abstractmethod
    def class_shares(self, context: SampleContext, progress: Tensor) -> Tensor:
        """Return the probability of each class, float64 [..., K], at every progress, float64 [...]."""

    def progress(self, context: SampleContext) -> Tensor:
        """Return how far each step of the block is in the training; a law that never changes need not know."""
        import torch

        return torch.zeros(context.block.steps, dtype=torch.float64)

    def originals(self, context: SampleContext, per_step: int) -> Tensor:
        """Draw classes, then images."""
        rng = context.rng(f"{ORIGINALS}.pool")
        labels = draw_classes(self.class_shares(context, self.progress(context)), per_step, rng)
        return context.pick(labels, "originals", rng)

    def original_shares(self, context: SampleContext, progress: float) -> Tensor:
        """Return the probability of each class at a progress."""
        import torch

        return self.class_shares(context, torch.tensor(progress, dtype=torch.float64))


def power_shares(counts: Tensor, power: float) -> Tensor:
    """Return n_j^q / sum_i n_i^q, float64 [K]; a class without images has no share, not even for q = 0."""
    import torch

    weights = torch.where(counts > 0, counts.double() ** power, 0.0)
    return weights / weights.sum()


def draw_classes(shares: Tensor, count: int, rng: torch.Generator) -> Tensor:
    """Draw ``count`` classes for each row of probabilities [steps, K]; int64 [steps, count]."""
    import torch

    borders = shares.cumsum(dim=-1)
    # Rounding may leave the last border below 1, and a number beyond it would name no class.
    places = torch.rand(len(shares), count, generator=rng, dtype=torch.float64) * borders[:, -1:]
    return torch.searchsorted(borders.contiguous(), places, right=True)
