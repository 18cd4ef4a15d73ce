"""Shuffled passes over the pool."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from augbench import SampleContext
from augbench_plugins.samplers._pool import PoolSampler

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True, kw_only=True)
class Instance(PoolSampler):
    """Shuffled passes over the pool, without replacement: every image equally often."""

    def walk(self, context: SampleContext, source: str, pool: Tensor, per_step: int) -> Tensor:
        """Continue the passes where the last step left them."""
        return context.passes(source, pool, per_step)
