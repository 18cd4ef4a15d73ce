"""Cross-entropy weighted by the effective number of samples."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from annotated_types import Gt, Lt

from augbench import Loss, LossContext

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True, kw_only=True)
class EffectiveNumber(Loss):
    """Class-balanced cross-entropy (Cui 2019): w_c = (1 - beta) / (1 - beta^n_c), divided by the weights of the batch's targets."""

    beta: Annotated[float, Gt(0), Lt(1)] = 0.9999
    """How far the weights go from equal (0) to inverse frequency (1); the paper tries 0.9, 0.99, 0.999 and 0.9999."""

    def loss(self, logits: Tensor, targets: Tensor, context: LossContext) -> Tensor:
        """Return sum_ij y_ij w_j CE_ij / sum_ij y_ij w_j."""
        from augbench_plugins.losses._class_weights import effective_number
        from augbench_plugins.losses._soft import expected, log_probabilities

        return expected(-log_probabilities(logits), targets, effective_number(context.class_counts, self.beta))
