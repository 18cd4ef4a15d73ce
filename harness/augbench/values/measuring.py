"""Kinds of component that judge a classifier: metrics of predictions, and tests of a difference between two rows."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar

from augbench.values.components import Component, Kind

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from augbench.values.evidence import Tested
    from augbench.values.results import Predictions

    Counts = NDArray[Any]


class Metric(Component, ABC):
    """A score of predictions over a fixed list of classes: that of the data set, whether the test images have all of them or not."""

    kind: ClassVar[Kind] = "metric"
    higher_is_better: ClassVar[bool] = True
    """Which way is better: a loss says False."""
    bounds: ClassVar[tuple[float, float]] = (0.0, 1.0)
    """The least and the largest value that there can be, for axes; infinite where there is none."""

    @abstractmethod
    def measure(self, predictions: Predictions) -> float:
        """Return a finite number for at least one image; where the formula has no value, that of a guess."""


class CountMetric(Metric):
    """A metric that counts by class are enough for: intervals and permutations count thousands of resamples at once."""

    @abstractmethod
    def of_counts(self, true_positives: Counts, predicted: Counts, actual: Counts) -> NDArray[Any]:
        """Return scores [...] of images classified rightly, predicted and present, by class: [..., K] each, which broadcast.

        Integers, or floats that are whole; a resample may lack images of any class.
        """

    def measure(self, predictions: Predictions) -> float:
        """Score the counts of all images."""
        matrix = predictions.confusion
        return float(self.of_counts(matrix.diagonal(), matrix.sum(axis=0), matrix.sum(axis=1)))


class PairedTest(Component, ABC):
    """A two-sided test of the differences between a row and the control, one for each seed (or fold, or data set)."""

    kind: ClassVar[Kind] = "test"

    @abstractmethod
    def test(self, differences: NDArray[np.float64]) -> Tested | None:
        """Test that differences [n], n at least 1, lie around 0; None where nothing can be told from them."""

    @abstractmethod
    def smallest_p(self, pairs: int) -> float:
        """Return the smallest p that so many differences can give; 0 where any can come out."""
