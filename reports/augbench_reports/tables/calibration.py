"""Whether probabilities mean what they say."""

from __future__ import annotations

from augbench import comparing, evidence, numbers
from augbench_reports.choosing import MOST, chosen_rows, left_out
from augbench_reports.document import Cell, Table
from augbench_reports.tables.cells import head, marked, number, row_name, written
from augbench_reports.words import plain

RELIABILITY = 8
"""Rows whose bins are shown and drawn: the control, and those that differ most from it."""
NOTE = (
    "Over all finished trials together; lower is better but for the temperature. ECE: mean distance of confidence and accuracy over bins "
    "of equal width. Brier: sum over classes of squared errors. Temperature: what logits would have to be divided by; above 1 the row is "
    "too sure of itself. A test on the probability of the true class sees it, macro-F1 does not."
)


def calibration_table(column: comparing.ColumnComparison, most: int = MOST) -> Table | None:
    """Show how well each row's probabilities are calibrated; None where nothing is done."""
    rows = [row for row in column.rows if row.calibration]
    if not rows:
        return None
    shown = chosen_rows(rows, most)
    return Table(
        slug="calibration",
        caption=f"Calibration on {plain(column.label)}",
        head=head("Row", "ECE", "Brier", "Log loss", "Temperature"),
        rows=tuple((row_name(row), *_numbers(row.calibration)) for row in shown if row.calibration),
        marked=marked(shown),
        note=f"{NOTE} {left_out(rows, shown, 'calibration')}".rstrip(),
        sortable=True,
    )


def _numbers(found: evidence.Calibration) -> tuple[Cell, ...]:
    return tuple(written(numbers.distance, each) for each in (found.ece, found.brier, found.log_loss, found.temperature))


def reliability_rows(column: comparing.ColumnComparison) -> tuple[comparing.RowComparison, ...]:
    """Return the rows whose bins are drawn and tabled."""
    return chosen_rows([row for row in column.rows if row.calibration], RELIABILITY)


def reliability_table(column: comparing.ColumnComparison) -> Table | None:
    """Show confidence and accuracy bin by bin for a few rows; None where nothing is done."""
    rows = reliability_rows(column)
    lines = [(row, each) for row in rows if row.calibration for each in row.calibration.bins]
    if not lines:
        return None
    return Table(
        slug="reliability",
        caption=f"Confidence and accuracy on {plain(column.label)}",
        head=head("Row", "Probability of the predicted class", "Images", "Mean confidence", "Accuracy"),
        rows=tuple(
            (
                Cell(text=plain(row.label), row=row.name),
                number(f"{numbers.bound(each.low)} to {numbers.bound(each.high)}", order=each.low),
                number(numbers.count(each.n), order=each.n),
                written(numbers.score, each.confidence),
                written(numbers.score, each.accuracy),
            )
            for row, each in lines
        ),
        note=left_out([row for row in column.rows if row.calibration], rows, "calibration_bins"),
        folded=True,
    )
