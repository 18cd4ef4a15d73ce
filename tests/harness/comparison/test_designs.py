"""What was repeated decides what is tested."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import t

from augbench.comparison import compare, design, tests
from augbench.comparison.scoring import scored
from augbench.values.comparing import ColumnComparison
from augbench.values.results import Predictions, Results, TrialResult

Make = Callable[..., TrialResult]
MakeResults = Callable[..., Results]
ROWS = ("control", "row")


def only(results: Results) -> ColumnComparison:
    (column,) = compare(results).columns
    return column


def folded(make_trial: Make, right: dict[str, list[float]], size: int = 40) -> list[TrialResult]:
    """Make folds that are test sets of their own: by row, the share of rare images that each fold has right."""
    trials = []
    for name, shares in right.items():
        for fold, share in enumerate(shares):
            labels = np.repeat([0, 1], [size // 2, size // 2])
            chosen = np.where(np.arange(size) < size // 2 + share * size / 2, labels, 0)
            test = Predictions(
                ids=tuple(f"f{fold}-{place}" for place in range(size)), labels=labels, probabilities=np.eye(2)[chosen].astype(float)
            )
            trials.append(make_trial(name, 0, 0, fold=fold, test=test))
    return trials


def test_one_seed_is_tested_over_its_images_and_tells_about_these_models_alone(make_trial: Make, make_results: MakeResults) -> None:
    column = only(make_results([make_trial("control", 0, 12), make_trial("row", 0, 0)]))
    found, verdict = column.rows[1].difference, column.rows[1].verdict
    assert (column.design.word, found.test.name, found.test.unit, found.test.n) == ("one run", "permutation", "image", 32)
    assert verdict.word == "better"
    assert verdict.reason.endswith("about these trained models, on images like these alone")
    assert column.claim.headline == "One trained model a row: 1 better, nothing about methods"
    assert "not about the methods" in column.claim.sentence
    (flag,) = [flag for flag in column.flags if flag.code == "SINGLE_RUN"]
    assert flag.grave


def test_equal_predictions_differ_by_nothing_whatever_their_confidence(
    make_trial: Make, make_results: MakeResults, make_predictions: Callable[..., Predictions]
) -> None:
    trials = [make_trial("control", 0, 3), make_trial("row", 0, 0, test=make_predictions(3, confidence=0.6))]
    column = only(make_results(trials))
    row = column.rows[1]
    assert (row.difference.mean, row.difference.test.p, row.verdict.word) == (0, 1, "no evidence")
    assert row.as_published.seeds[0].same_predictions
    assert "CALIBRATION_ONLY" in {flag.code for flag in column.flags}


def test_seeds_that_are_still_to_come_are_not_replaced_by_images(make_trial: Make, make_results: MakeResults) -> None:
    made = make_results([make_trial("control", 0, 12), make_trial("row", 0, 0)])
    column = only(replace(made, seeds=(0, 1, 2)))
    assert (column.design.word, column.rows[1].difference.test) == ("seeds", None)
    assert column.rows[1].verdict.word == "no evidence"


def test_folds_that_share_their_test_images_are_averaged(make_trial: Make, make_results: MakeResults) -> None:
    trials = [make_trial(name, seed, 4, fold=fold) for name in ROWS for seed in (0, 1) for fold in (0, 1)]
    assert only(make_results(trials)).design.word == "seeds"


def test_folds_of_their_own_are_tested_by_the_corrected_t(make_trial: Make, make_results: MakeResults) -> None:
    trials = folded(make_trial, {"control": [0.5, 0.6, 0.4, 0.5, 0.55], "row": [0.7, 0.75, 0.65, 0.8, 0.6]})
    column = only(make_results(trials))
    found = column.rows[1].difference
    assert column.design.word == "folds"
    assert (found.test.name, found.test.unit, found.test.n) == ("corrected t", "fold", 5)
    groups = [[scored(trial) for trial in trials if trial.row == name] for name in ROWS]
    assert design.test_to_train(5) == 0.25
    macro = [[row.test.confusion for row in group] for group in groups]
    f1 = [[np.mean(2 * m.diagonal() / (m.sum(0) + m.sum(1))) for m in group] for group in macro]
    _, p = tests.nadeau_bengio(np.subtract(f1[1], f1[0]), 0.25)
    assert found.test.p == pytest.approx(p)
    half = found.mean - found.over_seeds.low
    # The corrected interval is sqrt((1 / 5 + 1 / 4) / (1 / 5)) = 1.5 times as wide as Student's.
    assert half == pytest.approx(1.5 * t.isf(0.025, 4) * np.std(np.subtract(f1[1], f1[0]), ddof=1) / 5**0.5)
    assert found.widest is found.over_seeds
    codes = {flag.code for flag in column.flags}
    assert "FOLDS_NOT_INDEPENDENT" in codes
    assert "SINGLE_RUN" not in codes


def test_folds_of_their_own_carry_a_claim_with_one_seed(make_trial: Make, make_results: MakeResults) -> None:
    trials = folded(make_trial, {"control": [0.5, 0.6, 0.4, 0.5, 0.55], "row": [0.9, 0.95, 0.85, 0.9, 0.92]})
    column = only(make_results(trials))
    assert (column.claim.headline, column.claim.settled) == ("1 better", True)
    assert column.claim.sentence == "5 paired folds of 1 seed, 1 comparison at alpha = 0.05 (corrected t test, Holm): 1 better."


def test_folds_that_are_not_done_yet_change_neither_the_design_nor_its_correction(make_trial: Make, make_results: MakeResults) -> None:
    trials = folded(make_trial, {"control": [0.5, 0.6, 0.4, 0.5, 0.55], "row": [0.9, 0.95, 0.85, 0.9, 0.92], "new": [0.9] * 5})
    late = [replace(each, status="pending", test=None) if each.row == "new" and each.fold else each for each in trials]
    whole, part = only(make_results(trials)), only(make_results(late))
    assert part.design.word == "folds"
    assert part.rows[1].difference.test == whole.rows[1].difference.test
    assert (part.rows[2].difference.test, part.rows[2].verdict.word) == (None, "no evidence")
    assert part.rows[2].verdict.reason == "the corrected t test cannot judge these differences"


def test_a_generator_that_saw_other_folds_test_images_takes_their_independence(make_trial: Make, make_results: MakeResults) -> None:
    trials = folded(make_trial, {"control": [0.5, 0.6], "row": [0.7, 0.75]})
    assert design.own_test_sets([scored(trial) for trial in trials[:2]])
    column = only(make_results(trials, scopes={"row": "train"}))
    assert column.design.word == "one run"
    # Images of different folds cannot be swapped together.
    assert (column.rows[1].difference.test, column.rows[1].verdict.word) == (None, "no evidence")


def test_folds_of_their_own_take_metrics_of_counts_and_others(make_trial: Make, make_results: MakeResults) -> None:
    made = make_results(folded(make_trial, {"control": [0.5, 0.6], "row": [0.7, 0.75]}))
    report = replace(made.report, primary="log-loss", metrics=("accuracy", "log-loss"), replicates=1200)
    column = only(replace(made, report=report))
    assert column.resampling.replicates == 1000
    assert all(row.scores[name].interval for row in column.rows for name in report.metrics)


def test_so_many_rows_that_no_permutation_is_rare_enough_are_told(make_trial: Make, make_results: MakeResults) -> None:
    rows = [make_trial("control", 0, 9), *(make_trial(f"r{place}", 0, 0) for place in range(51))]
    column = only(make_results(rows))
    assert (column.claim.headline, column.claim.settled) == ("Too many rows to tell any from the control", False)
    assert column.claim.sentence.endswith(
        "The smallest two-sided p that the permutation test can give is 0.001; with 51 comparisons the limit is 0.05 / 51 = 0.00098."
    )


def test_a_metric_that_counts_are_not_enough_for_is_permuted_too(
    make_trial: Make, make_results: MakeResults, make_predictions: Callable[..., Predictions]
) -> None:
    sure, unsure = make_predictions(1, confidence=0.95), make_predictions(1, confidence=0.6)
    made = make_results([make_trial("control", 0, 0, test=unsure), make_trial("row", 0, 0, test=sure)])
    report = replace(made.report, primary="log-loss", metrics=("log-loss",))
    found = only(replace(made, report=report)).rows[1]
    assert (found.difference.direction, found.verdict.word) == ("lower", "better")
    assert (found.difference.test.p, found.difference.test.method) == (0.001, "999 permutations")
    assert found.difference.over_images.high < 0
    assert found.scores["log-loss"].interval.low < found.scores["log-loss"].mean
    same = only(replace(made, report=report, trials=(made.trials[0], replace(made.trials[1], test=unsure)))).rows[1]
    assert same.difference.test.p == 1
