"""Metrics of the probabilities themselves: what two models with equal predictions differ in."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Annotated, ClassVar

from annotated_types import Ge

from augbench import Metric, formulas

if TYPE_CHECKING:
    from augbench import Predictions


@dataclass(frozen=True, kw_only=True)
class LogLoss(Metric):
    """Mean of -log p of the true class, in nats; p counts as at least 2^-23, so that one image costs at most 15.9."""

    higher_is_better: ClassVar[bool] = False
    bounds: ClassVar[tuple[float, float]] = (0.0, inf)

    def measure(self, predictions: Predictions) -> float:
        """Average over all images, whatever their class."""
        return formulas.log_loss(predictions.labels, predictions.probabilities)


@dataclass(frozen=True, kw_only=True)
class Brier(Metric):
    """Squared distance of probabilities and truth, summed over classes, mean over images (Brier 1950)."""

    higher_is_better: ClassVar[bool] = False
    bounds: ClassVar[tuple[float, float]] = (0.0, 2.0)

    def measure(self, predictions: Predictions) -> float:
        """Average over all images, whatever their class."""
        return formulas.brier(predictions.labels, predictions.probabilities)


@dataclass(frozen=True, kw_only=True)
class Ece(Metric):
    """Expected calibration error of the predicted class: mean |accuracy - confidence| over bins of equal width (Guo 2017, Eq. 3)."""

    higher_is_better: ClassVar[bool] = False

    bins: Annotated[int, Ge(1)] = 15
    """Bins of [0, 1]; each holds its upper bound, not its lower."""

    def measure(self, predictions: Predictions) -> float:
        """Sort images into bins by the probability of the predicted class."""
        return formulas.ece(*formulas.reliability(predictions.labels, predictions.probabilities, self.bins))
