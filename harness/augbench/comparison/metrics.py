"""Metrics of a classifier, from its confusion matrix over a fixed set of classes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from augbench.values.results import Predictions

    Confusion = NDArray[np.int64]
    """Images by true class (rows) and predicted class (columns), [K, K]."""
    Scores = NDArray[np.float64]


def confusion(predictions: Predictions) -> Confusion:
    """Count images by true and predicted class; the first of equal probabilities is predicted."""
    import numpy as np

    classes = predictions.probabilities.shape[1]
    cells = predictions.labels.astype(np.int64) * classes + predictions.probabilities.argmax(axis=1)
    return np.bincount(cells, minlength=classes * classes).reshape(classes, classes).astype(np.int64)


def _ratio(part: Scores, whole: Scores) -> Scores:
    """Divide, with 0 / 0 = 0."""
    import numpy as np

    return np.divide(part, whole, out=np.zeros_like(part, dtype=np.float64), where=whole > 0)


def precision(matrix: Confusion) -> Scores:
    """Return each class's precision; 0 where it is never predicted."""
    return _ratio(matrix.diagonal().astype(float), matrix.sum(axis=0).astype(float))


def recall(matrix: Confusion) -> Scores:
    """Return each class's recall; 0 where it has no image."""
    return _ratio(matrix.diagonal().astype(float), matrix.sum(axis=1).astype(float))


def f1(matrix: Confusion) -> Scores:
    """Return each class's F1; 0 where it is neither present nor predicted."""
    return _ratio(2 * matrix.diagonal().astype(float), (matrix.sum(axis=0) + matrix.sum(axis=1)).astype(float))


def accuracy(matrix: Confusion) -> float:
    """Return the share of images classified rightly."""
    return float(matrix.trace() / matrix.sum())


def macro_f1(matrix: Confusion) -> float:
    """Return the mean F1 over all classes of the data set, whether the test set has them or not."""
    return float(f1(matrix).mean())


def balanced_accuracy(matrix: Confusion) -> float:
    """Return the mean recall over the classes that have test images."""
    return float(recall(matrix)[matrix.sum(axis=1) > 0].mean())


METRICS: dict[str, Callable[[Confusion], float]] = {
    "accuracy": accuracy,
    "macro-f1": macro_f1,
    "balanced-accuracy": balanced_accuracy,
}


def resolution(matrix: Confusion) -> float:
    """Return the most that macro-F1 changes when the prediction of one image changes."""
    base, most = macro_f1(matrix), 0.0
    classes = len(matrix)
    for true, predicted in zip(*matrix.nonzero(), strict=True):
        for other in range(classes):
            moved = matrix.copy()
            moved[true, predicted] -= 1
            moved[true, other] += 1
            most = max(most, abs(macro_f1(moved) - base))
    return most
