"""Every row against the control: differences, their intervals and tests, and the published protocol."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from augbench import Comparison, evidence


class Compared(NamedTuple):
    """One row against the control, in the primary metric; the bounds are those of the widest interval."""

    dataset: str
    row: str
    label: str
    verdict: str
    reason: str
    seeds: int = 0
    difference: float | None = None
    sd: float | None = None
    direction: str | None = None
    low: float | None = None
    high: float | None = None
    interval: str | None = None
    test: str | None = None
    p: float | None = None
    holm_p: float | None = None
    smallest_p: float | None = None
    a12: float | None = None
    cliff: float | None = None
    rank_biserial: float | None = None
    hodges_lehmann: float | None = None


class Paired(NamedTuple):
    """The difference of one seed."""

    dataset: str
    row: str
    label: str
    metric: str
    seed: int
    difference: float


class Bounds(NamedTuple):
    """One interval of a row's difference."""

    dataset: str
    row: str
    label: str
    metric: str
    method: str
    level: float
    low: float
    high: float


class Test(NamedTuple):
    """One test of a row's difference; Holm's correction is of the primary one alone."""

    dataset: str
    row: str
    label: str
    metric: str
    test: str
    primary: bool
    p: float
    holm_p: float | None
    statistic: float | None
    method: str
    n: int
    unit: str
    smallest_p: float


class Published(NamedTuple):
    """The published rank-sum test of one pair of models, and what else can be said of the two."""

    dataset: str
    row: str
    label: str
    seed: int
    fold: int | None
    control_fold: int | None
    n: int
    z: float
    p: float
    log10_p: float
    a12: float
    direction: str
    macro_f1_difference: float
    ties: float
    saturated: float
    same_predictions: bool
    mcnemar_p: float


def comparisons(comparison: Comparison) -> Iterator[Compared]:
    """List every row that has a verdict."""
    for column in comparison.columns:
        for row in column.rows:
            if row.verdict:
                bare = Compared(column.name, row.name, row.label, row.verdict.word, row.verdict.reason)
                yield _measured(bare, row.difference) if row.difference else bare


def _measured(bare: Compared, found: evidence.Difference) -> Compared:
    widest, test, effects = found.widest, found.test, found.effects
    return bare._replace(
        seeds=len(found.seeds),
        difference=found.mean,
        sd=found.sd,
        direction=found.direction,
        low=widest.low if widest else None,
        high=widest.high if widest else None,
        interval=widest.method if widest else None,
        test=test.name if test else None,
        p=test.p if test else None,
        holm_p=found.holm,
        smallest_p=test.smallest_p if test else None,
        a12=effects.a12 if effects else None,
        cliff=effects.cliff if effects else None,
        rank_biserial=effects.rank_biserial if effects else None,
        hodges_lehmann=effects.hodges_lehmann if effects else None,
    )


def _differences(comparison: Comparison) -> Iterator[tuple[tuple[str, str, str, str], evidence.Difference]]:
    """Return each difference after its data set, row, label and metric."""
    for column in comparison.columns:
        for row in column.rows:
            if row.difference:
                yield (column.name, row.name, row.label, row.difference.metric), row.difference


def paired(comparison: Comparison) -> Iterator[Paired]:
    """List the difference of every row and seed."""
    for named, found in _differences(comparison):
        yield from (Paired(*named, seed, value) for seed, value in found.seeds)


def intervals(comparison: Comparison) -> Iterator[Bounds]:
    """List every interval of every difference."""
    for named, found in _differences(comparison):
        for each in (found.over_seeds, found.over_images, found.over_both):
            if each:
                yield Bounds(*named, each.method, each.level, each.low, each.high)


def tests(comparison: Comparison) -> Iterator[Test]:
    """List every test of every difference, the primary one first."""
    for named, found in _differences(comparison):
        for place, each in enumerate((found.test, *found.beside)):
            if each:
                holm = None if place else found.holm
                yield Test(*named, each.name, not place, each.p, holm, each.statistic, each.method, each.n, each.unit, each.smallest_p)


def published(comparison: Comparison) -> Iterator[Published]:
    """List the published test of every row and seed."""
    for column in comparison.columns:
        for row in column.rows:
            for each in row.as_published.seeds if row.as_published else ():
                yield Published(
                    dataset=column.name,
                    row=row.name,
                    label=row.label,
                    seed=each.seed,
                    fold=each.fold,
                    control_fold=each.control_fold,
                    n=each.n,
                    z=each.z,
                    p=each.p,
                    log10_p=each.log10_p,
                    a12=each.a12,
                    direction=each.direction,
                    macro_f1_difference=each.difference,
                    ties=each.ties,
                    saturated=each.saturated,
                    same_predictions=each.same_predictions,
                    mcnemar_p=each.mcnemar,
                )
