"""From a trial's predictions to scores over seeds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean, stdev
from typing import TYPE_CHECKING

from augbench.comparison import metrics
from augbench.values.comparing import ClassScore, Score
from augbench.values.evidence import BySeed
from augbench.values.results import Predictions, TrialResult
from augbench.values.synthesis import Curve

if TYPE_CHECKING:
    from augbench.comparison.metrics import Confusion

Measure = Callable[[Predictions], float]
"""A metric of one trial's predictions."""


@dataclass(frozen=True, kw_only=True)
class Scored:
    """A finished trial whose test predictions can be scored."""

    trial: TrialResult
    test: Predictions
    validation: float | None
    """Validation macro-F1."""

    @property
    def matrix(self) -> Confusion:
        """Return its test images by true and predicted class."""
        return self.test.confusion


def unusable(trial: TrialResult, classes: int) -> str:
    """Say why a finished trial's predictions cannot be scored, or nothing."""
    import numpy as np

    test = trial.test
    if test is None or len(test.labels) == 0:
        return "its test predictions are not stored; run it again"
    if test.probabilities.shape != (len(test.labels), classes) or len(test.ids) != len(test.labels):
        return f"its stored predictions do not fit {classes} classes; run it again"
    if not 0 <= test.labels.min() <= test.labels.max() < classes:
        return f"its stored labels do not fit {classes} classes; run it again"
    if not np.isfinite(test.probabilities).all():
        return "its stored predictions hold values that are no numbers"
    return ""


def scored(trial: TrialResult) -> Scored:
    """Count the predictions of a usable trial."""
    assert trial.test is not None
    validation = trial.validation
    return Scored(
        trial=trial,
        test=trial.test,
        validation=metrics.macro_f1(validation.confusion) if validation is not None and len(validation.labels) else None,
    )


def by_seed(trials: Iterable[Scored]) -> dict[int, list[Scored]]:
    """Group trials by seed, ascending; folds ascending within."""
    groups: dict[int, list[Scored]] = defaultdict(list)
    for each in sorted(trials, key=lambda each: (each.trial.seed, each.trial.fold or 0)):
        groups[each.trial.seed].append(each)
    return dict(groups)


def best_fold(trials: Sequence[Scored]) -> Scored | None:
    """Return the fold with the best validation macro-F1 (ties: the first); None when validation was not scored."""
    if len(trials) == 1 and trials[0].trial.fold is None:
        return trials[0]
    known = [(each.validation, each) for each in trials if each.validation is not None]
    if len(known) < len(trials) or not known:
        return None
    return max(known, key=lambda pair: pair[0])[1]


def summarise(metric: str, seeds: BySeed, best: Sequence[float] = ()) -> Score:
    """Reduce values by seed to mean and standard deviation."""
    values = [value for _, value in seeds]
    return Score(
        metric=metric,
        seeds=seeds,
        mean=fmean(values) if values else None,
        sd=stdev(values) if len(values) > 1 else None,
        best_fold=fmean(best) if best else None,
    )


def score(metric: str, measure: Measure, trials: Sequence[Scored]) -> Score:
    """Score a row: folds averaged within each seed, the best fold beside."""
    groups = by_seed(trials)
    folded = any(each.trial.fold is not None for each in trials)
    chosen = [best_fold(group) for group in groups.values()] if folded else []
    best = [measure(each.test) for each in chosen if each is not None]
    seeds = seed_scores(measure, trials)
    return summarise(metric, seeds, best if len(best) == len(seeds) else ())


def seed_scores(measure: Measure, trials: Iterable[Scored]) -> BySeed:
    """Score each seed, its folds averaged."""
    return tuple((seed, fmean(measure(each.test) for each in group)) for seed, group in by_seed(trials).items())


def class_scores(names: Sequence[str], trials: Sequence[Scored]) -> tuple[ClassScore, ...]:
    """Score each class of a row; empty without finished trials."""
    f1, precision, recall = (_by_class(measure, trials) for measure in (metrics.f1, metrics.precision, metrics.recall))
    return tuple(
        ClassScore(
            name=name,
            f1=summarise("f1", tuple((seed, values[index]) for seed, values in f1)),
            precision=summarise("precision", tuple((seed, values[index]) for seed, values in precision)),
            recall=summarise("recall", tuple((seed, values[index]) for seed, values in recall)),
        )
        for index, name in enumerate(names if trials else ())
    )


def _by_class(measure: Callable[[Confusion], metrics.Scores], trials: Sequence[Scored]) -> list[tuple[int, list[float]]]:
    """Score all classes of each seed, folds averaged."""
    import numpy as np

    return [(seed, np.mean([measure(each.matrix) for each in group], axis=0).tolist()) for seed, group in by_seed(trials).items()]


def mean_curves(trials: Sequence[Scored]) -> dict[str, Curve]:
    """Average each curve over a row's trials, at the steps that all of them have."""
    names = sorted({name for each in trials for name in each.trial.curves})
    return {name: curve for name in names if (curve := _mean([dict(t.trial.curves[name]) for t in trials if name in t.trial.curves]))}


def _mean(curves: Sequence[dict[int, float]]) -> Curve:
    common = set(curves[0]).intersection(*curves[1:])
    return tuple((step, fmean(curve[step] for curve in curves)) for step in sorted(common))
