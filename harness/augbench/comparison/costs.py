"""What the trials of a row took, of what was measured."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import isfinite
from statistics import fmean

from augbench.values.comparing import Budget, RowComparison
from augbench.values.evidence import Benefit
from augbench.values.results import TrialResult


def budget(trials: Sequence[TrialResult]) -> Budget:
    """Return what a row's finished trials took."""
    return Budget(
        steps=_span(trial.steps for trial in trials),
        images=_span(trial.images for trial in trials),
        cost=_means([_cost(trial) for trial in trials]),
    )


def _span(values: Iterable[int | None]) -> tuple[int, int] | None:
    known = [value for value in values if value is not None]
    return (min(known), max(known)) if known else None


def _cost(trial: TrialResult) -> dict[str, float]:
    """Return a trial's costs; a record of an older run tells its seconds only."""
    known = {} if trial.seconds is None else {"seconds": trial.seconds}
    return {name: value for name, value in (known | dict(trial.cost)).items() if isfinite(value)}


def _means(costs: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Average each number over the trials that tell it."""
    names = dict.fromkeys(name for cost in costs for name in cost)
    return {name: fmean(cost[name] for cost in costs if name in cost) for name in names}


def benefits(rows: Sequence[RowComparison], higher_is_better: bool) -> dict[str, Benefit]:
    """Set what each row gains over the control against what it takes more, by the row's name."""
    control = next((row for row in rows if row.is_control), None)
    if control is None:
        return {}
    gains = {row.name: row.difference.mean * (1 if higher_is_better else -1) for row in rows if row.difference}
    points = {row.name: (gains.get(row.name, 0.0), _total(row)) for row in rows if row.name in gains or row is control}
    return {
        row.name: Benefit(
            gain=gains[row.name],
            seconds=_more(_total(row), _total(control)),
            images=_more(_images(row), _images(control)),
            undominated=not any(_dominates(point, points[row.name]) for name, point in points.items() if name != row.name),
        )
        for row in rows
        if row.name in gains
    }


def _total(row: RowComparison) -> float | None:
    """Return a trial's wall time with that of the stages it shares; None where its own is unknown."""
    own = row.budget.cost.get("seconds")
    return None if own is None else own + row.budget.cost.get("shared-seconds", 0.0)


def _images(row: RowComparison) -> float | None:
    return None if row.budget.images is None else fmean(row.budget.images)


def _more(value: float | None, other: float | None) -> float | None:
    return None if value is None or other is None else value - other


def _dominates(point: tuple[float, float | None], other: tuple[float, float | None]) -> bool:
    """Tell whether a row gains at least as much in at most as much time, and is better in one of them."""
    (gain, time), (least, most) = point, other
    if time is None or most is None:
        return False
    return gain >= least and time <= most and (gain, time) != (least, most)
