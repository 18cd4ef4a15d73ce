"""How a report is laid out: tables are there only where there is something to say, and many rows stay readable."""

from collections.abc import Callable
from dataclasses import replace
from time import perf_counter

import pytest

from augbench import Comparison, evidence, numbers
from augbench.comparison import compare
from augbench.values.evidence import Across, Ranked, Verdict
from augbench.values.results import Results, TrialResult
from augbench_reports.building import document
from augbench_reports.document import Cell, Document, Figure, Flags, Table, Text
from augbench_reports.sections.cards import statement
from augbench_reports.sections.slots import forest
from augbench_reports.sections.whole import across_section
from augbench_reports.tables.cells import telling
from augbench_reports.tables.costs import SHARED, cost_table

Costs = dict[str, float]


def with_costs(make: Callable[..., Results], **costs: Costs) -> Comparison:
    """Compare two rows of which each trial took so much."""

    def change(trial: TrialResult) -> TrialResult:
        return replace(trial, curves={}, seconds=None, cost=costs.get(trial.row.replace("-", "_"), {}))

    return compare(make(seeds=(0,), rows=2, change=change))


def failed_section(page: Document) -> tuple[list[str], list[Table]]:
    """Return the paragraphs and tables of the section on failures."""
    blocks = [block for section in page.sections if section.slug == "failures" for block in section.blocks]
    return [block.text for block in blocks if isinstance(block, Text)], [block for block in blocks if isinstance(block, Table)]


def test_columns_without_any_number_are_left_out(make: Callable[..., Results]) -> None:
    table = cost_table(with_costs(make, ours={"cpu-seconds": 90.0, "energy-joules": 25_300.0}).columns[0])
    assert table is not None
    assert [cell.text for cell in table.head] == ["Row", "CPU time", "Energy"]
    assert [[cell.text for cell in row[1:]] for row in table.rows] == [["1.5 min", "25.3 kJ"], ["–", "–"]]
    assert SHARED not in table.note


def test_shared_time_is_explained_where_it_is_shown(make: Callable[..., Results]) -> None:
    table = cost_table(with_costs(make, ours={"shared-seconds": 3.0}, wgan_gp={"peak-device-memory-mb": 6234.0}).columns[0])
    assert table is not None
    assert [(cell.text, cell.note) for cell in table.head[1:]] == [("Shared time", "not divided"), ("Peak memory", "device")]
    assert [[cell.text for cell in row[1:]] for row in table.rows] == [["3.0 s", "–"], ["–", "6.2 GB"]]
    assert table.note.endswith(SHARED)


def test_without_any_cost_there_is_no_table(make: Callable[..., Results]) -> None:
    assert cost_table(with_costs(make).columns[0]) is None


def test_the_failures_stand_after_the_data_sets(failing: Results) -> None:
    page = document(compare(failing))
    slugs = [section.slug for section in page.sections]
    assert slugs.index("phantom-absent") < slugs.index("failures") < slugs.index("provenance")
    said, (table,) = failed_section(page)
    assert said[:2] == [
        "10 of the 24 trials that ran failed, in 2 ways.",
        "9 of 10 failures have augment.linear = cutmix; of the 14 other trials, 3 have it.",
    ]
    memory, killed = [[cell.text for cell in row] for row in table.rows]
    assert memory[:3] == ["memory: OutOfMemoryError", "9", "train"]
    assert memory[3] == "9 of 9 failures have augment.linear = cutmix; of the 15 other trials, 3 have it."
    assert killed[3:] == ["–", "evaluate wgan-gp s1: worker 2 was killed by signal 11", "bench retry RUN --failure killed"]
    assert table.rows[0][4].note == "in phantom/wgan/s2, phantom/wgan/s3 and 7 more; one of 9 reasons"


def test_one_kind_of_failure_says_once_what_it_has_in_common(run: Results) -> None:
    said, (table,) = failed_section(document(compare(run)))
    assert said == ["1 of the 20 trials that ran failed."]
    assert [cell.text for cell in table.head] == ["What failed", "Trials", "Stage", "Reason", "Try again"]
    assert table.rows[0][-1].note == "after mending its cause"


def test_where_nothing_failed_nothing_is_said(small: Comparison) -> None:
    assert failed_section(document(small)) == ([], [])
    assert small.failures is None


def test_hostile_failures_are_there_to_be_escaped(hostile: Document) -> None:
    said, (table,) = failed_section(hostile)
    assert said[1].startswith("3 of 3 failures have")
    assert "<img src=x onerror=alert(1)>" in said[1]
    assert "<script>alert(1)</script>" in table.rows[0][0].text
    assert not {"\u202e", "\x00", "\n"} & set("".join([*said, *(cell.text + cell.note for cell in table.rows[0])]))


def tables_of(page: Document) -> dict[str, Table]:
    """Return all tables by their slugs."""
    return {block.slug: block for section in page.sections for block in section.blocks if isinstance(block, Table)}


def many(comparison: Comparison, rows: int, columns: int = 1) -> Comparison:
    """Repeat the rows of a comparison until there are so many, and its data set; the first row is the control."""
    (column,) = comparison.columns
    copies = tuple(
        replace(column.rows[place % len(column.rows)], name=f"row-{place}", label=f"Row {place}", is_control=place == 0, curves={})
        for place in range(rows)
    )
    names = [f"{column.name}{place}" for place in range(columns)]
    return replace(comparison, columns=tuple(replace(column, name=name, label=f"Cells {name}", rows=copies) for name in names))


def test_the_sections_of_a_data_set_stand_in_the_order_of_what_a_reader_asks(comparison: Comparison) -> None:
    slugs = [section.slug.removeprefix("phantom-") for section in document(comparison).sections]
    expected = ["phantom", "scores", "classes", "confusion", "seeds", "benefit", "generators", "calibration", "factors", "published"]
    assert slugs == [*expected, "training", "flags", "absent", "failures", "quoted", "provenance"]


def test_every_table_has_a_name_of_its_own_and_at_most_twelve_columns(make: Callable[..., Results]) -> None:
    results = make(rows=3, folds=2, change=lambda each: replace(each, curves={}))
    metrics = ("accuracy", "macro-f1", "balanced-accuracy", "mcc", "log-loss", "brier", "ece")
    comparison = compare(replace(results, report=replace(results.report, metrics=metrics)))
    page = document(many(comparison, 3, columns=2))
    tables = [block for section in page.sections for block in section.blocks if isinstance(block, Table)]
    assert len({table.slug for table in tables}) == len(tables) > 20
    assert max(len(table.head) for table in tables) <= 12
    assert all(len(row) == len(table.head) for table in tables for row in table.rows)
    (main,) = [table for table in tables if table.slug == "phantom0-table-scores"]
    assert [cell.text for cell in main.head[1:5]] == ["Accuracy", "Macro-F1", "Balanced-accuracy", "MCC"]
    assert "Lower is better: log-loss, brier and ECE." in main.note
    figures = {block.slug: block for section in page.sections for block in section.blocks if isinstance(block, Figure)}
    assert "Lower is better: log-loss, brier and ECE." in figures["phantom0-scores"].caption


def test_cells_of_numbers_hold_what_they_were_before_rounding(comparison: Comparison) -> None:
    table = tables_of(document(comparison))["phantom-table-scores"]
    place = [cell.text for cell in table.head].index("Macro-F1")
    means = [row.scores["macro-f1"].mean for row in comparison.columns[0].rows]
    assert [row[place].order for row in table.rows] == means
    assert [row[place].text for row in table.rows] != [numbers.score(mean) for mean in means]
    assert table.sortable


def test_the_main_table_has_all_of_many_rows_and_the_others_those_that_matter(comparison: Comparison) -> None:
    big = many(comparison, 1000)
    document.cache_clear()
    start = perf_counter()
    page = document(big)
    assert perf_counter() - start < 4
    tables = tables_of(page)
    assert len(tables["phantom0-table-scores"].rows) == 1000
    others = [table for slug, table in tables.items() if slug != "phantom0-table-scores"]
    assert max(len(table.rows) for table in others) <= 80
    shown = tables["phantom0-table-f1-1"]
    assert (len(shown.rows), shown.rows[0][0].note, shown.marked) == (60, "control", {0})
    assert (
        "Of 1,000 rows, these are the control and those that differ most from it; report.json and tables/classes.csv have all."
        in shown.note
    )
    sizes = {row.name: abs(row.difference.mean) for row in big.columns[0].rows if row.difference}
    kept = [cells[0].row for cells in shown.rows[1:]]
    assert min(sizes[name] for name in kept) >= max(size for name, size in sizes.items() if name not in kept)


def test_many_data_sets_share_the_rows_beside_the_main_tables(comparison: Comparison) -> None:
    tables = tables_of(document(many(comparison, 10, columns=20)))
    assert [len(tables[f"phantom{place}-table-{name}"].rows) for place in (0, 19) for name in ("scores", "f1-1")] == [10, 6, 10, 6]


def test_quoted_results_stand_below_the_rows_and_are_never_tested(run: Results) -> None:
    quoted = replace(run.report.published[0], dataset="Phantom blood cells", label="Theirs", source="Table 9")
    page = document(compare(replace(run, report=replace(run.report, published=(*run.report.published, quoted)))))
    table = tables_of(page)["phantom-table-scores"]
    last = table.rows[-1]
    assert (last[0].text, last[0].note, last[0].tone) == ("Theirs", "quoted: Table 9", "quoted")
    assert [cell.text for cell in last[1:] if cell.text != "–"] == ["0.856", "0.868", "quoted"]
    assert last[[cell.text for cell in table.head].index("Verdict")].note == "never tested"
    assert len(table.rows) - 1 not in table.marked
    elsewhere = tables_of(page)["quoted-table-quoted"]
    assert [row[1].text for row in elsewhere.rows] == ["cell-cycle"]


def test_a_card_has_a_sentence_a_row_and_folds_more_than_eight_away(comparison: Comparison) -> None:
    few, all_rows = (document(many(comparison, rows)).cards[0] for rows in (9, 10))
    assert (len(few.statements), few.folded) == (8, "")
    assert (len(all_rows.statements), all_rows.folded) == (9, "Each row: 8 no evidence, 1 refused")
    refused = next(each for each in all_rows.statements if each.word.startswith("refused"))
    assert refused.tone == "refused"
    assert "lower fit.lr" in refused.word
    assert ("trials without result", "1 failed") in all_rows.facts
    assert all_rows.noise.startswith("Chance alone: two seeds of one and the same row differ by ")


@pytest.mark.parametrize(
    ("word", "reason", "said"),
    [
        ("no evidence", "whatever", "no evidence"),
        ("better", "whatever", "better"),
        ("better", "p at most 0.05; given one generator", "better: given one generator"),
        ("contradictory", "the tests disagree", "contradictory: the tests disagree"),
        ("equivalent", "inside the margin", "equivalent: inside the margin"),
        ("refused", "not on the same images", "refused: not on the same images"),
    ],
)
def test_a_verdict_says_its_reason_where_the_numbers_do_not(
    comparison: Comparison, word: evidence.VerdictWord, reason: str, said: str
) -> None:
    row = comparison.columns[0].rows[1]
    assert statement(replace(row, verdict=evidence.Verdict(word=word, reason=reason)), "macro-f1").word == said


def test_flags_that_put_a_result_in_doubt_stand_on_top(comparison: Comparison) -> None:
    (column,) = comparison.columns
    first, *others = column.flags
    page = document(replace(comparison, columns=(replace(column, flags=(replace(first, grave=True), *others)),)))
    shown = [(section.slug, block.flags) for section in page.sections for block in section.blocks if isinstance(block, Flags)]
    assert shown == [("phantom", (replace(first, grave=True),)), ("phantom-flags", tuple(others))]


def test_equal_predictions_are_told_from_a_difference(comparison: Comparison) -> None:
    (column,) = comparison.columns
    row = column.rows[1]
    assert row.as_published is not None
    pairs = tuple(replace(each, same_predictions=True) for each in row.as_published.seeds)
    changed = replace(row, as_published=replace(row.as_published, seeds=pairs))
    tables = tables_of(document(replace(comparison, columns=(replace(column, rows=(column.rows[0], changed)),))))
    assert tables["phantom-table-published"].rows[0][-1].text == "equal predictions: the published test sees confidence alone"
    assert {row[-1].text for row in tables["phantom-table-pairs"].rows} == {"equal: sees confidence alone"}


RANKED = evidence.Across(
    datasets=("Cells", "Grains"),
    rows=(
        evidence.Ranked(row="Ours", is_control=False, rank=1.25, means={"Cells": 0.8, "Grains": 0.7}, difference=0.05),
        evidence.Ranked(row="Plain", is_control=True, rank=1.75, means={"Cells": 0.7, "Grains": 0.7}),
    ),
    left_out=("Theirs",),
    refused="",
    friedman=3.24,
    friedman_p=0.0312,
    iman_davenport=4.01,
    iman_davenport_p=0.0271,
    critical_difference=0.812,
    groups=(("Ours", "Plain"),),
)


def test_what_all_data_sets_say_is_the_first_card_where_they_can_say_anything_and_else_the_last(comparison: Comparison) -> None:
    test = evidence.Tested(name="signed-rank", p=0.0078, statistic=0.0, method="exact", n=8, unit="data set", smallest_p=0.0078)
    better = Ranked(
        row="Ours", is_control=False, rank=1.0, difference=0.05, test=test, holm=0.0078, verdict=Verdict(word="better", reason="")
    )
    plain = Ranked(row="Plain", is_control=True, rank=2.0)
    able = Across(datasets=tuple(f"d{place}" for place in range(8)), rows=(better, plain), left_out=(), refused="")
    first, *others = document(replace(comparison, across=able)).cards
    assert (first.title, first.headline, first.settled, len(others)) == ("Across data sets", "1 better", True, 1)
    assert first.observed == "Best mean rank: Ours, 1.00 of 2."
    assert [each.text for each in first.statements] == [
        "Ours: macro-F1 0.050 higher, mean rank 1.00, signed-rank p = 0.00780 (Holm 0.00780)"
    ]
    last = document(replace(comparison, across=replace(able, refused="Two data sets allow no claim."))).cards[-1]
    assert (last.headline, last.claim, last.settled) == ("No claim across data sets", "Two data sets allow no claim.", False)


def test_rows_are_ranked_over_data_sets(comparison: Comparison) -> None:
    (section,) = across_section(replace(comparison, across=RANKED))
    said, *_, ranks, means = section.blocks
    assert isinstance(said, Text)
    assert said.text == (
        "2 data sets; the data set is the unit. Friedman's test of all rows: chi-squared = 3.240, p = 0.0312. Iman and Davenport: "
        "F = 4.010, p = 0.0271. Bonferroni and Dunn's test tells mean ranks from the control's where they are 0.812 apart; "
        "the p-values of the rows are of the signed-rank test. "
        "Neighbours in rank that cannot be told apart: Ours and Plain."
    )
    assert isinstance(ranks, Table)
    assert isinstance(means, Table)
    assert [[cell.text for cell in row] for row in ranks.rows] == [
        ["Ours", "1.25", "0.050 higher than control"],
        ["Plain", "1.75", "control"],
    ]
    assert ranks.note == "Without a result on some data set, and so left out: Theirs."
    assert [[cell.text for cell in row[1:]] for row in means.rows] == [["0.800", "0.700"], ["0.700", "0.700"]]


def test_too_few_data_sets_are_not_tested_but_shown(comparison: Comparison) -> None:
    (section,) = across_section(replace(comparison, across=replace(RANKED, refused="Two allow no claim.")))
    assert section.blocks[0] == Text(text="Two allow no claim.")
    assert across_section(replace(comparison, across=None)) == []


def test_a_column_that_tells_nothing_is_left_out() -> None:
    heads = (Cell(text="Row"), Cell(text="Empty"), Cell(text="Noted"), Cell(text="Told"))
    rows = [(Cell(text="a"), Cell(text="–"), Cell(text="–", note="no trial done"), Cell(text="1"))] * 2
    kept, cells = telling(heads, rows)
    assert [cell.text for cell in kept] == ["Row", "Noted", "Told"]
    assert [len(row) for row in cells] == [3, 3]


def test_commands_that_reproduce_stand_with_the_provenance(run: Results) -> None:
    page = document(compare(replace(run, provenance={**run.provenance, "run folder": "runs/phantom"})))
    table = tables_of(page)["provenance-table-reproduce-1"]
    assert [cell.text for cell in table.rows[0]] == ["WGAN-div + mixup + nonlinear mixup", "bench reproduce runs/phantom phantom/ours/s0"]


def test_a_data_set_without_any_trial_keeps_the_headings_of_its_tables(make: Callable[..., Results]) -> None:
    made = make(rows=2)
    page = document(compare(replace(made, columns=(*made.columns, replace(made.columns[0], name="other", label="Other")))))
    tables = [block for section in page.sections for block in section.blocks if isinstance(block, Table)]
    (scores,) = [table for table in tables if table.caption == "Scores on the test images of Other"]
    assert (len(scores.head) > 3, scores.rows) == (True, ())


def test_a_figure_of_differences_says_where_lower_is_better(comparison: Comparison) -> None:
    column = comparison.columns[0]
    said = [forest(replace(comparison, higher_is_better={"macro-f1": higher}), column, "c") for higher in (True, False)]
    assert [": lower is better." in figure.caption for figure in said if figure] == [False, True]


def test_how_a_data_set_was_divided_stands_below_its_source(comparison: Comparison) -> None:
    (column,) = comparison.columns
    table = tables_of(document(replace(comparison, columns=(replace(column, notes=("no splits are given: divided", "two channels.")),))))
    assert table["provenance-table-data"].note == "Phantom blood cells: no splits are given: divided. Phantom blood cells: two channels."
    assert not tables_of(document(replace(comparison, columns=(replace(column, notes=()),))))["provenance-table-data"].note
