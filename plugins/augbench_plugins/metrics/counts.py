"""Metrics for which it is enough to know how many images of each class were predicted as what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from augbench import CountMetric, formulas

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Counts = NDArray[Any]


@dataclass(frozen=True, kw_only=True)
class Accuracy(CountMetric):
    """Share of images classified rightly: every image counts the same, so large classes decide."""

    def of_counts(self, true_positives: Counts, predicted: Counts, actual: Counts) -> NDArray[Any]:
        """Return accuracies [...]."""
        return formulas.accuracy(true_positives, actual)


@dataclass(frozen=True, kw_only=True)
class MacroF1(CountMetric):
    """Mean F1 over all classes of the data set; one that is neither present nor predicted counts 0 (Opitz 2019, the mean of F1)."""

    def of_counts(self, true_positives: Counts, predicted: Counts, actual: Counts) -> NDArray[Any]:
        """Return macro-F1 [...]."""
        return formulas.macro_f1(true_positives, predicted, actual)


@dataclass(frozen=True, kw_only=True)
class BalancedAccuracy(CountMetric):
    """Mean recall over the classes that have test images; a class without any leaves the mean (Brodersen 2010)."""

    def of_counts(self, true_positives: Counts, predicted: Counts, actual: Counts) -> NDArray[Any]:
        """Return mean recalls [...]."""
        return formulas.share(formulas.recall(true_positives, actual).sum(axis=-1), (actual > 0).sum(axis=-1))


@dataclass(frozen=True, kw_only=True)
class Mcc(CountMetric):
    """Matthews correlation of true and predicted class, for many classes (Gorodkin 2004, Eq. 8).

    A class that is neither present nor predicted changes nothing.  Where all images are of one class, or all predictions, it is 0.
    """

    bounds: ClassVar[tuple[float, float]] = (-1.0, 1.0)

    def of_counts(self, true_positives: Counts, predicted: Counts, actual: Counts) -> NDArray[Any]:
        """Return correlations [...]."""
        import numpy as np

        # Products of counts are beyond what float32 holds exactly.
        right, guessed, true = (np.asarray(counts, dtype=np.float64) for counts in (true_positives, predicted, actual))
        images = true.sum(axis=-1)
        covariance = right.sum(axis=-1) * images - (guessed * true).sum(axis=-1)
        spreads = [images**2 - (counts**2).sum(axis=-1) for counts in (guessed, true)]
        return formulas.share(covariance, np.sqrt(spreads[0] * spreads[1]))
