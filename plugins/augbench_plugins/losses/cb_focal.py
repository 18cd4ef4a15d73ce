"""The class-balanced focal loss."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from annotated_types import Ge, Gt, Lt

from augbench import Loss, LossContext

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True, kw_only=True)
class CbFocal(Loss):
    """Sigmoid focal loss times the effective-number weight of the image's class (Cui 2019, Eq. 9).

    Weights have mean 1 over the classes and the sum is divided by the number of images, as in the authors' code.
    """

    beta: Annotated[float, Gt(0), Lt(1)] = 0.9999
    """How far the weights go from equal (0) to inverse frequency (1)."""
    gamma: Annotated[float, Ge(0)] = 1.0
    """How strongly well-recognised images are discounted; the paper tries 0.5, 1 and 2."""

    def loss(self, logits: Tensor, targets: Tensor, context: LossContext) -> Tensor:
        """Return the weighted sum over images and classes divided by the number of images; a soft target's weight is its mean."""
        from augbench_plugins.losses._class_weights import effective_number
        from augbench_plugins.losses._focusing import sigmoid_costs

        weights = effective_number(context.class_counts, self.beta).to(targets.dtype)
        yes, no = sigmoid_costs(logits, targets, self.gamma)
        return ((targets @ weights) * (yes + no).sum(dim=1)).sum() / len(targets)

    @property
    def bias_decays(self) -> bool:
        """Return no: the start of the biases is a prior, which must not fade."""
        return False

    def bias_start(self, classes: int) -> float | None:
        """Return -log(K - 1), which gives every class the probability 1/K at the start."""
        return -math.log(max(1, classes - 1))
