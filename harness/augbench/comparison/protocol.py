"""The protocol of Rana et al. (2022), reproduced: a rank-sum test on two models' probabilities of the true class."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean, median
from typing import TYPE_CHECKING

from augbench.comparison import metrics, per_image
from augbench.comparison.pairing import direction, unpaired
from augbench.comparison.scoring import Scored, best_fold, by_seed
from augbench.values.evidence import AsPublished, RankSum
from augbench.values.results import Predictions

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def true_class(predictions: Predictions) -> NDArray[np.float64]:
    """Return the probability that each image's true class was given."""
    import numpy as np

    every = np.arange(len(predictions.labels))
    return np.asarray(predictions.probabilities[every, predictions.labels], dtype=np.float64)


def as_published(row: Sequence[Scored], control: Sequence[Scored], alpha: float) -> AsPublished | None:
    """Test a row's model of each seed against the control's; with folds, the best fold of each by validation macro-F1."""
    rows, controls = by_seed(row), by_seed(control)
    chosen = [(best_fold(rows[seed]), best_fold(controls[seed])) for seed in rows if seed in controls]
    found = [_rank_sum(each, other) for each, other in chosen if each and other and not unpaired([(each, other)])]
    if not found:
        return None
    p_values = [each.p for each in found]
    return AsPublished(
        seeds=tuple(found),
        median_p=median(p_values),
        smallest=min(p_values),
        largest=max(p_values),
        a12=fmean(each.a12 for each in found),
        contradictions=sum(each.p < alpha and each.z * each.difference < 0 for each in found),
    )


def _rank_sum(each: Scored, other: Scored) -> RankSum:
    first, second = true_class(each.test), true_class(other.test)
    a12 = per_image.a12(first, second)
    z, p = per_image.asymptotic(a12, len(first), len(second))
    labels, one, two = each.test.labels, each.test.predicted, other.test.predicted
    return RankSum(
        seed=each.trial.seed,
        n=len(first),
        z=z,
        p=p,
        log10_p=per_image.log10_p(z),
        a12=a12,
        direction=direction(z),
        fold=each.trial.fold,
        control_fold=other.trial.fold,
        difference=metrics.macro_f1(each.matrix) - metrics.macro_f1(other.matrix),
        ties=per_image.tied(first, second),
        saturated=float(((first == 1).mean() + (second == 1).mean()) / 2),
        same_predictions=bool((one == two).all()),
        mcnemar=per_image.mcnemar(one == labels, two == labels).p,
    )
