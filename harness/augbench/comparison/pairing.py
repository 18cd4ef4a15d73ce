"""A row against the control: which trials pair, and by how much they differ."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean, stdev

from augbench.comparison.scoring import Measure, Scored
from augbench.values.evidence import BySeed, Difference, Direction


def direction(value: float) -> Direction:
    """Name the sign of a difference."""
    return "higher" if value > 0 else "lower" if value < 0 else "equal"


def pairs(row: Sequence[Scored], control: Sequence[Scored]) -> list[tuple[Scored, Scored]]:
    """Pair the trials of equal seed and fold."""
    others = {(each.trial.seed, each.trial.fold): each for each in control}
    found = ((each, others.get((each.trial.seed, each.trial.fold))) for each in row)
    return [(each, other) for each, other in found if other is not None]


def unpaired(matched: Sequence[tuple[Scored, Scored]]) -> str:
    """Name the first pair of trials that were not scored on the same images, or nothing."""
    import numpy as np

    for each, other in matched:
        if each.test.ids != other.test.ids or not np.array_equal(each.test.labels, other.test.labels):
            return f"{each.trial.trial} and {other.trial.trial}"
    return ""


def difference(metric: str, measure: Measure, matched: Sequence[tuple[Scored, Scored]]) -> Difference:
    """Subtract the control pair by pair and average the folds of a seed; ``matched`` holds at least one pair."""
    values: dict[int, list[float]] = {}
    for each, other in in_order(matched):
        # Rounded like the tests' input, so that a sum's last bit is never called a direction.
        values.setdefault(each.trial.seed, []).append(round(measure(each.test) - measure(other.test), 12))
    seeds: BySeed = tuple((seed, round(fmean(found), 12)) for seed, found in values.items())
    mean = round(fmean(value for _, value in seeds), 12)
    return Difference(
        metric=metric,
        seeds=seeds,
        mean=mean,
        sd=stdev(value for _, value in seeds) if len(seeds) > 1 else None,
        direction=direction(mean),
    )


def in_order(matched: Sequence[tuple[Scored, Scored]]) -> list[tuple[Scored, Scored]]:
    """Sort pairs by seed, then fold."""
    return sorted(matched, key=lambda pair: (pair[0].trial.seed, pair[0].trial.fold or 0))
