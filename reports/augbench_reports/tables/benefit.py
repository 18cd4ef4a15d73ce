"""What each row gains over the control, and what it takes more; where the spread of its mean comes from."""

from __future__ import annotations

from augbench import comparing, evidence, numbers
from augbench_reports.choosing import MOST, chosen_rows, left_out
from augbench_reports.document import Cell, Table
from augbench_reports.tables.cells import head, marked, number, row_name, telling, written
from augbench_reports.words import plain


def benefit_table(column: comparing.ColumnComparison, most: int = MOST) -> Table | None:
    """Show gains and extra costs against the control; None where nothing pairs, or no cost is known."""
    rows = [row for row in column.rows if row.benefit]
    if not any(row.benefit.seconds is not None or row.benefit.images is not None for row in rows if row.benefit):
        return None
    shown = chosen_rows(rows, most)
    headings = (*head("Row", ("Gain", "above 0 is better"), ("Time", "more than the control"), ("Images", "more than the control")),)
    kept, cells = telling((*headings, Cell(text="Undominated")), [(row_name(row), *_benefit(row.benefit)) for row in shown if row.benefit])
    return Table(
        slug="benefit",
        caption=f"Cost against benefit on {plain(column.label)}",
        head=kept,
        rows=cells,
        note=(
            "Time is that of a trial and of all stages it shares, as if it had them alone; images are those the classifier was shown. "
            "A row is undominated unless another row, or the control, gains at least as much in at most as much time, "
            f"also where it gains less than nothing: that says nothing of chance. {left_out(rows, shown, 'benefits')}"
        ).rstrip(),
        sortable=True,
    )


def _benefit(found: evidence.Benefit) -> tuple[Cell, ...]:
    return (
        written(numbers.signed, found.gain),
        number(numbers.extra(found.seconds, numbers.seconds), order=found.seconds),
        number(numbers.extra(found.images, lambda images: numbers.count(round(images))), order=found.images),
        Cell(text="yes" if found.undominated else "no"),
    )


def variance_table(column: comparing.ColumnComparison, most: int = MOST) -> Table | None:
    """Show where the spread of each row's mean comes from; None where no row has two seeds."""
    rows = [row for row in column.rows if row.variance]
    if not rows:
        return None
    shown = chosen_rows(rows, most)
    kept, cells = telling(
        head("Row", "From seeds", "From test images", ("From folds", "within a seed")),
        [(row_name(row), *_shares(row.variance)) for row in shown if row.variance],
    )
    return Table(
        slug="variance",
        caption=f"Where the spread of a row's mean comes from on {plain(column.label)}",
        head=kept,
        rows=cells,
        marked=marked(shown),
        note=(
            "Shares, and below them the variances of the mean that they are of. More seeds make the first smaller, only more test images "
            f"the second. {left_out(rows, shown, 'variance')}"
        ).rstrip(),
        sortable=True,
    )


def _shares(found: evidence.VarianceSplit) -> list[Cell]:
    parts = (found.seeds, found.images, found.folds)
    whole = sum(part for part in parts if part is not None)
    return [
        number(numbers.ABSENT)
        if part is None
        else number(numbers.percent(part / whole) if whole else numbers.percent(0.0), numbers.bound(part), part)
        for part in parts
    ]
