"""Post-hoc logit adjustment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

from annotated_types import Ge

from augbench import Adjustment, AdjustmentContext

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True, kw_only=True)
class LogitAdjustment(Adjustment):
    """z - tau log pi with the classes' shares pi, which predicts as if all classes were alike frequent (Menon 2021, Eq. 9)."""

    tau: Annotated[float, Ge(0)] = 1.0
    """How much of the imbalance is taken off; 0 changes nothing."""
    prior: Literal["sampled", "counts"] = "sampled"
    """Which shares: those of the batches that the sampler made in the end, or those of the training images."""

    def adjust(self, logits: Tensor, context: AdjustmentContext) -> Tensor:
        """Shift the logits; a class that was never shown keeps a finite one."""
        import torch

        shares = context.prior if self.prior == "sampled" else context.class_counts / context.class_counts.sum()
        return logits - self.tau * shares.to(logits.dtype).clamp(min=torch.finfo(logits.dtype).tiny).log()
