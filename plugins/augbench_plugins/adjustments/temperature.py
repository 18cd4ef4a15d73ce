"""Temperature scaling."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from annotated_types import Gt

from augbench import Adjustment, AdjustmentContext
from augbench.values.errors import NothingToFitOn

if TYPE_CHECKING:
    from torch import Tensor

COLDEST, HOTTEST = 0.05, 20.0
"""Temperatures between which the best one is looked for."""


@dataclass(frozen=True, kw_only=True)
class Temperature(Adjustment):
    """z / T with the T under which the validation images are most likely (Guo 2017, section 4.2): better probabilities, same classes."""

    temperature: Annotated[float, Gt(0)] | None = None
    """A fixed T; without one it is fitted, which takes validation images."""

    def adjust(self, logits: Tensor, context: AdjustmentContext) -> Tensor:
        """Divide the logits.  Raise ``NothingToFitOn`` without validation images."""
        return logits / (self.temperature or _best(context))


def _best(context: AdjustmentContext) -> float:
    from scipy.optimize import minimize_scalar
    from torch.nn.functional import cross_entropy

    if context.validation is None:
        raise NothingToFitOn("predict = 'temperature'", "temperature")
    logits, labels = context.validation
    # The likelihood has one maximum in 1 / T.
    found = minimize_scalar(
        lambda inverse: float(cross_entropy(logits.double() * inverse, labels)), bounds=(1 / HOTTEST, 1 / COLDEST), method="bounded"
    )
    return float(1 / found.x)
