"""What the trials of a row took, of what was measured."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import isfinite
from statistics import fmean

from augbench.values.comparing import Budget
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
