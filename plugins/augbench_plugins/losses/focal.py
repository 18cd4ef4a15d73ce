"""The focal loss."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from annotated_types import Ge, Gt, Le, Lt

from augbench import Loss, LossContext

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True, kw_only=True)
class Focal(Loss):
    """Cross-entropy times (1 - p_t)^gamma (Lin 2017, Eq. 4 and 5): what is recognised well counts less.

    The sigmoid form sums a binary loss over the classes; classes are told apart by the softmax of its logits all the same.
    """

    presets: ClassVar[dict[str, dict[str, Any]]] = {
        "lin-2017": {"form": "sigmoid", "gamma": 2.0, "alpha": 0.25, "first-probability": 0.01},
        "cao-2019": {"form": "softmax", "gamma": 1.0},
    }

    form: Literal["softmax", "sigmoid"] = "softmax"
    """Whether classes compete, or each is a yes-or-no question as in Lin 2017."""
    gamma: Annotated[float, Ge(0)] = 2.0
    """How strongly well-recognised images are discounted; 0 is cross-entropy."""
    alpha: Annotated[float, Ge(0), Le(1)] = 0.25
    """Weight of "yes" in the sigmoid form, where "no" weighs 1 - alpha; the softmax form does not read it."""
    first_probability: Annotated[float, Gt(0), Lt(1)] = 0.01
    """Every class's probability at the start of the sigmoid form, by the last layer's biases; the softmax form does not read it."""

    def loss(self, logits: Tensor, targets: Tensor, context: LossContext) -> Tensor:
        """Return the mean over the batch; of the sigmoid form, the sum over classes divided by the number of images."""
        from augbench_plugins.losses._focusing import sigmoid_costs, softmax_costs
        from augbench_plugins.losses._soft import expected

        if self.form == "softmax":
            return expected(softmax_costs(logits, self.gamma), targets)
        yes, no = sigmoid_costs(logits, targets, self.gamma)
        return (self.alpha * yes + (1 - self.alpha) * no).sum() / len(targets)

    def bias_start(self, classes: int) -> float | None:
        """Return -log((1 - pi) / pi) for the sigmoid form: else the many "no" would swamp the first steps."""
        if self.form == "softmax":
            return None
        return -math.log((1 - self.first_probability) / self.first_probability)
