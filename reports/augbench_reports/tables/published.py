"""The published protocol beside the valid test, and what changes."""

from __future__ import annotations

from collections import Counter

from augbench import comparing, evidence, numbers
from augbench_reports.choosing import MOST, chosen_rows, left_out
from augbench_reports.document import Cell, Table
from augbench_reports.tables.cells import TONES, head, number, row_name, telling, written
from augbench_reports.words import plain

PAIRS = (
    "McNemar's exact test asks whether one of the two models is right more often. Where both models predict the same class for every "
    "image, the rank-sum test sees their confidence alone. Equal: share of probabilities that are equal to another one; saturated: that "
    "are exactly 1."
)


def published_table(column: comparing.ColumnComparison, most: int = MOST) -> Table | None:
    """Show the paper's rank-sum test, with direction, size and n, beside the valid one; None where no pair of models can be tested."""
    rows = [row for row in column.rows if row.as_published]
    if not rows:
        return None
    shown = chosen_rows(rows, most)
    headings = (
        *head("Row", ("Median p", "rank-sum, over seeds")),
        Cell(text="Direction", note="of that probability, and effect"),
        *head("", ("A12", "0.5 is no difference"), ("n", "images a model"))[1:],
        Cell(text="Macro-F1 difference", note="of these models"),
        *head("", ("p", f"{plain(column.design.test)}: the valid test"), "Holm p")[1:],
        Cell(text="What changes"),
    )
    kept, cells = telling(headings, [_published(row, found, column.claim.alpha) for row in shown if (found := row.as_published)])
    return Table(
        slug="published",
        caption=f"As published: rank-sum test on the probability of the true class, {plain(column.label)}",
        head=kept,
        rows=cells,
        note=(
            "Two-sided. A12, the share of pairs of images in which the row's model gives the higher probability, is a mean over seeds. "
            f"A p is small here below alpha = {numbers.bound(column.claim.alpha)}. {left_out(rows, shown, 'as_published')}"
        ).rstrip(),
        sortable=True,
    )


def _published(row: comparing.RowComparison, found: evidence.AsPublished, alpha: float) -> tuple[Cell, ...]:
    one = len(found.seeds) == 1
    images = sorted({each.n for each in found.seeds})
    tested = row.difference.test if row.difference else None
    return (
        row_name(row),
        written(
            numbers.p_value,
            found.median_p,
            "one seed" if one else f"{numbers.p_value(found.smallest)} to {numbers.p_value(found.largest)}",
        ),
        Cell(
            text=_directions(Counter(each.direction for each in found.seeds), len(found.seeds)), note=f"{numbers.effect(found.a12)} effect"
        ),
        written(numbers.score, found.a12),
        number(numbers.span((images[0], images[-1])), order=images[-1]),
        Cell(text=_agreement(found), tone="bad" if found.contradictions else ""),
        written(numbers.p_value, tested.p if tested else None),
        written(numbers.p_value, row.difference.holm if row.difference else None),
        _change(row, found, alpha),
    )


def _directions(counts: Counter[evidence.Direction], seeds: int) -> str:
    said = [f"{word} in {counts[word]}" for word in ("higher", "lower", "equal") if counts[word]]
    if len(said) == 1:
        word = next(iter(counts))
        return f"{word} {'to' if word == 'equal' else 'than'} control" + (
            "" if seeds == 1 else " in both seeds" if seeds == 2 else f" in all {seeds} seeds"
        )
    return f"{', '.join(said)} of {seeds} seeds"


def _agreement(found: evidence.AsPublished) -> str:
    differences = [pair.difference for pair in found.seeds]
    each = ", ".join(map(numbers.signed, differences))
    if len(differences) > 4:
        each = f"{numbers.signed(min(differences))} to {numbers.signed(max(differences))}"
    if not found.contradictions:
        return each
    return f"{each}: points the other way in {found.contradictions} of {numbers.many(len(found.seeds), 'seed')}"


def _change(row: comparing.RowComparison, found: evidence.AsPublished, alpha: float) -> Cell:
    """Say what the valid test makes of what the published one says."""
    if row.verdict is None or row.verdict.word == "refused":
        return Cell(text="nothing valid stands beside it", tone="refused")
    return Cell(text=_changed(row.verdict.word, found, alpha), tone=TONES[row.verdict.word], note=row.verdict.word)


def _changed(word: evidence.VerdictWord, found: evidence.AsPublished, alpha: float) -> str:
    small, told = found.median_p < alpha, word in ("better", "worse")
    if all(each.same_predictions for each in found.seeds):
        return "equal predictions: the published test sees confidence alone"
    if word == "contradictory":
        return "valid tests contradict each other"
    if small and told:
        return "both see a difference" + (", the published one the other way in some seed" if found.contradictions else "")
    if small:
        return "the published test sees a difference, the valid one " + (
            "one that is too small to matter" if word == "equivalent" else "none"
        )
    return "only the valid test sees a difference" if told else "neither sees a difference"


def pairs_table(column: comparing.ColumnComparison, most: int = MOST) -> Table | None:
    """Show each pair of models that the published test compares; None without any."""
    rows = [row for row in column.rows if row.as_published]
    seeds = max((len(row.as_published.seeds) for row in rows if row.as_published), default=0)
    if not seeds:
        return None
    shown = chosen_rows(rows, max(1, most // seeds))
    headings = (
        *head("Row and seed", "Rank-sum p", ("Macro-F1 difference", "of these models"), ("McNemar p", "exact")),
        *head("", "Equal", "Saturated")[1:],
        Cell(text="Predictions"),
    )
    kept, cells = telling(headings, [_pair(row, each) for row in shown if row.as_published for each in row.as_published.seeds])
    return Table(
        slug="pairs",
        caption=f"Each pair of models of the published test, {plain(column.label)}",
        head=kept,
        rows=cells,
        note=f"{PAIRS} {left_out(rows, shown, 'as_published')}".rstrip(),
        sortable=True,
        folded=True,
    )


def _pair(row: comparing.RowComparison, each: evidence.RankSum) -> tuple[Cell, ...]:
    folds = f", fold {each.fold} against {each.control_fold}" if each.fold is not None else ""
    return (
        Cell(text=plain(row.label), note=f"seed {each.seed}{folds}", row=row.name),
        written(numbers.p_value, each.p, f"{each.direction}, A12 {numbers.score(each.a12)}"),
        written(numbers.signed, each.difference),
        written(numbers.p_value, each.mcnemar),
        written(numbers.percent, each.ties),
        written(numbers.percent, each.saturated),
        Cell(text="equal: sees confidence alone", tone="bad") if each.same_predictions else Cell(text="differ"),
    )
