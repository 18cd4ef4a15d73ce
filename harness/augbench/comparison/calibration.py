"""Whether a row's probabilities mean what they say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from augbench.values import formulas
from augbench.values.evidence import Bin, Calibration

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from augbench.values.results import Predictions

COLDEST, HOTTEST = 0.05, 20.0
"""Temperatures between which the best one is looked for."""


def calibration(predictions: Sequence[Predictions], bins: int = 15) -> Calibration:
    """Pool the predictions of one or more trials and hold their probabilities against what was true."""
    import numpy as np

    labels = np.concatenate([each.labels for each in predictions])
    probabilities = np.concatenate([each.probabilities for each in predictions])
    binned = formulas.reliability(labels, probabilities, bins)
    return Calibration(
        bins=_filled(*binned),
        ece=formulas.ece(*binned),
        brier=formulas.brier(labels, probabilities),
        log_loss=formulas.log_loss(labels, probabilities),
        temperature=best_temperature(labels, probabilities),
    )


def _filled(counts: NDArray[np.int64], confidence: NDArray[np.float64], accuracy: NDArray[np.float64]) -> tuple[Bin, ...]:
    bins = len(counts)
    return tuple(
        Bin(low=index / bins, high=(index + 1) / bins, n=int(n), confidence=float(confidence[index]), accuracy=float(accuracy[index]))
        for index, n in enumerate(counts)
        if n
    )


def best_temperature(labels: NDArray[np.int64], probabilities: NDArray[np.float64]) -> float:
    """Return the T under which softmax(log p / T) has the least log loss (Guo 2017, section 4.2), from 0.05 to 20.

    It is at an end of that range where all images are classified rightly, or no better than by chance; 1 where nothing depends on it.
    """
    import numpy as np
    from scipy.optimize import brentq

    # float32 holds exact zeros: what is less than its least normal number is taken for that.
    logits = np.log(np.maximum(probabilities, np.finfo(np.float32).tiny))
    logits -= logits[np.arange(len(labels)), labels][:, None]
    if not logits.any():
        return 1.0
    shift = logits.max(axis=1, keepdims=True)

    def slope(inverse: float) -> float:
        """Differentiate the log loss by 1 / T: the mean logit, that of the true class being 0."""
        weights = np.exp(inverse * (logits - shift))
        return float((np.einsum("nk,nk->n", weights, logits) / weights.sum(axis=1)).mean())

    # The log loss is convex in 1 / T, so the slope rises and crosses 0 once at most.
    low, high = 1 / HOTTEST, 1 / COLDEST
    if slope(low) >= 0:
        return HOTTEST
    if slope(high) <= 0:
        return COLDEST
    return float(1 / brentq(slope, low, high, rtol=1e-6))
