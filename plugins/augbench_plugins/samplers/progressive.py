"""Progressively balanced sampling: from instance to class-balanced."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from augbench import SampleContext
from augbench_plugins.samplers._weighted import WeightedSampler, power_shares

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True, kw_only=True)
class Progressive(WeightedSampler):
    """Originals with replacement, P(class j) = (1 - t/T) n_j/N + (t/T) 1/K at step t of T (Kang 2020, Eq. 2).

    Kang moves t once an epoch.  Probabilities are mixed: weights of images mixed instead, as in some public code, give another law.
    """

    def class_shares(self, context: SampleContext, progress: Tensor) -> Tensor:
        """Return the mixture of both laws."""
        by_instance, balanced = (power_shares(context.class_counts, power) for power in (1.0, 0.0))
        share = progress[..., None]
        return (1 - share) * by_instance + share * balanced

    def progress(self, context: SampleContext) -> Tensor:
        """Return t/T of the block's steps."""
        import torch

        assert context.total is not None, "a training says how long it is"
        first = context.block.first
        return torch.arange(first, first + context.block.steps, dtype=torch.float64) / context.total
