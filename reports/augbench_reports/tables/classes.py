"""F1 of every class and row."""

from __future__ import annotations

from augbench import comparing, numbers
from augbench_reports.document import Cell, Table
from augbench_reports.tables.scores import marked, number, row_name
from augbench_reports.words import plain

ACROSS = 9
"""Classes of one table: wider ones are split."""


def class_tables(column: comparing.ColumnComparison) -> tuple[Table, ...]:
    """Show mean F1 ± standard deviation over seeds, classes across."""
    places = range(0, len(column.classes), ACROSS)
    return tuple(_table(column, start, min(start + ACROSS, len(column.classes))) for start in places)


def _table(column: comparing.ColumnComparison, start: int, stop: int) -> Table:
    part = f", classes {start + 1} to {stop}" if len(column.classes) > ACROSS else ""
    return Table(
        caption=f"F1 by class on {plain(column.label)}{part}",
        head=(Cell(text="Row"), *(_heading(each) for each in column.classes[start:stop])),
        rows=tuple((row_name(row), *_scores(row, start, stop)) for row in column.rows),
        marked=marked(column.rows),
        note="Mean ± standard deviation over seeds." if start == 0 else "",
    )


def _heading(facts: comparing.ClassFacts) -> Cell:
    counted = [f"{numbers.count(facts.counts['train'])} train"] if "train" in facts.counts else []
    counted += [f"{numbers.count(facts.test)} test"] if facts.test is not None else []
    note = ", ".join([*counted, *(["minority"] if facts.minority else [])])
    return Cell(text=plain(facts.name, 40), note=note, numeric=True, tone="minority" if facts.minority else "")


def _scores(row: comparing.RowComparison, start: int, stop: int) -> tuple[Cell, ...]:
    if not row.classes:
        return tuple(number(numbers.ABSENT) for _ in range(start, stop))
    return tuple(_spread(each.f1) for each in row.classes[start:stop])


def _spread(score: comparing.Score) -> Cell:
    return number(numbers.score(score.mean), f"± {numbers.score(score.sd)}" if score.sd is not None else "")
