"""The balanced softmax."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from augbench import Loss, LossContext

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True, kw_only=True)
class BalancedSoftmax(Loss):
    """Cross-entropy of z + log n, tested on z (Ren 2020, Eq. 4); n are the class shares that the sampler makes.

    Under instance sampling of the originals those are the counts, but for a constant that no softmax sees.
    """

    def loss(self, logits: Tensor, targets: Tensor, context: LossContext) -> Tensor:
        """Return the mean over the batch."""
        from augbench_plugins.losses.logit_adjustment import adjusted

        return adjusted(logits, targets, context.prior, 1.0)
