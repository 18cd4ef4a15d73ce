"""The trials of a data set under resamples of their test images, and the intervals that come of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from augbench.comparison import intervals, resampling
from augbench.comparison.measures import finite, measured
from augbench.comparison.pairing import in_order
from augbench.comparison.scoring import Scored, by_seed
from augbench.values.evidence import Difference, Interval, Resampling
from augbench.values.measuring import CountMetric, Metric
from augbench.values.results import Predictions

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Values = NDArray[np.float64]

ONE_BY_ONE = 1000
"""Replicates at most of a metric that counts are not enough for: each takes a call."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Resampled:
    """Metrics of trials in replicates of their test set; trials on the same images share each resample."""

    values: Mapping[str, Mapping[str, Values]]
    """By metric and trial, [B]; metrics that counts are not enough for are absent, but for the primary one."""
    about: Resampling | None
    """None without trials."""
    level: float

    @classmethod
    def of(cls, trials: Sequence[Scored], metrics: Mapping[str, Metric], primary: str, replicates: int, level: float) -> Resampled:
        """Resample the test images of trials."""
        import numpy as np

        counted = {name: metric.of_counts for name, metric in metrics.items() if isinstance(metric, CountMetric)}
        values: dict[str, dict[str, Values]] = {name: {} for name in (*counted, primary)}
        fewer = min(replicates, ONE_BY_ONE)
        for group in _groups(trials):
            test, names = group[0].test, [each.trial.trial for each in group]
            seed = resampling.seed_of(test.ids)
            predicted = np.stack([each.test.predicted for each in group])
            classes = test.probabilities.shape[1]
            for name, found in resampling.replicated(test.labels, predicted, classes, counted, replicates=replicates, seed=seed).items():
                values[name] |= dict(zip(names, finite(name, found).T, strict=True))
            if primary not in counted:
                measure = _of_arrays(primary, metrics[primary], test)
                found = resampling.generically(
                    test.labels, [each.test.probabilities for each in group], measure, replicates=fewer, seed=seed
                )
                values[primary] |= dict(zip(names, found.T, strict=True))
        about = Resampling(replicates=replicates if primary in counted else fewer, level=level) if trials else None
        return cls(values=values, about=about, level=level)

    def interval(self, metric: str, trials: Sequence[Scored], mean: float | None) -> Interval | None:
        """Return where a row's mean over seeds would lie with other test images; None for metrics that are not resampled."""
        if mean is None or metric not in self.values:
            return None
        return intervals.of_value(self._by_seed(metric, trials).mean(axis=1), mean, self.level)

    def variance(self, metric: str, trials: Sequence[Scored]) -> float:
        """Return the variance of what test images do to all seeds of a row alike; 0 with fewer than two seeds."""
        replicates = self._by_seed(metric, trials) if trials else None
        return intervals.shared(replicates) if replicates is not None and replicates.shape[1] > 1 else 0.0

    def differences(self, found: Difference, matched: Sequence[tuple[Scored, Scored]]) -> tuple[Interval, Interval | None]:
        """Return where a paired difference would lie with other images, and with other seeds and images: None for one seed."""
        import numpy as np

        rows, controls = ([pair[side] for pair in in_order(matched)] for side in (0, 1))
        replicates = self._by_seed(found.metric, rows) - self._by_seed(found.metric, controls)
        over_images = intervals.of_difference(replicates.mean(axis=1), self.level)
        if len(found.seeds) < 2:
            return over_images, None
        values = np.array([value for _, value in found.seeds])
        return over_images, intervals.of_seeds(replicates, values, self.level, seed=resampling.seed_of(rows[0].test.ids))

    def _by_seed(self, metric: str, trials: Sequence[Scored]) -> Values:
        """Average the folds of each seed, [B, S]."""
        import numpy as np

        known = self.values[metric]
        return np.stack([np.mean([known[each.trial.trial] for each in group], axis=0) for group in by_seed(trials).values()], axis=1)


def _groups(trials: Sequence[Scored]) -> list[list[Scored]]:
    """Put trials together that were tested on the same images with the same labels."""
    groups: dict[tuple[tuple[str, ...], bytes], list[Scored]] = {}
    for each in trials:
        groups.setdefault((each.test.ids, each.test.labels.tobytes()), []).append(each)
    return list(groups.values())


def _of_arrays(name: str, metric: Metric, test: Predictions) -> resampling.Metric:
    return lambda labels, probabilities: measured(name, metric, Predictions(ids=test.ids, labels=labels, probabilities=probabilities))
