"""F1, precision and recall of every class and row."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from augbench import comparing, numbers
from augbench_reports.choosing import MOST, chosen_rows, left_out
from augbench_reports.document import Cell, Table
from augbench_reports.tables.cells import marked, number, row_name
from augbench_reports.words import plain

ACROSS = 9
"""Classes of one table: wider ones are split."""
Shown = Callable[[comparing.ClassScore], Cell]


def class_tables(column: comparing.ColumnComparison, most: int = MOST) -> tuple[Table, ...]:
    """Show mean F1 ± standard deviation over seeds, classes across; then precision and recall."""
    rows = chosen_rows(column.rows, most)
    return (
        *_tables(column, rows, "f1", "F1", _f1, "Mean ± standard deviation over seeds."),
        *_tables(column, rows, "precision", "Precision and recall", _both, "Precision, and recall below it, mean over seeds."),
    )


def _tables(
    column: comparing.ColumnComparison, rows: Sequence[comparing.RowComparison], slug: str, title: str, shown: Shown, said: str
) -> list[Table]:
    several = len(column.classes) > ACROSS
    tables = []
    for start in range(0, len(column.classes), ACROSS):
        stop = min(start + ACROSS, len(column.classes))
        tables.append(
            Table(
                slug=f"{slug}-{start + 1}",
                caption=f"{title} by class on {plain(column.label)}" + (f", classes {start + 1} to {stop}" if several else ""),
                head=(Cell(text="Row"), *(_heading(each) for each in column.classes[start:stop])),
                rows=tuple((row_name(row), *_scores(row, start, stop, shown)) for row in rows),
                marked=marked(rows),
                note=f"{said} {left_out(column.rows, rows, 'classes')}".rstrip() if start == 0 else "",
                sortable=True,
                folded=slug != "f1",
            )
        )
    return tables


def _heading(facts: comparing.ClassFacts) -> Cell:
    counted = [f"{numbers.count(facts.counts['train'])} train"] if "train" in facts.counts else []
    counted += [f"{numbers.count(facts.test)} test"] if facts.test is not None else []
    note = ", ".join([*counted, *(["minority"] if facts.minority else [])])
    return Cell(text=plain(facts.name, 40), note=note, numeric=True, tone="minority" if facts.minority else "")


def _scores(row: comparing.RowComparison, start: int, stop: int, shown: Shown) -> tuple[Cell, ...]:
    if not row.classes:
        return tuple(number(numbers.ABSENT) for _ in range(start, stop))
    return tuple(shown(each) for each in row.classes[start:stop])


def _f1(each: comparing.ClassScore) -> Cell:
    score = each.f1
    return number(numbers.score(score.mean), f"± {numbers.score(score.sd)}" if score.sd is not None else "", score.mean)


def _both(each: comparing.ClassScore) -> Cell:
    return number(numbers.score(each.precision.mean), numbers.score(each.recall.mean), each.precision.mean)
