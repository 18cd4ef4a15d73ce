"""Cross-entropy weighted by inverse class frequency."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from annotated_types import Ge

from augbench import Loss, LossContext

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True, kw_only=True)
class ClassWeighted(Loss):
    """Cross-entropy with class weights w_c = (n_min / n_c)^gamma, divided by the weights of the batch's targets.

    So only the ratios of weights count: scaling all of them changes nothing.
    """

    gamma: Annotated[float, Ge(0)] = 1.0
    """Power of the inverse frequency: 1 inverse, 0.5 square root, 0 plain cross-entropy."""

    def loss(self, logits: Tensor, targets: Tensor, context: LossContext) -> Tensor:
        """Return sum_ij y_ij w_j CE_ij / sum_ij y_ij w_j."""
        from augbench_plugins.losses._class_weights import inverse_frequency
        from augbench_plugins.losses._soft import expected, log_probabilities

        return expected(-log_probabilities(logits), targets, inverse_frequency(context.class_counts, self.gamma))
