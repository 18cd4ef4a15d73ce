"""Random batches from the pool."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from augbench import SampleContext
from augbench_plugins.samplers._pool import PoolSampler

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True, kw_only=True)
class Standard(PoolSampler):
    """Random batches from the pool, with replacement: each image of a batch is any image of its part, all alike probable."""

    def walk(self, context: SampleContext, source: str, pool: Tensor, per_step: int) -> Tensor:
        """Choose independently."""
        import torch

        # A stream beside the one that picks an augment slot's sources.
        places = torch.randint(len(pool), (context.block.steps, per_step), generator=context.rng(f"{source}.pool"))
        return pool[places]
