"""Which classes a row takes for which others."""

from __future__ import annotations

from augbench import comparing, evidence, numbers
from augbench_reports.choosing import MOST, chosen_rows, left_out
from augbench_reports.document import Cell, Table
from augbench_reports.tables.cells import WIDEST, marked, number, row_name
from augbench_reports.words import plain

MATRICES = 4
"""Rows whose whole matrix is shown: the control, and those that differ most from it."""


def confused_table(column: comparing.ColumnComparison, most: int = MOST) -> Table | None:
    """Show the pairs of classes that each row confuses most; None where nothing is done or confused."""
    rows = [row for row in column.rows if row.confusion]
    deepest = max((len(row.confusion.confused) for row in rows if row.confusion), default=0)
    if not deepest:
        return None
    shown = chosen_rows(rows, most)
    titles = ("Most often", *(f"Place {place}" for place in range(2, deepest + 1)))
    return Table(
        slug="confused",
        caption=f"Classes that are taken for others on {plain(column.label)}",
        head=(Cell(text="Row"), *(Cell(text=title) for title in titles)),
        rows=tuple((row_name(row), *_confused(row.confusion, deepest)) for row in shown if row.confusion),
        marked=marked(shown),
        note=f"By share of the true class's test images, summed over all finished trials. {left_out(rows, shown, 'confusion')}".rstrip(),
        sortable=True,
    )


def _confused(found: evidence.Confusion, most: int) -> list[Cell]:
    cells = [
        Cell(
            text=f"{plain(each.true, 40)} as {plain(each.predicted, 40)}",
            note=f"{numbers.percent(each.share)}: {numbers.many(each.n, 'image')}",
            order=each.share,
        )
        for each in found.confused
    ]
    return cells + [Cell(text=numbers.ABSENT)] * (most - len(cells))


def matrix_rows(column: comparing.ColumnComparison) -> tuple[comparing.RowComparison, ...]:
    """Return the rows whose confusion matrices are tabled."""
    return chosen_rows([row for row in column.rows if row.confusion], MATRICES)


def matrix_tables(column: comparing.ColumnComparison) -> tuple[Table, ...]:
    """Show the confusion matrices of a few rows; none where there are too many classes for a table."""
    if len(column.classes) >= WIDEST:
        return ()
    names = [plain(each.name, 40) for each in column.classes]
    return tuple(
        Table(
            slug=f"confusion-{place}",
            caption=f"Confusion matrix on {plain(column.label)}: {plain(row.label)}",
            head=(Cell(text="True class", note="below; predicted, across"), *(Cell(text=name, numeric=True) for name in names)),
            rows=tuple((Cell(text=name), *_line(row.confusion, index)) for index, name in enumerate(names)),
            note="Test images over all finished trials; below, their share of the true class"
            + (", and by how many points it is above or below the control's." if row.confusion.against and not row.is_control else "."),
            folded=True,
        )
        for place, row in enumerate(matrix_rows(column), 1)
        if row.confusion
    )


def _line(found: evidence.Confusion, index: int) -> list[Cell]:
    cells = []
    for place, (count, share) in enumerate(zip(found.counts[index], found.shares[index], strict=True)):
        difference = f", {numbers.points(found.against[index][place])}" if found.against else ""
        cells.append(number(numbers.count(count), f"{numbers.percent(share)}{difference}", count))
    return cells
