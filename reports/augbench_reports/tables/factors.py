"""What each part does: effects of single settings, and how they hang together."""

from __future__ import annotations

from augbench import comparing, evidence, numbers
from augbench_reports.document import Cell, Table
from augbench_reports.tables.cells import head, interval_cell, interval_title, number, spread_of_difference, telling
from augbench_reports.words import plain

MOST = 60
"""Effects of one table, the largest first."""


def factors_table(column: comparing.ColumnComparison, primary: str) -> Table | None:
    """Show what each setting does where rows differ in it alone; None where no two do."""
    if not column.factors:
        return None
    shown = column.factors[:MOST]
    headings = (
        *head("Setting"),
        Cell(text="From"),
        Cell(text="To"),
        *head(
            "",
            "Pairs of rows",
            "Seeds",
            (f"{numbers.heading(primary)} difference", "mean ± sd over seeds"),
            ("Interval", interval_title(each.over_seeds for each in shown)),
        )[1:],
    )
    kept, rows = telling(headings, [_factor(each) for each in shown])
    more = f" The largest {MOST} of {numbers.count(len(column.factors))}; tables/factors.csv has all." if len(column.factors) > MOST else ""
    return Table(
        slug="factors",
        caption=f"What single settings do on {plain(column.label)}",
        head=kept,
        rows=rows,
        note=f"Each over the pairs of rows that differ in this setting alone. These are not corrected for how many there are.{more}",
        sortable=True,
    )


def _factor(found: evidence.FactorEffect) -> tuple[Cell, ...]:
    pairs = "; ".join(f"{plain(after, 40)} against {plain(before, 40)}" for before, after in found.pairs[:2])
    return (
        Cell(text=plain(found.factor, 60)),
        Cell(text=plain(found.before, 60)),
        Cell(text=plain(found.after, 60)),
        number(numbers.count(len(found.pairs)), pairs if len(found.pairs) < 3 else "", len(found.pairs)),
        number(numbers.count(len(found.seeds)), order=len(found.seeds)),
        _effect(found),
        interval_cell(found.over_seeds),
    )


def _effect(found: evidence.FactorEffect | evidence.Interaction) -> Cell:
    word = "higher" if found.mean > 0 else "lower" if found.mean < 0 else "equal"
    cell = spread_of_difference(found.mean, found.sd)
    return number(cell.text, word, found.mean)


def interactions_table(column: comparing.ColumnComparison, primary: str) -> Table | None:
    """Show how much the effect of one setting hangs on another; None where no four rows cross two settings."""
    if not column.interactions:
        return None
    shown = column.interactions[:MOST]
    headings = (
        *head("Effect of"),
        Cell(text="With this, minus without"),
        *head(
            "",
            "Seeds",
            (f"{numbers.heading(primary)} difference", "mean ± sd over seeds"),
            ("Interval", interval_title(each.over_seeds for each in shown)),
        )[1:],
    )
    kept, rows = telling(headings, [_interaction(each) for each in shown])
    return Table(
        slug="interactions",
        caption=f"How settings hang together on {plain(column.label)}",
        head=kept,
        rows=rows,
        note="Above 0: with both, the metric is higher than the two effects alone add up to. From four rows that cross two settings.",
        sortable=True,
    )


def _interaction(found: evidence.Interaction) -> tuple[Cell, ...]:
    first, second = found.factors
    return (
        Cell(text=plain(first)),
        Cell(text=plain(second)),
        number(numbers.count(len(found.seeds)), order=len(found.seeds)),
        _effect(found),
        interval_cell(found.over_seeds),
    )
