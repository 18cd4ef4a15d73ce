"""Which rows a second run does worse than a first, by more than somebody will put up with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from augbench.comparison.differences import Cell, Moved

_LEAST = 1e-12
"""Differences of floats that are smaller are none."""


@dataclass(frozen=True, kw_only=True)
class Regression:
    """A row that the second run does worse, or not at all."""

    column: str
    row: str
    kind: Literal["worse", "lost"]
    """``lost``: it has a result in the first run and none in the second."""
    difference: float | None
    """Second minus first run; None where the row is lost."""
    by: float | None
    """How much worse that is, above 0 whichever way the metric points."""
    before: float
    """Mean over the seeds that are done."""
    after: float | None
    common: int
    """Seeds that are done in both."""
    planned: bool
    """Whether the second run has the row at all."""


def regressions(
    moved: Iterable[Moved], vanished: Mapping[Cell, float], tolerance: float | None, *, higher_is_better: bool
) -> tuple[Regression, ...]:
    """Find the rows that got worse by more than a tolerance, and those that lost their result; none without a tolerance.

    ``vanished`` are cells that the second run lacks, with their scores in the first.
    """
    if tolerance is None:
        return ()
    lost = (
        Regression(column=column, row=row, kind="lost", difference=None, by=None, before=score, after=None, common=0, planned=False)
        for (row, column), score in vanished.items()
    )
    return (*_worse(moved, tolerance, 1 if higher_is_better else -1), *lost)


def _worse(moved: Iterable[Moved], tolerance: float, direction: int) -> Iterator[Regression]:
    for one in moved:
        if one.before is None:
            continue
        loss = None if one.difference is None else -direction * one.difference
        if loss is None or loss > tolerance + _LEAST:
            yield Regression(
                column=one.column,
                row=one.row,
                kind="lost" if loss is None else "worse",
                difference=one.difference,
                by=loss,
                before=one.before,
                after=one.after,
                common=one.common,
                planned=True,
            )
