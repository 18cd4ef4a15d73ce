"""Which rows of many a secondary table or figure shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from augbench import comparing, numbers

MOST = 60
"""Rows of a table beside the main one, which has all."""
DRAWN = 40
"""Rows of one figure."""
_TOGETHER, _FEWEST = 120, 6
"""Rows of such tables over all data sets together, and at least of one: a page of many data sets stays readable, and small."""


def most_rows(comparison: comparing.Comparison) -> int:
    """Return how many rows a table beside the main one has, or a figure, with so many data sets."""
    return min(MOST, max(_FEWEST, _TOGETHER // max(1, len(comparison.columns))))


def few_rows(column: comparing.ColumnComparison, most: int, part: int = 1) -> comparing.ColumnComparison:
    """Return a data set as its figures show it: of many rows those that matter, where there is not even room for as many as they draw.

    Figures that take much room have a ``part`` of these rows.
    """
    return replace(column, rows=chosen_rows(column.rows, most // part)) if most < DRAWN else column


def chosen_rows(rows: Sequence[comparing.RowComparison], most: int = MOST) -> tuple[comparing.RowComparison, ...]:
    """Return all rows, or of many the control and those that differ most from it, in their order."""
    if len(rows) <= most:
        return tuple(rows)
    places = sorted(range(len(rows)), key=lambda place: (-_weight(rows[place]), place))
    return tuple(rows[place] for place in sorted(places[:most]))


def _weight(row: comparing.RowComparison) -> float:
    if row.is_control:
        return float("inf")
    return abs(row.difference.mean) if row.difference else -1.0


def left_out(rows: Sequence[comparing.RowComparison], shown: Sequence[comparing.RowComparison], files: str = "") -> str:
    """Say which rows are shown and where all are; empty where these are all."""
    if len(shown) == len(rows):
        return ""
    where = f"report.json and tables/{files}.csv have" if files else "report.json has"
    kept = "the control and those that differ most from it" if any(row.is_control for row in shown) else "those that differ most"
    return f"Of {numbers.many(len(rows), 'row')}, these are {kept}; {where} all."
