"""Cells that many tables have: names of rows, numbers, intervals, verdicts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from augbench import comparing, evidence, numbers
from augbench_reports.document import Cell
from augbench_reports.words import plain

TONES = {"better": "good", "worse": "worse", "contradictory": "bad", "equivalent": "open", "no evidence": "open", "refused": "refused"}
WIDEST = 12
"""Columns of a table: GitHub shows no more of them well."""


def row_name(row: comparing.RowComparison) -> Cell:
    """Name a row, with what to know of it."""
    notes = ["control"] * row.is_control + ["not fairly tested"] * bool(row.unfair)
    return Cell(text=plain(row.label), note=", ".join(notes), tone="control" if row.is_control else "", row=row.name)


def marked(rows: Sequence[comparing.RowComparison]) -> frozenset[int]:
    """Return the places of the control."""
    return frozenset(index for index, row in enumerate(rows) if row.is_control)


def number(text: str, note: str = "", order: float | None = None) -> Cell:
    """Make a cell of a number; ``order`` is what it was before rounding."""
    return Cell(text=text, numeric=True, note=note, order=order)


def written(how: Callable[[float | None], str], value: float | None, note: str = "") -> Cell:
    """Make a cell of one number as ``how`` writes it."""
    return number(how(value), note, value)


def interval_cell(found: evidence.Interval | None) -> Cell:
    """Show an interval; it sorts by its lower end."""
    return number(numbers.interval(found.low, found.high), order=found.low) if found else number(numbers.ABSENT)


def interval_title(intervals: Iterable[evidence.Interval | None]) -> str:
    """Name what intervals are, where all are the same: ``95% bootstrap over images``."""
    titles = {f"{100 * each.level:g}% {each.method}" for each in intervals if each}
    return titles.pop() if len(titles) == 1 else ""


def spread_of_difference(mean: float, sd: float | None) -> Cell:
    """Show a mean difference, with its standard deviation where there is one."""
    return number(numbers.signed(mean) + (f"{numbers.PLUS_MINUS}{numbers.score(sd)}" if sd is not None else ""), order=mean)


def head(*names: str | tuple[str, str]) -> tuple[Cell, ...]:
    """Make headings: the first of names, the others of numbers; a pair has a note."""
    pairs = [(name, "") if isinstance(name, str) else name for name in names]
    return tuple(Cell(text=name, note=note, numeric=index > 0) for index, (name, note) in enumerate(pairs))


def verdict_cell(row: comparing.RowComparison) -> Cell:
    """Show a verdict, with the gist of a reason that the numbers beside it do not tell."""
    if row.verdict is None:
        return Cell(text=numbers.ABSENT)
    told = row.verdict.reason.split(":")[0] if row.verdict.word in ("refused", "contradictory") else ""
    return Cell(text=row.verdict.word, tone=TONES[row.verdict.word], note=plain(told, 300))


def telling(head: tuple[Cell, ...], rows: Sequence[tuple[Cell, ...]]) -> tuple[tuple[Cell, ...], tuple[tuple[Cell, ...], ...]]:
    """Leave out the columns in which no row has anything."""
    kept = [place for place in range(len(head)) if any(row[place].note or row[place].text != numbers.ABSENT for row in rows)]
    return tuple(head[place] for place in kept), tuple(tuple(row[place] for place in kept) for row in rows)
