"""Verdict cards: what can be claimed on each data set, with one sentence for every row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from augbench import comparing, evidence, numbers
from augbench_reports.document import Card, Statement
from augbench_reports.tables.cells import TONES
from augbench_reports.tables.evidence import smallest
from augbench_reports.words import plain

ACROSS = "across"
"""Anchor of what is said over all data sets; no data set has it."""
MOST = 8
"""Sentences of a card that stand open."""


def card(comparison: comparing.Comparison, column: comparing.ColumnComparison, slug: str) -> Card:
    """Say what can be claimed on one data set."""
    claim = column.claim
    said = tuple(statement(row, comparison.primary) for row in column.rows if row.verdict)
    return Card(
        slug=slug,
        title=plain(column.label),
        headline=claim.headline,
        observed=claim.observed,
        claim=claim.sentence,
        facts=tuple(_facts(column)),
        settled=claim.settled,
        statements=said,
        folded=_counted(column.rows) if len(said) > MOST else "",
        noise=_noise(column.noise) if column.noise else "",
    )


def across_card(found: evidence.Across, primary: str) -> Card:
    """Say what can be claimed over all data sets."""
    tested = [row for row in found.rows if row.test]
    return Card(
        slug=ACROSS,
        title="Across data sets",
        headline=_across_headline(found),
        observed=_best_rank(found),
        claim=plain(found.refused or found.limit or _across_claim(found), 1000),
        facts=(("data sets", str(len(found.datasets))), *([("comparisons", str(len(tested)))] if tested else [])),
        settled=not found.refused and not found.limit,
        statements=tuple(_over_datasets(row, primary) for row in tested),
        folded=_counted(tested) if len(tested) > MOST else "",
    )


def _across_headline(found: evidence.Across) -> str:
    if found.refused:
        return "No claim across data sets"
    return "Too few data sets to tell rows apart" if found.limit else evidence.counted(row.verdict for row in found.rows).capitalize()


def _best_rank(found: evidence.Across) -> str:
    if not found.rows:
        return "No row has a result on all of them."
    best = found.rows[0]
    return f"Best mean rank: {plain(best.row, 60)}, {best.rank:.2f} of {len(found.rows)}" + (
        ", the control itself." if best.is_control else "."
    )


def _across_claim(found: evidence.Across) -> str:
    test = next(row.test for row in found.rows if row.test)
    counted = f"{numbers.many(test.n, 'data set')}, each counting once ({plain(test.name, 40)} test, Holm)"
    return f"{counted}: a small p is about the methods, on data sets of this kind."


def _over_datasets(row: evidence.Ranked, primary: str) -> Statement:
    verdict = row.verdict or evidence.Verdict(word="refused", reason="")
    found = f"{numbers.metric(primary)} {numbers.direction(row.difference or 0)}, mean rank {row.rank:.2f}"
    p = f", {plain(row.test.name, 40)} {numbers.p_equals(row.test.p)} (Holm {numbers.p_value(row.holm)})" if row.test else ""
    return Statement(text=f"{plain(row.row, 60)}: {found}{p}", word=verdict.word, tone=TONES[verdict.word])


def _facts(column: comparing.ColumnComparison) -> list[tuple[str, str]]:
    claim = column.claim
    facts = [
        ("paired seeds", f"{claim.seeds} of {claim.planned}"),
        ("comparisons", str(claim.comparisons)),
        ("smallest p they can give", smallest(claim.smallest_p)),
        *([("seeds needed", str(claim.seeds_needed))] if column.design.unit == "seed" else []),
        ("one test image moves macro-F1 by up to", numbers.score(column.resolution)),
    ]
    if column.noise:
        facts.append(("two seeds of a row differ by", f"{numbers.score(column.noise.median)} in the median"))
    states = Counter(each.status for each in column.absent)
    counted = ", ".join(f"{states[state]} {state}" for state in ("failed", "skipped", "pending") if states[state])
    return [*facts, ("trials without result", counted or "none")]


def _counted(rows: Sequence[comparing.RowComparison | evidence.Ranked]) -> str:
    return f"Each row: {evidence.counted(row.verdict for row in rows)}"


def statement(row: comparing.RowComparison, primary: str) -> Statement:
    """Say in one sentence what is known of a row against the control."""
    verdict = row.verdict or evidence.Verdict(word="refused", reason="")
    told = verdict.word in ("refused", "contradictory", "equivalent")
    # Of a claim, what it hangs on: p and n stand beside it.
    hangs = verdict.reason.partition("; ")[2] if verdict.word in ("better", "worse") else ""
    reason = plain(verdict.reason if told else hangs, 300)
    found = f": {_measured(row.difference, primary)}" if row.difference else ""
    return Statement(
        text=f"{plain(row.label, 60)}{found}",
        word=f"{verdict.word}: {reason}" if reason else verdict.word,
        tone=TONES[verdict.word],
    )


def _measured(found: evidence.Difference, primary: str) -> str:
    said = f"{numbers.metric(primary)} {numbers.direction(found.mean)}"
    if width := found.widest:
        said += f" {numbers.interval(width.low, width.high)}"
    parts = [said]
    if tested := found.test:
        holm = f" (Holm {numbers.p_value(found.holm)})" if found.holm is not None else ""
        parts.append(f"{plain(tested.name, 40)} {numbers.p_equals(tested.p)}{holm}")
        if tested.unit != "seed":
            parts.append(numbers.many(tested.n, tested.unit))
    return ", ".join([*parts, numbers.many(len(found.seeds), "seed")])


def _noise(found: evidence.NoiseFloor) -> str:
    whose = f"of {plain(found.rows[0], 60)}" if len(found.rows) == 1 else "of one and the same row"
    said = (
        f"Chance alone: two seeds {whose} differ by {numbers.score(found.median)} in the median and by {numbers.score(found.largest)} "
        f"at most ({numbers.many(found.pairs, 'pair')})"
    )
    if found.published is None:
        return f"{said}."
    share = numbers.percent(found.published)
    return f"{said}; the published test calls {share} of such pairs different at alpha = {numbers.bound(found.alpha)}."
