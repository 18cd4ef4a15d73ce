"""What the comparison itself reads off a confusion matrix; the metrics that a matrix names are components."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from augbench.values import formulas

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Confusion = NDArray[np.int64]
    """Images by true class (rows) and predicted class (columns), [K, K]."""
    Scores = NDArray[np.float64]


def precision(matrix: Confusion) -> Scores:
    """Return each class's precision; 0 where it is never predicted."""
    return formulas.precision(matrix.diagonal(), matrix.sum(axis=0))


def recall(matrix: Confusion) -> Scores:
    """Return each class's recall; 0 where it has no image."""
    return formulas.recall(matrix.diagonal(), matrix.sum(axis=1))


def f1(matrix: Confusion) -> Scores:
    """Return each class's F1; 0 where it is neither present nor predicted."""
    return formulas.f1(matrix.diagonal(), matrix.sum(axis=0), matrix.sum(axis=1))


def accuracy(matrix: Confusion) -> float:
    """Return the share of images classified rightly."""
    return float(formulas.accuracy(matrix.diagonal(), matrix.sum(axis=1)))


def macro_f1(matrix: Confusion) -> float:
    """Return the mean F1 over all classes of the data set, whether the test set has them or not."""
    return float(f1(matrix).mean())


def resolution(matrix: Confusion, of_counts: Callable[..., Any] = formulas.macro_f1) -> float:
    """Return the most that a metric of counts, macro-F1 unless another is given, changes when the prediction of one image changes."""
    import numpy as np

    right, predicted, actual = matrix.diagonal(), matrix.sum(axis=0), matrix.sum(axis=1)
    base, most, one = of_counts(right, predicted, actual), 0.0, np.eye(len(matrix), dtype=np.int64)
    for true, before in zip(*matrix.nonzero(), strict=True):
        # A row for each class that the image may be taken for instead.
        moved = right - one[true] * (before == true) + one * one[true]
        scores = of_counts(moved, predicted - one[before] + one, actual)
        most = max(most, float(np.abs(scores - base).max()))
    return most
