"""Formulas of metrics over a fixed list of classes: from counts of images by class, and from probabilities.

Counts are true positives, images predicted and images present, each [..., K]; leading dimensions (models, resamples)
broadcast.  Nothing is 0 / 0: a share of no image is 0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Counts = NDArray[Any]
    Shares = NDArray[Any]
    Numbers = NDArray[np.float64]

EPSILON = 2.0**-23
"""The least probability that a log loss takes a true class to have: float32's step at 1, as in scikit-learn for float32."""


def share(part: Counts, whole: Counts) -> Shares:
    """Divide counts; 0 where there is nothing to divide by."""
    import numpy as np

    # No image is part of an empty whole, so 0 / 1 stands for 0 / 0.
    return np.asarray(part / np.maximum(whole, 1))


def precision(true_positives: Counts, predicted: Counts) -> Shares:
    """Return each class's precision; 0 where it is never predicted."""
    return share(true_positives, predicted)


def recall(true_positives: Counts, actual: Counts) -> Shares:
    """Return each class's recall; 0 where it has no image."""
    return share(true_positives, actual)


def f1(true_positives: Counts, predicted: Counts, actual: Counts) -> Shares:
    """Return each class's F1; 0 where it is neither present nor predicted."""
    return share(2 * true_positives, predicted + actual)


def macro_f1(true_positives: Counts, predicted: Counts, actual: Counts) -> Shares:
    """Return the mean F1 over all classes, [...], whether there are images of them or not."""
    import numpy as np

    return np.asarray(f1(true_positives, predicted, actual).mean(axis=-1))


def accuracy(true_positives: Counts, actual: Counts) -> Shares:
    """Return the share of images classified rightly, [...]."""
    return share(true_positives.sum(axis=-1), actual.sum(axis=-1))


def log_loss(labels: NDArray[np.int64], probabilities: Numbers) -> float:
    """Return the mean of -log p of the true class, p at least ``EPSILON``: stored predictions hold exact zeros."""
    import numpy as np

    given = probabilities[np.arange(len(labels)), labels]
    return float(-np.log(np.maximum(given, EPSILON)).mean())


def brier(labels: NDArray[np.int64], probabilities: Numbers) -> float:
    """Return the squared distance of probabilities and truth, summed over classes, mean over images (Brier 1950)."""
    import numpy as np

    given = probabilities[np.arange(len(labels)), labels]
    # |p - y|^2 = |p|^2 - 2 p_true + 1, without a matrix of zeros and ones.
    return float(np.einsum("nk,nk->n", probabilities, probabilities).mean() - 2 * given.mean() + 1)


def reliability(labels: NDArray[np.int64], probabilities: Numbers, bins: int) -> tuple[NDArray[np.int64], Numbers, Numbers]:
    """Return images, confidence and accuracy of each bin by the predicted class's probability, [bins].

    Bins are of equal width; each holds its upper bound, not its lower (Guo 2017, section 2).  Means of an empty bin are 0.
    """
    import numpy as np

    confidence, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == labels
    places = np.digitize(confidence, np.linspace(0, 1, bins + 1)[1:-1], right=True)
    counts = np.bincount(places, minlength=bins)
    sums = (np.bincount(places, weights=values, minlength=bins) for values in (confidence, right))
    mean_confidence, accuracies = (share(total, counts) for total in sums)
    return counts, mean_confidence, accuracies


def ece(counts: NDArray[np.int64], confidence: Numbers, accuracies: Numbers) -> float:
    """Return the expected calibration error of bins: their mean |accuracy - confidence|, weighted by images (Guo 2017, Eq. 3)."""
    import numpy as np

    return float((counts * np.abs(accuracies - confidence)).sum() / max(1, counts.sum()))
