"""Square-root sampling: between instance and class-balanced."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from augbench import SampleContext
from augbench_plugins.samplers._weighted import WeightedSampler, power_shares

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True, kw_only=True)
class SquareRoot(WeightedSampler):
    """Originals with replacement, classes by the square root of their counts: q = 1/2 in Kang 2020, Eq. 1 (Mahajan 2018)."""

    def class_shares(self, context: SampleContext, progress: Tensor) -> Tensor:
        """Return sqrt(n_j) / sum_i sqrt(n_i)."""
        return power_shares(context.class_counts, 0.5).expand(*progress.shape, -1)
