"""Metrics that keep the laws, and one for each law that breaks it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from augbench import Component, CountMetric, Metric, Predictions


@dataclass(frozen=True, kw_only=True)
class Right(Metric):
    """Share of images that are right."""

    def measure(self, predictions: Predictions) -> float:
        return float((predictions.predicted == predictions.labels).mean())


@dataclass(frozen=True, kw_only=True)
class RightCounts(CountMetric):
    """The same, of counts."""

    def of_counts(self, true_positives: Any, predicted: Any, actual: Any) -> Any:
        return true_positives.sum(axis=-1) / actual.sum(axis=-1)


class NoNumber(RightCounts):
    def of_counts(self, true_positives, predicted, actual):
        with np.errstate(invalid="ignore"):
            return (true_positives / actual).mean(axis=-1)


class Low(Right):
    bounds: ClassVar[tuple[float, float]] = (0.0, 0.5)


class Backwards(Right):
    higher_is_better: ClassVar[bool] = False


class LateImagesCountMore(Right):
    def measure(self, predictions):
        return float(np.average(predictions.predicted == predictions.labels, weights=np.arange(len(predictions.labels)) + 1))


class Scales(Right):
    def measure(self, predictions):
        predictions.probabilities[:] /= 2
        return super().measure(predictions)


class TwoOpinions(RightCounts):
    def measure(self, predictions):
        return super().measure(predictions) ** 2


class OneByOne(RightCounts):
    def of_counts(self, true_positives, predicted, actual):
        return true_positives.sum() / actual.sum()


GOOD: tuple[Component, ...] = (Right(), RightCounts())
BAD: dict[str, Component] = {
    "finite": NoNumber(),
    "bounds": Low(),
    "direction": Backwards(),
    "order-of-images": LateImagesCountMore(),
    "nothing-is-written-to": Scales(),
    "counts-give-the-same": TwoOpinions(),
    "many-counts-at-once": OneByOne(),
}
