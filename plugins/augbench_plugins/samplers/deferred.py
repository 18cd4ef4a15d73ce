"""Deferred re-sampling: instance sampling first, class-balanced in the last part."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from annotated_types import Ge, Le

from augbench import SampleContext
from augbench_plugins.samplers._weighted import power_shares
from augbench_plugins.samplers.progressive import Progressive

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True, kw_only=True)
class Deferred(Progressive):
    """Originals with replacement, every image alike probable until ``start``, then every class (Cao 2019, DRS)."""

    start: Annotated[float, Ge(0), Le(1)] = 0.8
    """Part of the training after which classes are balanced: 160 of the authors' 200 epochs."""

    def class_shares(self, context: SampleContext, progress: Tensor) -> Tensor:
        """Return the law of each step."""
        import torch

        by_instance, balanced = (power_shares(context.class_counts, power) for power in (1.0, 0.0))
        return torch.where(progress[..., None] < self.start, by_instance, balanced)
