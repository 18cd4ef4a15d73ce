"""What the planned seeds allow to claim, told before anything has run."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from augbench.comparison.tests import FEWEST, pairs_needed, smallest_p
from augbench.plan.plan import PlannedTrial
from augbench.values.numbers import bound, listing, many
from augbench.values.settings import ReportSettings


@dataclass(frozen=True, kw_only=True)
class Attainable:
    """The smallest p-value that a data set's comparisons can give, and the one that a claim takes."""

    columns: tuple[str, ...]
    """Data sets of which this is true."""
    control: str
    has_control: bool
    seeds: int
    """Seeds that a row shares with the control; where rows differ, the most."""
    fewer: tuple[str, ...]
    """Rows that share fewer."""
    comparisons: int
    """Rows beside the control that are not skipped."""
    alpha: float
    smallest_p: float
    """Two-sided, of the test over seeds."""
    limit: float
    """Of the first step of Holm's correction."""
    seeds_needed: int

    @property
    def possible(self) -> bool:
        """Tell whether any row can be told from the control."""
        return self.has_control and self.comparisons > 0 and self.seeds >= self.seeds_needed


def attainable(
    trials: Iterable[PlannedTrial], report: ReportSettings, smallest: Callable[[int], float] = smallest_p
) -> tuple[Attainable, ...]:
    """Judge every data set of a plan by its test's ``smallest`` p; data sets that are alike are told together."""
    seeds: dict[str, dict[str, set[int]]] = {}
    for trial in trials:
        rows = seeds.setdefault(trial.column, {})
        if trial.status != "skipped":
            rows.setdefault(trial.row, set()).add(trial.seed)
    found: dict[Attainable, list[str]] = {}
    for column, rows in seeds.items():
        found.setdefault(_judged(rows, report, smallest), []).append(column)
    return tuple(replace(each, columns=tuple(columns)) for each, columns in found.items())


def sentence(each: Attainable) -> str:
    """Say it."""
    where = listing(list(each.columns))
    if not each.has_control:
        return f"{where}: the control, {each.control}, has no trial here: no difference can be tested."
    if not each.comparisons:
        return f"{where}: no row beside the control: nothing to test."
    threshold = f"{bound(each.alpha)} / {each.comparisons} = {bound(each.limit)}" if each.comparisons > 1 else bound(each.alpha)
    smallest = f"{many(each.seeds, 'seed')} can give p = {bound(each.smallest_p)} at best"
    takes = "takes" if each.comparisons == 1 else "take"
    limit = f"{many(each.comparisons, 'comparison')} at alpha = {bound(each.alpha)} {takes} p <= {threshold}"
    fewer = f" Fewer seeds: {listing(list(each.fewer))}." if each.fewer else ""
    if each.possible:
        return f"{where}: a claim of significance is possible: {limit}, and {smallest}.{fewer}"
    least = f" (at least {FEWEST} in any case)" if each.seeds_needed == FEWEST else ""
    return f"{where}: no claim of significance is possible: {limit}, but {smallest}; {each.seeds_needed} seeds are needed{least}.{fewer}"


def _judged(rows: dict[str, set[int]], report: ReportSettings, smallest: Callable[[int], float]) -> Attainable:
    control = rows.get(report.control, set())
    shared = {row: len(seeds & control) for row, seeds in rows.items() if row != report.control}
    most = max(shared.values(), default=0)
    return Attainable(
        columns=(),
        control=report.control,
        has_control=bool(control),
        seeds=most,
        fewer=tuple(row for row, count in shared.items() if count < most),
        comparisons=len(shared),
        alpha=report.alpha,
        smallest_p=smallest(most),
        limit=report.alpha / max(1, len(shared)),
        seeds_needed=pairs_needed(report.alpha, len(shared), smallest),
    )
