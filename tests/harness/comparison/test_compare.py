"""What is compared, refused and flagged."""

from collections.abc import Callable
from dataclasses import replace
from random import Random
from statistics import fmean

import numpy as np
import pytest

from augbench.comparison import compare, design, effects, tests
from augbench.comparison.judging import Rules, verdict
from augbench.quality.findings import counted
from augbench.values.comparing import ColumnComparison, RowComparison
from augbench.values.errors import UnknownComponent
from augbench.values.evidence import Difference, Interval
from augbench.values.results import AnalysisNote, Predictions, Results, TrialResult
from augbench.values.settings import Row
from augbench_plugins.metrics.counts import MacroF1
from augbench_plugins.metrics.probabilities import LogLoss

Make = Callable[..., TrialResult]
MakeResults = Callable[..., Results]


def only(results: Results) -> ColumnComparison:
    (column,) = compare(results).columns
    return column


def row_of(column: ColumnComparison, name: str) -> RowComparison:
    return next(row for row in column.rows if row.name == name)


def codes(column: ColumnComparison) -> set[str]:
    return {flag.code for flag in column.flags}


def paired(make_trial: Make, seeds: int, row: list[int], control: int = 5) -> list[TrialResult]:
    return [make_trial("control", seed, control) for seed in range(seeds)] + [make_trial("row", seed, row[seed]) for seed in range(seeds)]


def test_six_seeds_in_one_direction_are_better_at_five_percent(make_trial: Make, make_results: MakeResults) -> None:
    column = only(make_results(paired(make_trial, 6, [1, 2, 3, 1, 2, 3])))
    row = row_of(column, "row")
    assert (row.verdict.word, row.difference.test.name) == ("better", "sign-flip")
    assert row.difference.test.p == row.difference.holm == 0.03125
    assert column.claim.headline == "1 better"
    assert column.claim.seeds_needed == 6


def test_turning_the_signs_turns_the_verdict(make_trial: Make, make_results: MakeResults) -> None:
    row = row_of(only(make_results(paired(make_trial, 6, [7, 8, 9, 7, 8, 9]))), "row")
    assert (row.verdict.word, row.difference.direction) == ("worse", "lower")
    assert row.difference.mean < 0


def test_five_seeds_cannot_claim_anything_at_five_percent(make_trial: Make, make_results: MakeResults) -> None:
    column = only(make_results(paired(make_trial, 5, [0, 0, 0, 0, 0])))
    assert row_of(column, "row").verdict.word == "no evidence"
    assert column.claim.headline == "Too few seeds to tell rows apart"
    assert "The smallest two-sided p that 5 seeds can give is 0.0625; with 1 comparison the limit is 0.05, which takes 6 paired seeds." in (
        column.claim.sentence
    )
    assert "FEW_SEEDS" in codes(column)


def test_two_seeds_allow_no_significance_claim_at_any_alpha(make_trial: Make, make_results: MakeResults) -> None:
    column = only(make_results(paired(make_trial, 2, [0, 0]), alpha=0.9))
    assert row_of(column, "row").verdict.word == "no evidence"
    assert "no significance claim is possible" in column.claim.sentence


def test_a_test_that_cannot_judge_is_not_taken_for_too_few_seeds(make_trial: Make, make_results: MakeResults) -> None:
    made = make_results(paired(make_trial, 6, [1] * 6))
    row = row_of(only(replace(made, report=replace(made.report, test="paired-t"))), "row")
    assert (row.difference.test, row.verdict.word) == (None, "no evidence")
    assert row.verdict.reason == "the paired-t test cannot judge these differences"


def test_of_a_test_that_can_give_any_p_no_limit_is_told(make_trial: Make, make_results: MakeResults) -> None:
    made = make_results(paired(make_trial, 2, [1, 2]))
    claim = only(replace(made, report=replace(made.report, test="paired-t"))).claim
    assert (claim.sentence, claim.smallest_p) == ("2 paired seeds: no significance claim is possible; that takes 3 paired seeds.", 0)


def test_where_no_row_differs_the_headline_says_so(make_trial: Make, make_results: MakeResults) -> None:
    claim = only(make_results(paired(make_trial, 6, [5, 5, 5, 5, 5, 5]))).claim
    assert claim.headline == "No evidence of a difference"
    assert claim.observed.endswith("Around the control: 1 row level with it.")


def test_more_comparisons_need_more_seeds(make_trial: Make, make_results: MakeResults) -> None:
    trials = [make_trial(name, seed, 5 if name == "control" else 1) for name in ("control", "a", "b", "c") for seed in range(6)]
    column = only(make_results(trials))
    assert column.claim.comparisons == 3
    assert column.claim.seeds_needed == 7
    assert {row.verdict.word for row in column.rows if row.verdict} == {"no evidence"}


def judged(values: list[float], **more: object) -> tuple[Difference, Rules]:
    """Make a tested difference over seeds, and rules to judge it by."""
    found = Difference(
        metric="macro-f1",
        seeds=tuple(enumerate(values)),
        mean=fmean(values),
        sd=None,
        direction="higher" if fmean(values) > 0 else "lower",
        test=tests.tested("sign-flip", values, "seed"),
        beside=(tests.tested("signed-rank", values, "seed"),),
        holm=tests.sign_flip(values),
        effects=effects.effects(values, [0.0] * len(values), values),
    )
    rules = Rules(
        primary="macro-f1",
        metric=MacroF1(),
        measure=lambda predictions: 0.0,
        chosen=None,
        name="auto",
        alpha=0.05,
        rope=None,
        level=0.95,
        replicates=10_000,
        design=design.SEEDS,
    )
    return found, replace(rules, **more)


def test_few_large_gains_against_many_small_losses_are_contradictory() -> None:
    found, rules = judged([-0.001 - 0.00001 * place for place in range(30)] + [0.1] * 6)
    assert verdict(found, rules, 1).word == "contradictory"
    assert verdict(*judged([0.1 + 0.001 * place for place in range(36)]), 1).word == "better"


def test_a_small_difference_of_which_every_interval_is_inside_the_margin_is_equivalent() -> None:
    found, rules = judged([0.001, -0.002, 0.003, 0.001, -0.001, 0.002], rope=0.01)
    narrow, wide = (Interval(low=-size, high=size, level=0.95, method="") for size in (0.005, 0.02))
    inside = replace(found, over_seeds=narrow, over_images=narrow, over_both=narrow)
    assert verdict(inside, rules, 1).word == "equivalent"
    assert verdict(inside, rules, 1).reason == "every interval lies inside the declared margin of ±0.01"
    assert verdict(replace(inside, over_both=wide), rules, 1).word == "no evidence"
    assert verdict(inside, replace(rules, rope=None), 1).word == "no evidence"


def test_a_margin_that_few_images_fill_shows_no_equivalence(make_trial: Make, make_results: MakeResults) -> None:
    made = make_results(paired(make_trial, 3, [2, 2, 2], control=2))
    narrow, wide = (only(replace(made, report=replace(made.report, rope=rope))) for rope in (0.01, 0.5))
    assert row_of(narrow, "row").difference.over_both.within(0.01)
    assert row_of(narrow, "row").verdict.word == "no evidence"
    (flag,) = [flag for flag in narrow.flags if flag.code == "NARROW_MARGIN"]
    assert flag.sentence == (
        f"5 test images can move macro-F1 by {5 * narrow.resolution:.3f}, which is not below the declared margin of ±0.01: "
        "no row can be shown to be equivalent."
    )
    assert row_of(wide, "row").verdict.word == "equivalent"
    assert "NARROW_MARGIN" not in codes(wide)


def test_what_is_equivalent_is_said_also_where_seeds_are_too_few_for_a_difference(make_trial: Make, make_results: MakeResults) -> None:
    made = make_results(paired(make_trial, 3, [5, 5, 5]))
    column = only(replace(made, report=replace(made.report, rope=0.9)))
    assert row_of(column, "row").verdict.word == "equivalent"
    assert column.claim.headline == "Too few seeds to tell rows apart, but 1 equivalent"


def test_of_a_loss_the_lower_value_is_the_better_one() -> None:
    found, rules = judged([-0.1, -0.2, -0.15, -0.12, -0.11, -0.18], metric=LogLoss())
    assert (verdict(found, rules, 1).word, found.direction) == ("better", "lower")


def test_the_folds_of_a_seed_are_averaged_before_seeds_are_counted(make_trial: Make, make_results: MakeResults) -> None:
    trials = [
        make_trial(name, seed, wrong + fold, fold=fold)
        for name, wrong in (("control", 4), ("row", 2))
        for seed in (0, 1)
        for fold in (0, 1, 2)
    ]
    row = row_of(only(make_results(trials)), "row")
    assert len(row.difference.seeds) == len(row.scores["accuracy"].seeds) == 2
    assert row.scores["accuracy"].mean == pytest.approx(1 - 3 / 32)
    assert row.difference.test.smallest_p == 0.5


def test_a_missing_fold_is_missing_from_both_sides_of_a_difference(make_trial: Make, make_results: MakeResults) -> None:
    trials = [make_trial("control", 0, 4, fold=0), make_trial("control", 0, 0, fold=1), make_trial("row", 0, 4, fold=0)]
    pending = replace(make_trial("row", 0, 0, fold=1), status="pending", test=None)
    row = row_of(only(make_results([*trials, pending])), "row")
    assert row.difference.mean == 0
    assert (row.done, row.expected) == (1, 2)


def test_the_order_of_trials_and_rows_changes_no_number(make_trial: Make, make_results: MakeResults) -> None:
    trials = [make_trial(name, seed, (seed * 3 + len(name)) % 7) for name in ("control", "a", "bb", "ccc") for seed in range(4)]
    first = make_results(trials)
    shuffled = list(trials)
    Random(1).shuffle(shuffled)
    second = replace(first, trials=tuple(shuffled), rows=tuple(reversed(first.rows)))
    one, two = only(first), only(second)
    assert {row.name: row for row in one.rows} == {row.name: row for row in two.rows}


def test_trials_on_other_images_are_not_compared(
    make_trial: Make, make_results: MakeResults, make_predictions: Callable[..., Predictions]
) -> None:
    other = replace(make_predictions(1), ids=tuple(reversed(make_predictions(1).ids)))
    column = only(make_results([make_trial("control", 0, 1), make_trial("row", 0, 1, test=other), make_trial("fine", 0, 2)]))
    row = row_of(column, "row")
    assert row.verdict.word == "refused"
    assert "not tested on the same images" in row.verdict.reason
    assert row.difference is None
    assert row.as_published is None
    assert "UNPAIRED_IDS" in codes(column)
    assert column.claim.comparisons == 1
    assert row_of(column, "fine").difference is not None


def test_a_diverged_generator_makes_a_row_not_fairly_tested(make_trial: Make, make_results: MakeResults) -> None:
    trials = paired(make_trial, 8, [0] * 8)
    reason = "the generator of rare diverged: its loss is not a number by step 7; lower fit.lr"
    trials[-1] = replace(trials[-1], status="failed", test=None, reason=reason, failure="Diverged")
    row = row_of(only(make_results(trials)), "row")
    assert row.unfair == f"not fairly tested: in data/row/s7, {reason}"
    assert row.verdict.word == "refused"
    assert (row.difference.test, row.difference.holm) == (None, None)


def test_a_diverged_control_is_compared_with_no_row(make_trial: Make, make_results: MakeResults) -> None:
    trials = paired(make_trial, 8, [0] * 8)
    place = next(place for place, each in enumerate(trials) if each.trial == "data/control/s7")
    trials[place] = replace(trials[place], status="failed", test=None, reason="its loss is not a number", failure="Diverged")
    column = only(make_results(trials))
    row = row_of(column, "row")
    assert (row.verdict.word, row.unfair) == ("refused", "")
    assert row.verdict.reason == "the control is not fairly tested: in data/control/s7, its loss is not a number"
    assert (row.difference.test, row.difference.holm) == (None, None)
    assert column.claim.headline == "Nothing to compare"
    assert column.claim.sentence == "7 paired seeds of 8 planned, but nothing to test: every comparison is refused."
    assert "FEW_SEEDS" not in codes(column)


def test_a_row_of_which_no_trial_was_planned_is_no_part_of_the_run(make_trial: Make, make_results: MakeResults) -> None:
    made = make_results([make_trial("control", 0, 1), make_trial("row", 0, 2)])
    comparison = compare(replace(made, rows=(*made.rows, Row(name="left-out", label="Left out"))))
    assert [row.name for row in comparison.columns[0].rows] == ["control", "row"]
    assert comparison.summary.startswith("2 rows on 1 data set")
    without = compare(replace(made, trials=made.trials[1:]))
    (flag,) = without.flags
    assert flag.sentence == "The control, Row control, is not a row of this run: no difference can be measured."


def test_every_trial_without_result_has_its_reason(make_trial: Make, make_results: MakeResults) -> None:
    trials = [
        make_trial("control", 0, 1),
        replace(make_trial("a", 0, 0), status="failed", test=None, reason="no space left"),
        replace(make_trial("b", 0, 0), status="skipped", test=None, reason="one channel is too few"),
        replace(make_trial("c", 0, 0), status="pending", test=None),
        make_trial("d", 0, 0, test=None),
    ]
    column = only(make_results(trials))
    assert [(each.status, each.reason) for each in column.absent] == [
        ("failed", "no space left"),
        ("skipped", "one channel is too few"),
        ("pending", "it has not run yet"),
        ("failed", "its test predictions are not stored; run it again"),
    ]
    assert [row.verdict.word for row in column.rows[1:]] == ["refused"] * 4
    assert row_of(column, "a").verdict.reason == "no trial is done: no space left"
    assert column.claim.comparisons == 1  # of the four only the pending one can still be measured
    assert "MISSING_CELLS" in codes(column)


def test_probabilities_that_are_no_numbers_are_no_result(
    make_trial: Make, make_results: MakeResults, make_predictions: Callable[..., Predictions]
) -> None:
    whole = make_predictions(0)
    numbers = whole.probabilities.copy()
    numbers[3] = np.nan
    broken = replace(whole, probabilities=numbers)
    column = only(make_results([make_trial("control", 0, 1), make_trial("row", 0, 0, test=broken)]))
    assert column.absent[0].reason == "its stored predictions hold values that are no numbers"
    assert row_of(column, "row").scores["accuracy"].mean is None


def test_a_half_done_run_is_told_not_to_be_stopped_by_a_verdict(make_trial: Make, make_results: MakeResults) -> None:
    trials = paired(make_trial, 7, [1, 2, 3, 1, 2, 3, 1])
    early = "1 trial of 14 without result (1 {}); means are over the others.{}"
    for status, said in (("pending", " Who stops here because of a verdict errs more often than alpha says."), ("failed", "")):
        column = only(make_results([*trials[:-1], replace(trials[-1], status=status, test=None, reason="lost")]))
        assert row_of(column, "row").verdict.word == "better"
        assert early.format(status, said) in {flag.sentence for flag in column.flags}


def test_labels_of_no_class_are_no_result(
    make_trial: Make, make_results: MakeResults, make_predictions: Callable[..., Predictions]
) -> None:
    broken = make_predictions(0)
    broken = replace(broken, labels=np.where(broken.labels == 1, 5, 0))
    column = only(make_results([make_trial("control", 0, 1), make_trial("row", 0, 0, test=broken)]))
    assert column.absent[0].reason == "its stored labels do not fit 2 classes; run it again"


def test_an_empty_run_says_so(make_trial: Make, make_results: MakeResults) -> None:
    trials = [replace(each, status="pending", test=None) for each in paired(make_trial, 2, [0, 0])]
    comparison = compare(make_results(trials))
    assert [flag.code for flag in comparison.flags] == ["EMPTY"]
    claim = comparison.columns[0].claim
    assert claim.sentence == "Nothing can be compared: no trial of the control, Row control, is done."
    assert claim.observed == "No trial is done."


def test_a_control_that_is_no_row_refuses_every_comparison(make_trial: Make, make_results: MakeResults) -> None:
    comparison = compare(make_results([make_trial("a", 0, 0), make_trial("b", 0, 1)], control="gone"))
    assert [flag.code for flag in comparison.flags] == ["NO_CONTROL"]
    assert {row.verdict.word for row in comparison.columns[0].rows} == {"refused"}


def test_the_best_row_is_told_with_what_speaks_against_it(make_trial: Make, make_results: MakeResults) -> None:
    trials = [make_trial("control", seed, 5) for seed in range(4)] + [make_trial("row", 0, 0)]
    late = replace(make_trial("row", 1, 0), status="pending", test=None)
    failed = replace(late, status="failed", failure="Diverged", reason="its loss is not a number")
    said = [only(make_results([*trials, each])).claim.observed.split(". ")[0] for each in (late, failed)]
    assert said[0].startswith("Highest mean macro-F1: Row row, 1.000, ")
    assert said[0].endswith(" higher than control, from 1 of 4 seeds")
    assert said[1].endswith(", from 1 of 4 seeds, not fairly tested")


def test_a_data_set_without_any_trial_says_so(make_trial: Make, make_results: MakeResults) -> None:
    made = make_results([make_trial("control", 0, 0)])
    _, empty = compare(replace(made, columns=(made.columns[0], replace(made.columns[0], name="other")))).columns
    assert (empty.rows, empty.claim.sentence) == ((), "No trial on this data set is part of the run.")


def test_a_control_alone_has_nothing_to_compare(make_trial: Make, make_results: MakeResults) -> None:
    column = only(make_results([make_trial("control", 0, 0)]))
    assert column.claim.sentence == "There is no row beside the control: nothing to compare."
    assert column.rows[0].verdict is None


def test_rows_and_seeds_that_share_a_generator_are_flagged(make_trial: Make, make_results: MakeResults) -> None:
    keys = {("control", 0): "k0", ("control", 1): "k1", ("row", 0): "k0", ("row", 1): "k1", ("again", 0): "k2", ("again", 1): "k2"}
    column = only(make_results([make_trial(name, seed, 1, generators={"rare": key}) for (name, seed), key in keys.items()]))
    sentences = [flag.sentence for flag in column.flags if flag.code == "SHARED_GENERATOR"]
    assert sentences == [
        "The seeds of these rows share one fitted generator, so they are not independent repeats: Row again.",
        "These rows use the same fitted generators: Row control and Row row. What they have in common is measured once, not 2 times.",
    ]


def test_a_claim_over_seeds_that_share_a_generator_is_about_that_generator(make_trial: Make, make_results: MakeResults) -> None:
    trials = [
        replace(each, generators={"rare": "one"}) if each.row == "row" else each for each in paired(make_trial, 6, [1, 2, 3, 1, 2, 3])
    ]
    verdict = row_of(only(make_results(trials)), "row").verdict
    assert verdict.word == "better"
    assert verdict.reason.endswith("; given the one fitted generator that its seeds share")


def test_a_generator_that_saw_the_validation_folds_is_flagged(make_trial: Make, make_results: MakeResults) -> None:
    folded = make_results([make_trial("control", 0, 1, fold=0), make_trial("control", 0, 1, fold=1)], scopes={"control": "train"})
    assert "GENERATOR_SCOPE" in codes(only(folded))
    plain = make_results([make_trial("control", 0, 1)], scopes={"control": "train"})
    assert "GENERATOR_SCOPE" not in codes(only(plain))


def test_unequal_budgets_are_flagged(make_trial: Make, make_results: MakeResults) -> None:
    column = only(make_results([make_trial("control", 0, 1), make_trial("row", 0, 1, steps=250, images=3200)]))
    (flag,) = [flag for flag in column.flags if flag.code == "UNEQUAL_BUDGET"]
    assert flag.sentence == "Classifiers were not trained equally long: steps from 100 (Row control) to 250 (Row row)."


def test_best_of_k_is_flagged(make_trial: Make, make_results: MakeResults) -> None:
    trials = [make_trial("control", 0, 1, fold=fold, validation=fold) for fold in (0, 1)]
    assert "BEST_OF_K" in codes(only(make_results(trials)))


def test_a_class_with_few_test_images_is_flagged(make_trial: Make, make_results: MakeResults) -> None:
    made = make_results([make_trial("control", 0, 1)])
    assert "RARE_CLASS" not in codes(only(made))
    few = replace(made.trials[0], test=Predictions(ids=("a", "b"), labels=np.array([0, 1]), probabilities=np.eye(2)))
    (flag,) = [flag for flag in only(replace(made, trials=(few,))).flags if flag.code == "RARE_CLASS"]
    assert "common (1) and rare (1)" in flag.sentence


def test_curves_are_averaged_over_a_rows_trials(make_trial: Make, make_results: MakeResults) -> None:
    trials = [
        make_trial("control", 0, 1, curves={"training loss": ((10, 2.0), (20, 1.0))}),
        make_trial("control", 1, 1, curves={"training loss": ((10, 4.0), (20, 3.0), (30, 1.0))}),
    ]
    assert only(make_results(trials)).rows[0].curves == {"training loss": ((10, 3.0), (20, 2.0))}


def test_a_metric_that_does_not_exist_is_an_error(make_trial: Make, make_results: MakeResults) -> None:
    made = make_results([make_trial("control", 0, 1)])
    with pytest.raises(UnknownComponent, match="no metric called 'macro-f2'; did you mean 'macro-f1'"):
        compare(replace(made, report=replace(made.report, primary="macro-f2")))


def test_an_analysis_that_was_changed_when_results_could_be_seen_is_told_on(make_trial: Make, make_results: MakeResults) -> None:
    declared = AnalysisNote(when="2026-01-02 03:04", digest="a", what="", done=1, of=20)
    changed = replace(declared, digest="b", what="control plain -> ours", done=12)
    (flag,) = compare(make_results(paired(make_trial, 2, [0, 0]), analysis=(declared, changed))).flags
    assert flag.code == "ANALYSIS_CHANGED"
    assert flag.grave
    assert flag.sentence == "The analysis was changed after 12 of 20 trials were done (2026-01-02 03:04): control plain -> ours."


def test_what_leaks_from_learning_into_the_test_is_told_first(make_trial: Make, make_results: MakeResults) -> None:
    made = make_results([make_trial("control", 0, 1), make_trial("row", 0, 2)])
    found = counted({"groups": 2, "duplicates": 1, "near-duplicates": 3, "conflicts": 0})
    column = only(replace(made, columns=(replace(made.columns[0], audit=found),)))
    assert [flag.sentence for flag in column.flags[:3]] == [
        "2 groups are in the training or validation images and in the test images: those are no new ones.",
        "1 test image is equal pixel by pixel to a training or validation image: scores flatter what has seen them.",
        "3 test images are all but equal to a training or validation image: scores flatter what has seen them.",
    ]
    assert [flag.code for flag in column.flags[:3]] == ["LEAKED_GROUPS", "DUPLICATES", "NEAR_DUPLICATES"]


@pytest.mark.parametrize(("rare", "grave"), [(3, True), (7, False)])
def test_a_class_of_hardly_any_test_images_is_grave(make_trial: Make, make_results: MakeResults, rare: int, grave: bool) -> None:
    labels = np.repeat([0, 1], [20, rare])
    test = Predictions(ids=tuple(map(str, range(20 + rare))), labels=labels, probabilities=np.eye(2)[labels])
    (flag,) = [flag for flag in only(make_results([make_trial("control", 0, 1, test=test)])).flags if flag.code == "RARE_CLASS"]
    assert flag.grave == grave


def test_probabilities_of_exactly_one_are_told_where_there_are_many(
    make_trial: Make, make_results: MakeResults, make_predictions: Callable[..., Predictions]
) -> None:
    trials = [make_trial("control", 0, 1), make_trial("row", 0, 0, test=make_predictions(1, confidence=1.0))]
    assert "SATURATED" in codes(only(make_results(trials)))


def test_a_difference_of_less_than_one_image_is_told(make_trial: Make, make_results: MakeResults) -> None:
    column = only(
        make_results([make_trial("control", seed, 1) for seed in range(3)] + [make_trial("row", seed, seed) for seed in (0, 1, 2)])
    )
    assert "BELOW_RESOLUTION" in codes(column)
    assert abs(row_of(column, "row").difference.mean) < column.resolution
