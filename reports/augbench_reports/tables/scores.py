"""The main table: rows by metrics, as in Table 2 of Rana et al. (2022), with how long each row was trained."""

from __future__ import annotations

from augbench import comparing, numbers
from augbench_reports.document import Cell, Table
from augbench_reports.words import plain

TONES = {"better": "good", "worse": "worse", "contradictory": "bad", "equivalent": "open", "no evidence": "open", "refused": "refused"}


def row_name(row: comparing.RowComparison) -> Cell:
    """Name a row, with what to know of it."""
    notes = ["control"] * row.is_control + ["not fairly tested"] * bool(row.unfair)
    return Cell(text=plain(row.label), note=", ".join(notes), tone="control" if row.is_control else "")


def marked(rows: tuple[comparing.RowComparison, ...]) -> frozenset[int]:
    """Return the places of the control."""
    return frozenset(index for index, row in enumerate(rows) if row.is_control)


def number(text: str, note: str = "") -> Cell:
    """Make a cell of a number."""
    return Cell(text=text, numeric=True, note=note)


def head(*names: str | tuple[str, str]) -> tuple[Cell, ...]:
    """Make headings: the first of names, the others of numbers; a pair has a note."""
    pairs = [(name, "") if isinstance(name, str) else name for name in names]
    return tuple(Cell(text=name, note=note, numeric=index > 0) for index, (name, note) in enumerate(pairs))


def scores_table(column: comparing.ColumnComparison, metrics: tuple[str, ...], primary: str) -> Table:
    """Show mean ± standard deviation over seeds, the best fold beside it, and the distance to the control."""
    folded = any(score.best_fold is not None for row in column.rows for score in row.scores.values())
    names: list[str | tuple[str, str]] = ["Row"]
    for metric in metrics:
        names += [(numbers.heading(metric), "mean ± sd")] + ([(numbers.heading(metric), "best fold")] if folded else [])
    distance = (f"{numbers.heading(primary)} difference", "paired over seeds")
    headings = (*head(*names, distance), Cell(text="Verdict"), Cell(text="Seeds", numeric=True))
    return Table(
        caption=f"Scores on the test images of {plain(column.label)}",
        head=headings,
        rows=tuple(_scores(row, metrics, folded) for row in column.rows),
        marked=marked(column.rows),
        note=_note(column, folded),
    )


def _scores(row: comparing.RowComparison, metrics: tuple[str, ...], folded: bool) -> tuple[Cell, ...]:
    cells = [row_name(row)]
    for metric in metrics:
        score = row.scores[metric]
        cells.append(number(numbers.spread(score.mean, score.sd), "" if score.mean is not None else "no trial done"))
        if folded:
            cells.append(number(numbers.score(score.best_fold)))
    return (*cells, _distance(row), verdict_cell(row), number(str(len(row.scores[metrics[0]].seeds))))


def _distance(row: comparing.RowComparison) -> Cell:
    if row.is_control:
        return Cell(text="control", numeric=True)
    return number(numbers.against(row.difference.mean)) if row.difference else number(numbers.ABSENT)


def verdict_cell(row: comparing.RowComparison) -> Cell:
    """Show a verdict with its p-value, or with the gist of a refusal."""
    if row.verdict is None:
        return Cell(text=numbers.ABSENT)
    told = row.verdict.reason.split(":")[0] if row.verdict.word == "refused" else ""
    if row.difference and row.difference.holm is not None:
        told = f"Holm p = {numbers.p_value(row.difference.holm)}"
    return Cell(text=row.verdict.word, tone=TONES[row.verdict.word], note=plain(told, 300))


def _note(column: comparing.ColumnComparison, folded: bool) -> str:
    said = (
        "Standard deviation over seeds; with one seed there is none. "
        "Macro-F1 is the mean over all classes of the data set: one that is never predicted rightly counts 0."
    )
    if folded:
        said += f" The {column.folds} folds of a seed are averaged first; "
        said += "the best fold is the one with the best validation macro-F1, averaged over seeds."
    return said


def budget_table(column: comparing.ColumnComparison) -> Table:
    """Show how many trials are done and how long their classifiers were trained."""
    return Table(
        caption=f"Trials and training budget on {plain(column.label)}",
        head=head("Row", "Trials done", "Steps", "Images shown"),
        rows=tuple(
            (
                row_name(row),
                number(f"{row.done} of {row.expected}"),
                number(numbers.span(row.budget.steps)),
                number(numbers.span(row.budget.images)),
            )
            for row in column.rows
        ),
        marked=marked(column.rows),
        note="Of each classifier's own training; generators are not counted.",
    )
