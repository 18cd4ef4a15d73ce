"""The delta method for macro-F1: standard errors over test images of all trials at once, without resampling, for screening."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from augbench.comparison.counting import counted
from augbench.comparison.scoring import Scored, by_seed

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from augbench.comparison.counting import Classes, Values


def influence(labels: Classes, predicted: Classes, classes: int) -> Values:
    """Return what each image does to each trial's macro-F1, [T, N]: its derivative by the image's weight; rows sum to 0.

    F1 of a class is 2 h / d, of its true positives h and d, the images that are predicted or present, so that an image of weight 1 adds
    2 (right) - F1 (predicted) - F1 (present) over d to it (Takahashi et al. 2022 have the same variance by the confusion matrix).
    """
    import numpy as np

    hits, calls, actual = counted(labels, predicted, classes)
    inverse = 1 / np.maximum(calls + actual, 1)
    lost = 2 * hits * inverse**2
    trials = np.arange(len(predicted))[:, None]
    gained = np.where(predicted == labels, 2 * inverse[trials, predicted], 0.0)
    return np.asarray((gained - lost[trials, predicted] - lost[:, labels]) / classes)


def covariance(influences: Values) -> NDArray[np.float64]:
    """Return the covariance of all trials' macro-F1 over test images, [T, T], from their influences."""
    return influences @ influences.T


def standard_errors(influences: Values) -> Values:
    """Return the standard error of each trial's macro-F1 over test images, or of a difference from the difference of influences."""
    import numpy as np

    return np.asarray(np.sqrt(np.einsum("tn,tn->t", influences, influences)))


def of_row(trials: Sequence[Scored]) -> float | None:
    """Return the standard error of a row's mean over seeds, its folds averaged; None where its trials have test images of their own."""
    import numpy as np

    if not trials or any(each.test.ids != trials[0].test.ids for each in trials):
        return None
    seeds = by_seed(trials)
    shares = [1 / (len(seeds) * len(group)) for group in seeds.values() for _ in group]
    predicted = np.stack([each.test.predicted for group in seeds.values() for each in group])
    test = trials[0].test
    mean = shares @ influence(test.labels, predicted, test.probabilities.shape[1])
    return float(standard_errors(mean[None])[0])
