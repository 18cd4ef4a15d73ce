"""All rows over several data sets."""

from __future__ import annotations

from augbench import evidence, numbers
from augbench_reports.document import Cell, Table
from augbench_reports.tables.cells import TONES, WIDEST, head, number, telling, written
from augbench_reports.words import plain

MOST = 60
"""Rows of these tables, the best first."""


def ranks_table(found: evidence.Across, primary: str) -> Table | None:
    """Show mean ranks and the tests against the control; None where no row has a result everywhere."""
    if not found.rows:
        return None
    headings = head(
        "Row",
        ("Mean rank", "1 is best"),
        (f"{numbers.heading(primary)} difference", "mean over data sets"),
        (_test_title(found), "against the control"),
        "Holm p",
    )
    headings = (*headings, Cell(text="Verdict"))
    kept, rows = telling(headings, [_ranked(row) for row in found.rows[:MOST]])
    return Table(
        slug="ranks",
        caption="Rows over all data sets",
        head=kept,
        rows=rows,
        marked=_control(found),
        note=_more(found),
        sortable=True,
    )


def _test_title(found: evidence.Across) -> str:
    name = next((row.test.name for row in found.rows if row.test), "")
    return f"{plain(name, 40)[:1].upper()}{plain(name, 40)[1:]} p" if name else "p"


def _control(found: evidence.Across) -> frozenset[int]:
    return frozenset(place for place, row in enumerate(found.rows[:MOST]) if row.is_control)


def _more(found: evidence.Across) -> str:
    said = f"The best {MOST} of {numbers.count(len(found.rows))} rows; tables/across_rows.csv has all." if len(found.rows) > MOST else ""
    if not found.left_out:
        return said
    names = numbers.listing([plain(label, 40) for label in found.left_out])
    return f"{said} Without a result on some data set, and so left out: {names}.".lstrip()


def _name(row: evidence.Ranked) -> Cell:
    return Cell(text=plain(row.row), note="control" * row.is_control, tone="control" * row.is_control)


def _ranked(row: evidence.Ranked) -> tuple[Cell, ...]:
    return (
        _name(row),
        number(f"{row.rank:.2f}", order=row.rank),
        number(numbers.against(row.difference), order=row.difference)
        if row.difference is not None
        else number("control" if row.is_control else numbers.ABSENT),
        written(numbers.p_value, row.test.p if row.test else None),
        written(numbers.p_value, row.holm),
        Cell(text=row.verdict.word, tone=TONES[row.verdict.word]) if row.verdict else Cell(text=numbers.ABSENT),
    )


def means_tables(found: evidence.Across, primary: str) -> tuple[Table, ...]:
    """Show the scores that are ranked, data sets across."""
    across = WIDEST - 1
    return tuple(
        Table(
            slug=f"means-{start + 1}",
            caption=f"{numbers.heading(primary)} on each data set" + (f", from the {start + 1}th" if start else ""),
            head=head("Row", *(plain(label, 40) for label in found.datasets[start : start + across])),
            rows=tuple(
                (_name(row), *(written(numbers.score, row.means.get(label)) for label in found.datasets[start : start + across]))
                for row in found.rows[:MOST]
            ),
            marked=_control(found),
            note="Mean over seeds." if not start else "",
            sortable=True,
        )
        for start in range(0, len(found.datasets) if found.rows else 0, across)
    )
