"""The tests: over seeds, and as the paper published them."""

from __future__ import annotations

from collections import Counter

from augbench import comparing, numbers
from augbench_reports.document import Cell, Table
from augbench_reports.tables.scores import TONES, head, number, row_name
from augbench_reports.words import plain


def seeds_table(column: comparing.ColumnComparison, primary: str) -> Table | None:
    """Show the paired differences and what tests over seeds say of them; None where nothing pairs."""
    claim = column.claim
    others = [row for row in column.rows if not row.is_control]
    if not any(row.difference for row in others):
        return None
    headings = head(
        "Row",
        (f"{numbers.heading(primary)} difference", "mean ± sd"),
        "Each seed",
        "Sign-flip p",
        "Signed-rank p",
        ("Smallest p", "these seeds can give"),
        "Holm p",
    )
    shared = _shared_reason(others)
    return Table(
        caption=f"Differences to the control on {plain(column.label)}, paired over seeds",
        head=(*headings, Cell(text="Verdict")),
        rows=tuple(_tested(row, shared) for row in others),
        note=(
            f"Two-sided exact tests with the seed as the unit; Holm's correction over {numbers.many(claim.comparisons, 'comparison')} "
            f"at alpha = {numbers.bound(claim.alpha)}. A p-value takes two seeds, a claim {claim.seeds_needed}."
            + (f" Every 'no evidence' without a reason beside it: {shared}." if shared else "")
        ),
    )


def _shared_reason(rows: list[comparing.RowComparison]) -> str:
    """Return the reason for which most rows have no evidence: it is said once, below the table."""
    reasons = Counter(row.verdict.reason for row in rows if row.verdict and row.verdict.word == "no evidence")
    (common,) = reasons.most_common(1) or [("", 0)]
    return common[0] if common[1] > 1 else ""


def _each_seed(found: comparing.Difference) -> str:
    """List the differences; of more than four seeds, how many point each way."""
    if len(found.seeds) <= 4:
        return ", ".join(numbers.signed(value) for _, value in found.seeds)
    signs = Counter("higher" if value > 0 else "lower" if value < 0 else "equal" for _, value in found.seeds)
    return ", ".join(f"{signs[word]} {word}" for word in ("higher", "lower", "equal") if signs[word])


def _verdict(row: comparing.RowComparison, shared: str) -> Cell:
    if row.verdict is None:
        return Cell(text=numbers.ABSENT)
    reason = "" if row.verdict.reason == shared else plain(row.verdict.reason, 300)
    return Cell(text=row.verdict.word, tone=TONES[row.verdict.word], note=reason)


def _tested(row: comparing.RowComparison, shared: str) -> tuple[Cell, ...]:
    found = row.difference
    if found is None:
        return (row_name(row), *(number(numbers.ABSENT) for _ in range(6)), _verdict(row, shared))
    mean = numbers.signed(found.mean) + (f"{numbers.PLUS_MINUS}{numbers.score(found.sd)}" if found.sd is not None else "")
    return (
        row_name(row),
        number(mean),
        number(_each_seed(found)),
        number(numbers.p_value(found.sign_flip), "one seed" if len(found.seeds) == 1 else ""),
        number(numbers.p_value(found.signed_rank)),
        number(numbers.bound(found.smallest_p)),
        number(numbers.p_value(found.holm)),
        _verdict(row, shared),
    )


def published_table(column: comparing.ColumnComparison) -> Table | None:
    """Show the paper's rank-sum test, with direction, size and n; None where no pair of models can be tested."""
    rows = [(row, row.as_published) for row in column.rows if row.as_published]
    if not rows:
        return None
    return Table(
        caption=f"As published: rank-sum test on the probability of the true class, {plain(column.label)}",
        head=(
            *head("Row", "Median p", ("p over seeds", "smallest to largest")),
            Cell(text="Direction", note="of that probability, and effect"),
            *head("", ("A12", "0.5 is no difference"), ("n", "images a model"))[1:],
            Cell(text="Macro-F1 difference", note="of these models"),
        ),
        rows=tuple(_published(row, found) for row, found in rows if found),
        note="Two-sided. A12, the share of pairs of images in which the row's model gives the higher probability, is a mean over seeds.",
    )


def _published(row: comparing.RowComparison, found: comparing.AsPublished) -> tuple[Cell, ...]:
    one = len(found.seeds) == 1
    images = sorted({each.n for each in found.seeds})
    return (
        row_name(row),
        number(numbers.p_value(found.median_p)),
        number(
            numbers.ABSENT if one else f"{numbers.p_value(found.smallest)} to {numbers.p_value(found.largest)}", "one seed" if one else ""
        ),
        Cell(text=_directions(Counter(each.direction for each in found.seeds), len(found.seeds)), note=_effect(found.a12)),
        number(numbers.score(found.a12)),
        number(numbers.span((images[0], images[-1]))),
        Cell(text=_agreement(found), tone="bad" if found.contradictions else ""),
    )


def _directions(counts: Counter[comparing.Direction], seeds: int) -> str:
    said = [f"{word} in {counts[word]}" for word in ("higher", "lower", "equal") if counts[word]]
    if len(said) == 1:
        word = next(iter(counts))
        return f"{word} {'to' if word == 'equal' else 'than'} control" + (
            "" if seeds == 1 else " in both seeds" if seeds == 2 else f" in all {seeds} seeds"
        )
    return f"{', '.join(said)} of {seeds} seeds"


def _effect(a12: float) -> str:
    """Name the size of the effect, |2 A12 - 1| (Cliff's delta), in the customary words."""
    size = abs(2 * a12 - 1)
    word = "negligible" if size < 0.147 else "small" if size < 0.33 else "medium" if size < 0.474 else "large"
    return f"{word} effect"


def _agreement(found: comparing.AsPublished) -> str:
    differences = [pair.difference for pair in found.seeds]
    each = ", ".join(map(numbers.signed, differences))
    if len(differences) > 4:
        each = f"{numbers.signed(min(differences))} to {numbers.signed(max(differences))}"
    if not found.contradictions:
        return each
    return f"{each}: points the other way in {found.contradictions} of {numbers.many(len(found.seeds), 'seed')}"
