"""Class-balanced sampling: every class alike probable."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from augbench import SampleContext
from augbench_plugins.samplers._weighted import WeightedSampler, power_shares

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True, kw_only=True)
class ClassBalanced(WeightedSampler):
    """Originals with replacement, every class alike probable: P(class j) = n_j^q / sum_i n_i^q with q = 0 (Kang 2020, Eq. 1)."""

    def class_shares(self, context: SampleContext, progress: Tensor) -> Tensor:
        """Return one share for every class that has an image."""
        return power_shares(context.class_counts, 0.0).expand(*progress.shape, -1)
