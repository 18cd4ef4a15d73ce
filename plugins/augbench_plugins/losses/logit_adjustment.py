"""Losses that add the classes' log frequencies to the logits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from annotated_types import Ge

from augbench import Loss, LossContext

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True, kw_only=True)
class LogitAdjustment(Loss):
    """Cross-entropy of z + tau log pi, with pi the class shares that the sampler makes; tested on z (Menon 2021, Eq. 10)."""

    tau: Annotated[float, Ge(0)] = 1.0
    """How much of the imbalance is taken off; 0 is cross-entropy."""

    def loss(self, logits: Tensor, targets: Tensor, context: LossContext) -> Tensor:
        """Return the mean over the batch."""
        return adjusted(logits, targets, context.prior, self.tau)


def adjusted(logits: Tensor, targets: Tensor, prior: Tensor, tau: float) -> Tensor:
    """Return the mean cross-entropy of z + tau log pi; a class that is never sampled keeps a finite logit."""
    import torch

    from augbench_plugins.losses._soft import expected, log_probabilities

    shift = tau * prior.clamp(min=torch.finfo(prior.dtype).tiny).log()
    return expected(-log_probabilities(logits + shift), targets)
