"""The table of a paper: rows by metrics, with the difference to the control, its interval and its corrected p."""

from __future__ import annotations

from augbench import comparing, numbers
from augbench_reports.document import Cell, Table
from augbench_reports.tables.cells import TONES, head, interval_title, marked, number
from augbench_reports.tables.scores import main_metrics
from augbench_reports.words import plain


def paper_table(comparison: comparing.Comparison, column: comparing.ColumnComparison, slug: str) -> Table:
    """Show every row's scores as mean ± standard deviation, and what can be said against the control, without small print in cells."""
    metrics = main_metrics(comparison.metrics, comparison.primary)
    return Table(
        slug=f"{slug}-paper",
        caption=f"Scores on the test images of {plain(column.label)}: {_spread(column)}",
        head=(*head("Row", *map(numbers.heading, metrics), "Difference", "Interval", "Holm p"), Cell(text="Verdict")),
        rows=tuple(_row(row, metrics) for row in column.rows),
        marked=marked(column.rows),
        note=_note(comparison, column),
    )


def _spread(column: comparing.ColumnComparison) -> str:
    seeds = {len(score.seeds) for row in column.rows for score in row.scores.values() if score.seeds}
    if not seeds or max(seeds) == 1:
        return "one seed"
    least, most = min(seeds), max(seeds)
    return f"mean ± standard deviation over {least if least == most else f'{least} to {most}'} seeds"


def _row(row: comparing.RowComparison, metrics: tuple[str, ...]) -> tuple[Cell, ...]:
    scores = [number(numbers.spread(row.scores[name].mean, row.scores[name].sd)) for name in metrics]
    return (Cell(text=plain(row.label)), *scores, *_against(row))


def _against(row: comparing.RowComparison) -> tuple[Cell, ...]:
    if row.is_control:
        return number("control"), number(numbers.ABSENT), number(numbers.ABSENT), Cell(text=numbers.ABSENT)
    found = row.difference
    widest = found.widest if found else None
    return (
        number(numbers.signed(found.mean if found else None)),
        number(numbers.interval(widest.low, widest.high) if widest else numbers.ABSENT),
        number(numbers.p_value(found.holm if found else None)),
        Cell(text=row.verdict.word, tone=TONES[row.verdict.word]) if row.verdict else Cell(text=numbers.ABSENT),
    )


def _note(comparison: comparing.Comparison, column: comparing.ColumnComparison) -> str:
    said = [f"Difference: {numbers.metric(comparison.primary)}, row minus control, paired over seeds."]
    titles = dict.fromkeys(interval_title([row.difference.widest]) for row in column.rows if row.difference and row.difference.widest)
    if titles:
        said.append(f"Interval: {', or '.join(titles)}.")
    if any(row.difference and row.difference.holm is not None for row in column.rows):
        many = numbers.many(column.claim.comparisons, "comparison")
        said.append(f"p: {plain(column.design.test)} test, Holm's correction over {many}, alpha = {numbers.bound(comparison.alpha)}.")
    said.append(column.claim.sentence)
    return " ".join(said)
