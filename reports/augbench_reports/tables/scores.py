"""The main table: rows by metrics, as in Table 2 of Rana et al. (2022), with what can be said of each difference."""

from __future__ import annotations

from collections.abc import Sequence

from augbench import comparing, evidence, numbers
from augbench.values.settings import Published
from augbench_reports.choosing import MOST, chosen_rows, left_out
from augbench_reports.document import Cell, Table
from augbench_reports.tables.cells import (
    WIDEST,
    head,
    interval_title,
    marked,
    number,
    row_name,
    telling,
    verdict_cell,
    written,
)
from augbench_reports.words import plain

MOST_METRICS = 4
"""Of the main table; the table after it has all."""


def main_metrics(metrics: tuple[str, ...], primary: str) -> tuple[str, ...]:
    """Return the metrics of the main table: the first ones, and the primary one."""
    first = metrics[:MOST_METRICS]
    return first if primary in first else (*metrics[: MOST_METRICS - 1], primary)


def quoted_here(column: comparing.ColumnComparison, published: Sequence[Published]) -> list[Published]:
    """Return the quoted results of a data set, which may be called by its name or its label."""
    return [each for each in published if each.dataset in (column.name, column.label)]


def quoted_score(each: Published, metric: str) -> float | None:
    """Return a quoted result in a metric; None where that is not quoted."""
    return {"accuracy": each.accuracy, "macro-f1": each.macro_f1}.get(metric)


def scores_table(comparison: comparing.Comparison, column: comparing.ColumnComparison) -> Table:
    """Show every row's scores, its difference to the control, the primary test, the verdict and the cost; quoted results below."""
    metrics = main_metrics(comparison.metrics, comparison.primary)
    quoted = quoted_here(column, comparison.published)
    width = interval_title(_widest(row) for row in column.rows)
    rows = [*(_row(row, metrics, column, width) for row in column.rows), *(_quoted(each, metrics) for each in quoted)]
    headings = _head(comparison, column, metrics, width)
    headings, kept = telling(headings, rows) if rows else (headings, ())
    return Table(
        slug="scores",
        caption=f"Scores on the test images of {plain(column.label)}",
        head=headings,
        rows=kept,
        marked=marked(column.rows),
        note=_note(comparison, column, bool(quoted)),
        sortable=True,
    )


def _widest(row: comparing.RowComparison) -> evidence.Interval | None:
    return row.difference.widest if row.difference else None


def _head(comparison: comparing.Comparison, column: comparing.ColumnComparison, metrics: tuple[str, ...], width: str) -> tuple[Cell, ...]:
    tested = [each.test for each in column.classes if each.test is not None]
    return (
        *head("Row", *((numbers.heading(name), _spread_title(column, name)) for name in metrics)),
        Cell(
            text=f"{numbers.heading(comparison.primary)} difference",
            note=f"to control, paired over seeds{'; ' * bool(width)}{width}",
            numeric=True,
        ),
        Cell(text="Verdict"),
        *head(
            "",
            ("p", plain(column.design.test)),
            ("Holm p", f"of {column.claim.comparisons}"),
            ("A12", "0.5 is no difference"),
            ("Seeds", f"{numbers.count(sum(tested))} test images each" if tested else ""),
            ("Time", "a trial, + shared stages"),
        )[1:],
    )


def _spread_title(column: comparing.ColumnComparison, metric: str) -> str:
    title = interval_title(row.scores[metric].interval for row in column.rows)
    return f"mean ± sd{'; ' * bool(title)}{title}"


def _row(row: comparing.RowComparison, metrics: tuple[str, ...], column: comparing.ColumnComparison, width: str) -> tuple[Cell, ...]:
    return (
        row_name(row),
        *(score_cell(row.scores[metric]) for metric in metrics),
        _distance(row, width),
        verdict_cell(row),
        *_test(row, column.design.test),
        written_count(len(row.scores[metrics[0]].seeds)),
        _time(row.budget),
    )


def score_cell(score: comparing.Score) -> Cell:
    """Show mean ± standard deviation, and below it the interval."""
    if score.mean is None:
        return number(numbers.ABSENT, "no trial done")
    found = score.interval
    return number(numbers.spread(score.mean, score.sd), numbers.interval(found.low, found.high) if found else "", score.mean)


def written_count(value: int) -> Cell:
    """Show a whole number."""
    return number(numbers.count(value), order=value)


def _distance(row: comparing.RowComparison, width: str) -> Cell:
    if row.is_control:
        return number("control", order=0.0)
    if row.difference is None:
        return number(numbers.ABSENT)
    found = row.difference.widest
    note = numbers.interval(found.low, found.high) if found else ""
    # Named beside the number where the heading cannot name all.
    named = f" {interval_title([found])}" if found and not width else ""
    return number(numbers.direction(row.difference.mean), note + named, row.difference.mean)


def _test(row: comparing.RowComparison, usual: str) -> tuple[Cell, ...]:
    found = row.difference
    if found is None:
        return tuple(number(numbers.ABSENT) for _ in range(3))
    tested, effects = found.test, found.effects
    return (
        written(numbers.p_value, tested.p, tested.name if tested.name != usual else "") if tested else number(numbers.ABSENT),
        written(numbers.p_value, found.holm),
        written(numbers.score, effects.a12, side(effects.a12)) if effects else number(numbers.ABSENT),
    )


def side(a12: float) -> str:
    """Say which way an effect points, and its size: ``higher, large``."""
    return "no direction" if a12 == 0.5 else f"{'higher' if a12 > 0.5 else 'lower'}, {numbers.effect(a12)}"


def _time(budget: comparing.Budget) -> Cell:
    own, shared = budget.cost.get("seconds"), budget.cost.get("shared-seconds")
    return written(numbers.seconds, own, f"+ {numbers.seconds(shared)}" if shared is not None else "")


def _quoted(each: Published, metrics: tuple[str, ...]) -> tuple[Cell, ...]:
    source = f"quoted: {plain(each.source, 80)}" if plain(each.source) else "quoted"
    scores = [quoted_score(each, metric) for metric in metrics]
    return (
        Cell(text=plain(each.label), note=source, tone="quoted"),
        *(written(numbers.score, score) for score in scores),
        number(numbers.ABSENT),
        Cell(text="quoted", note="never tested", tone="quoted"),
        *(number(numbers.ABSENT) for _ in range(5)),
    )


def _note(comparison: comparing.Comparison, column: comparing.ColumnComparison, quoted: bool) -> str:
    said = [
        "Standard deviation over seeds; with one seed there is none.",
        "Macro-F1 is the mean over all classes of the data set: one that is never predicted rightly counts 0.",
    ]
    if column.folds:
        said.append(f"The {column.folds} folds of a seed are averaged first.")
    if less := lower_is_better(comparison):
        said.append(less)
    if quoted:
        said.append("Quoted results come from other code, other seeds, perhaps other splits: they are never tested against.")
    return " ".join(said)


def lower_is_better(comparison: comparing.Comparison) -> str:
    """Say of which metrics less is better; nothing where of none."""
    less = [numbers.metric(plain(name)) for name in comparison.metrics if not comparison.higher_is_better.get(name, True)]
    return f"Lower is better: {numbers.listing(less)}." if less else ""


def metrics_tables(comparison: comparing.Comparison, column: comparing.ColumnComparison, most: int = MOST) -> tuple[Table, ...]:
    """Show every metric, the best fold beside it, where the main table does not."""
    folded = any(score.best_fold is not None for row in column.rows for score in row.scores.values())
    if len(comparison.metrics) <= MOST_METRICS and not folded:
        return ()
    across = (WIDEST - 1) // (2 if folded else 1)
    places = range(0, len(comparison.metrics), across)
    return tuple(
        _metrics(column, chosen_rows(column.rows, most), comparison.metrics[start : start + across], folded, start) for start in places
    )


def _metrics(
    column: comparing.ColumnComparison, shown: Sequence[comparing.RowComparison], metrics: tuple[str, ...], folded: bool, start: int
) -> Table:
    titles: list[str | tuple[str, str]] = []
    for metric in metrics:
        titles += [(numbers.heading(metric), "mean ± sd")] + ([(numbers.heading(metric), "best fold")] if folded else [])
    best = "The best fold is the one with the best validation macro-F1, averaged over seeds: the best of several tries." if folded else ""
    return Table(
        slug=f"metrics-{start + 1}",
        caption=f"Every metric on {plain(column.label)}" + (f", from {numbers.heading(metrics[0])}" if start else ""),
        head=head("Row", *titles),
        rows=tuple((row_name(row), *_every(row, metrics, folded)) for row in shown),
        marked=marked(shown),
        note=" ".join(filter(None, [best, left_out(column.rows, shown, "summary")])),
        sortable=True,
    )


def _every(row: comparing.RowComparison, metrics: tuple[str, ...], folded: bool) -> list[Cell]:
    cells = []
    for score in (row.scores[metric] for metric in metrics):
        cells.append(number(numbers.spread(score.mean, score.sd), order=score.mean))
        if folded:
            cells.append(written(numbers.score, score.best_fold))
    return cells


def budget_table(column: comparing.ColumnComparison, most: int = MOST) -> Table:
    """Show how many trials are done and how long their classifiers were trained."""
    shown = chosen_rows(column.rows, most)
    return Table(
        slug="budget",
        caption=f"Trials and training budget on {plain(column.label)}",
        head=head("Row", "Trials done", "Steps", "Images shown"),
        rows=tuple(
            (
                row_name(row),
                number(f"{row.done} of {row.expected}", order=row.done),
                _span(row.budget.steps),
                _span(row.budget.images),
            )
            for row in shown
        ),
        marked=marked(shown),
        note=" ".join(
            ["Of each classifier's own training; generators are not counted.", left_out(column.rows, shown, "training")]
        ).rstrip(),
        sortable=True,
    )


def _span(found: tuple[int, int] | None) -> Cell:
    return number(numbers.span(found), order=found[1] if found else None)
