"""The trials of a data set under resamples of their test images, and the intervals that come of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from augbench.comparison import resampling
from augbench.comparison.pairing import in_order
from augbench.comparison.scoring import Scored, by_seed
from augbench.values.evidence import Interval, Resampling
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
        for group in _groups(trials):
            test, names = group[0].test, [each.trial.trial for each in group]
            seed = resampling.seed_of(test.ids)
            predicted = np.stack([each.test.predicted for each in group])
            classes = test.probabilities.shape[1]
            for name, found in resampling.replicated(test.labels, predicted, classes, counted, replicates=replicates, seed=seed).items():
                values[name] |= dict(zip(names, found.T, strict=True))
            if primary not in counted:
                replicates = min(replicates, ONE_BY_ONE)
                measure = _of_arrays(metrics[primary], test)
                found = resampling.generically(
                    test.labels, [each.test.probabilities for each in group], measure, replicates=replicates, seed=seed
                )
                values[primary] |= dict(zip(names, found.T, strict=True))
        about = Resampling(replicates=replicates, level=level) if trials else None
        return cls(values=values, about=about, level=level)

    def interval(self, metric: str, trials: Sequence[Scored]) -> Interval | None:
        """Return where a row's mean over seeds would lie with other test images; None for metrics that are not resampled."""
        if not trials or metric not in self.values:
            return None
        return self._interval(self._by_seed(metric, trials).mean(axis=0), "bootstrap over images")

    def variance(self, metric: str, trials: Sequence[Scored]) -> float:
        """Return the variance of a row's mean over test images; 0 without trials."""
        return float(self._by_seed(metric, trials).mean(axis=0).var(ddof=1)) if trials else 0.0

    def differences(self, metric: str, matched: Sequence[tuple[Scored, Scored]]) -> tuple[Interval, Interval | None]:
        """Return where a paired difference would lie with other images, and with other seeds and images: None for one seed."""
        rows, controls = ([pair[side] for pair in in_order(matched)] for side in (0, 1))
        found = self._by_seed(metric, rows) - self._by_seed(metric, controls)
        both = (_times(len(found), found.shape[1]) * found).sum(axis=0) / len(found)
        over_images = self._interval(found.mean(axis=0), "bootstrap over images")
        return over_images, self._interval(both, "bootstrap over seeds and images") if len(found) > 1 else None

    def _by_seed(self, metric: str, trials: Sequence[Scored]) -> Values:
        """Average the folds of each seed, [S, B]."""
        import numpy as np

        known = self.values[metric]
        return np.stack([np.mean([known[each.trial.trial] for each in group], axis=0) for group in by_seed(trials).values()])

    def _interval(self, values: Values, method: str) -> Interval:
        import numpy as np

        low, high = np.quantile(values, [(1 - self.level) / 2, (1 + self.level) / 2])
        return Interval(low=float(low), high=float(high), level=self.level, method=method)


@cache
def _times(seeds: int, replicates: int) -> NDArray[np.int64]:
    """Return how often each replicate has each seed, [S, B]: drawn with replacement, the same for all pairs of rows."""
    import numpy as np

    drawn = resampling.stream(0, 0, purpose=1).integers(0, seeds, (seeds, replicates))
    return np.stack([(drawn == seed).sum(axis=0) for seed in range(seeds)])


def _groups(trials: Sequence[Scored]) -> list[list[Scored]]:
    """Put trials together that were tested on the same images with the same labels."""
    groups: dict[tuple[tuple[str, ...], bytes], list[Scored]] = {}
    for each in trials:
        groups.setdefault((each.test.ids, each.test.labels.tobytes()), []).append(each)
    return list(groups.values())


def _of_arrays(metric: Metric, test: Predictions) -> resampling.Metric:
    return lambda labels, probabilities: metric.measure(Predictions(ids=test.ids, labels=labels, probabilities=probabilities))
