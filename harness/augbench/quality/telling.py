"""Whether a few numbers of an image tell its class, without any look at shapes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

COLOUR, BACKGROUND = 0.9, 0.8
"""A class is told by colours, or by its background, if its balanced accuracy against all others is surely above this; guessing gets 0.5."""
_SURE = 1.96
"""Standard errors to the lower end of an interval of 95 %."""
_SHRUNK = 0.1
"""How far covariances are drawn towards none, so that a few images, or numbers that never vary, do no harm."""


@dataclass(frozen=True, kw_only=True)
class Told:
    """How well a class is told from the others on test images."""

    label: int
    balanced_accuracy: float
    """Mean of the share of its images that are recognised and the share of others that are not taken for it."""
    least: float
    """Lower end of its interval: far below where there are few test images."""
    test: int
    """Its test images."""


def told(numbers: NDArray[np.float32], labels: NDArray[np.int64], tested: NDArray[np.float32], truth: NDArray[np.int64]) -> list[Told]:
    """Learn classes from the numbers [n, d] of training images, and judge every class on those of test images [m, d].

    By a linear discriminant on numbers and their squares, all classes equally frequent.
    """
    predicted = _predicted(numbers, labels, tested)
    return [_judged(label, predicted == label, truth == label) for label in np.unique(truth).tolist()]


def _judged(label: int, said: NDArray[np.bool_], true: NDArray[np.bool_]) -> Told:
    pairs = [(int((said & true).sum()), int(true.sum())), (int((~said & ~true).sum()), int((~true).sum()))]
    shares = [hits / total if total else 0.0 for hits, total in pairs]
    return Told(label=label, balanced_accuracy=sum(shares) / 2, least=sum(_lower(*pair) for pair in pairs) / 2, test=pairs[0][1])


def _lower(hits: int, total: int) -> float:
    """Return the lower end of Wilson's interval of a share (1927), which is honest with few images, too."""
    if not total:
        return 0.0
    square, share = _SURE**2 / total, hits / total
    spread = (square * (share * (1 - share) + square / 4)) ** 0.5
    return float((share + square / 2 - spread) / (1 + square))


def _predicted(numbers: NDArray[np.float32], labels: NDArray[np.int64], tested: NDArray[np.float32]) -> NDArray[np.int64]:
    centre, spread = numbers.mean(0, dtype=np.float64), numbers.std(0, dtype=np.float64)
    # A number that never varies tells nothing, and must not be divided by.
    spread = np.where(spread > 1e-6, spread, np.inf)
    learnt, seen = (_with_squares((each - centre) / spread) for each in (numbers, tested))
    known = np.unique(labels)
    means = np.stack([learnt[labels == label].mean(0) for label in known])
    within = learnt - means[np.searchsorted(known, labels)]
    covariance = within.T @ within / len(within)
    covariance = (1 - _SHRUNK) * covariance + _SHRUNK * np.diag(np.diag(covariance)) + 1e-6 * np.eye(len(covariance))
    weights = np.linalg.solve(covariance, means.T)
    return np.asarray(known[(seen @ weights - (means.T * weights).sum(0) / 2).argmax(1)])


def _with_squares(numbers: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.concatenate([numbers, numbers**2], axis=1)
