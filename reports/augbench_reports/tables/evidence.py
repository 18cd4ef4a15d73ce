"""The differences to the control: what tests over seeds say of them, how large they are, and where they may lie."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from augbench import comparing, evidence, numbers
from augbench_reports.choosing import MOST, chosen_rows, left_out
from augbench_reports.document import Cell, Table
from augbench_reports.tables.cells import (
    TONES,
    head,
    interval_cell,
    interval_title,
    number,
    row_name,
    spread_of_difference,
    telling,
    written,
)
from augbench_reports.tables.scores import side
from augbench_reports.words import plain

MOST_TESTS = 6
"""Beside each other in one table."""
EFFECTS = (
    "A12: how often a seed of the row is above one of the control (Vargha and Delaney); Cliff's delta is 2 A12 - 1; rank-biserial: matched "
    "pairs, (R+ - R-) / (R+ + R-); Hodges-Lehmann: median of the pairwise means. All have the direction row against control."
)


def seeds_table(column: comparing.ColumnComparison, primary: str, most: int = MOST) -> Table | None:
    """Show the paired differences and what tests say of them; None where nothing pairs."""
    others = [row for row in column.rows if not row.is_control]
    if not any(row.difference for row in others):
        return None
    shown = chosen_rows(others, most)
    tests = _tests(others, column.design.test)
    shared = _shared_reason(others)
    headings = head(
        "Row",
        (f"{numbers.heading(primary)} difference", "mean ± sd"),
        "Each seed",
        *((f"{plain(name, 40)[:1].upper()}{plain(name, 40)[1:]} p", _method(others, name)) for name in tests),
        ("Smallest p", f"of the {plain(column.design.test)} test"),
        "Holm p",
    )
    kept, rows = telling((*headings, Cell(text="Verdict")), [_tested(row, tests, shared) for row in shown])
    return Table(
        slug="seeds",
        caption=f"Differences to the control on {plain(column.label)}, paired over seeds",
        head=kept,
        rows=rows,
        note=" ".join(filter(None, [_note(column, shared), left_out(others, shown, "comparisons")])),
        sortable=True,
    )


def _tests(rows: Sequence[comparing.RowComparison], primary: str) -> list[str]:
    """Return the names of the tests that any row has, the primary one first."""
    found = [tested.name for row in rows for tested in _of(row)]
    return list(dict.fromkeys([primary, *found]))[:MOST_TESTS]


def _of(row: comparing.RowComparison) -> list[evidence.Tested]:
    found = row.difference
    return [*([found.test] if found and found.test else []), *(found.beside if found else ())]


def _method(rows: Sequence[comparing.RowComparison], name: str) -> str:
    """Say how a test's p was found, where it was found in one way."""
    methods = {tested.method for row in rows for tested in _of(row) if tested.name == name}
    return plain(methods.pop(), 60) if len(methods) == 1 else ""


def _note(column: comparing.ColumnComparison, shared: str) -> str:
    claim, design = column.claim, column.design
    said = (
        f"Two-sided. The primary test is the {plain(design.test)} test, its unit the {design.unit}: a small p would be about "
        f"{plain(design.claim, 200)}. Holm's correction over {numbers.many(claim.comparisons, 'comparison')} "
        f"at alpha = {numbers.bound(claim.alpha)}."
    )
    if design.unit == "seed":
        said += f" A claim takes {numbers.many(claim.seeds_needed, 'seed')}."
    return said + (f" Every 'no evidence' without a reason beside it: {plain(shared, 300)}." if shared else "")


def _shared_reason(rows: Sequence[comparing.RowComparison]) -> str:
    """Return the reason for which most rows have no evidence: it is said once, below the table."""
    reasons = Counter(row.verdict.reason for row in rows if row.verdict and row.verdict.word == "no evidence")
    (common,) = reasons.most_common(1) or [("", 0)]
    return common[0] if common[1] > 1 else ""


def _each_seed(found: evidence.Difference) -> str:
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


def _tested(row: comparing.RowComparison, tests: Sequence[str], shared: str) -> tuple[Cell, ...]:
    found = row.difference
    if found is None:
        return (row_name(row), *(number(numbers.ABSENT) for _ in range(4 + len(tests))), _verdict(row, shared))
    by_name = {tested.name: tested for tested in _of(row)}
    p_values = (by_name[name].p if name in by_name else None for name in tests)
    return (
        row_name(row),
        spread_of_difference(found.mean, found.sd),
        number(_each_seed(found)),
        *(written(numbers.p_value, p) for p in p_values),
        written(smallest, found.test.smallest_p if found.test else None),
        written(numbers.p_value, found.holm, "the interval says otherwise" if found.torn else ""),
        _verdict(row, shared),
    )


def smallest(value: float | None) -> str:
    """Write the smallest p of a design: 0 stands for one that has none."""
    return "any" if value == 0 else numbers.bound(value)


def effects_table(column: comparing.ColumnComparison, most: int = MOST) -> Table | None:
    """Show how large the differences are and where they may lie; None where nothing is known."""
    others = [row for row in column.rows if not row.is_control]
    shown = [(row, row.difference) for row in chosen_rows(others, most) if row.difference]
    found = [difference for _, difference in shown]
    headings = head(
        "Row",
        ("Over seeds", interval_title(each.over_seeds for each in found)),
        ("Over images", interval_title(each.over_images for each in found)),
        ("Over both", interval_title(each.over_both for each in found)),
        "A12",
        "Cliff's delta",
        "Rank-biserial",
        "Hodges-Lehmann",
    )
    kept, rows = telling(headings, [_effects(row, difference) for row, difference in shown])
    if len(kept) < 2:
        return None
    return Table(
        slug="effects",
        caption=f"Size of the differences to the control on {plain(column.label)}",
        head=kept,
        rows=rows,
        note=" ".join(
            filter(
                None, [EFFECTS if any(each.effects for each in found) else "", left_out(others, chosen_rows(others, most), "comparisons")]
            )
        ),
        sortable=True,
    )


def _effects(row: comparing.RowComparison, found: evidence.Difference) -> tuple[Cell, ...]:
    effects = found.effects
    sizes = (
        (
            written(numbers.score, effects.a12, side(effects.a12)),
            *(written(numbers.signed, each) for each in (effects.cliff, effects.rank_biserial, effects.hodges_lehmann)),
        )
        if effects
        else tuple(number(numbers.ABSENT) for _ in range(4))
    )
    return (row_name(row), *(interval_cell(each) for each in (found.over_seeds, found.over_images, found.over_both)), *sizes)
