"""The published protocol: what it says, and that it says it with a direction."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import f1_score

from augbench.comparison import compare
from augbench.values.comparing import RowComparison
from augbench.values.results import Predictions, Results, TrialResult

Make = Callable[..., TrialResult]
MakeResults = Callable[..., Results]


def two_rows(make_trial: Make, make_results: MakeResults, first: Predictions, second: Predictions, alpha: float = 0.05) -> RowComparison:
    trials = [make_trial("control", 0, 0, test=second), make_trial("row", 0, 0, test=first)]
    return compare(make_results(trials, alpha)).columns[0].rows[1]


def binary(true_class: list[float], labels: np.ndarray) -> Predictions:
    p = np.array(true_class)
    probabilities = np.where(labels[:, None] == np.arange(2), p[:, None], 1 - p[:, None])
    return Predictions(ids=tuple(map(str, range(len(p)))), labels=labels, probabilities=probabilities)


@pytest.fixture
def direction_vector() -> tuple[Predictions, Predictions]:
    """A is perfect, B never finds the rare class; B is a little surer of the common one."""
    labels = np.repeat([0, 1], [200, 6])
    a = [0.60 + 0.0015 * i for i in range(200)] + [0.55 + 0.01 * i for i in range(6)]
    b = [0.62 + 0.0015 * i for i in range(200)] + [0.20 + 0.01 * i for i in range(6)]
    return binary(a, labels), binary(b, labels)


def test_the_published_test_can_point_against_the_better_model_and_says_so(
    make_trial: Make, make_results: MakeResults, direction_vector: tuple[Predictions, Predictions]
) -> None:
    a, b = direction_vector
    row = two_rows(make_trial, make_results, a, b)
    assert row.scores["macro-f1"].mean == pytest.approx(1.0)
    assert row.difference.mean == pytest.approx(1 - 0.492611, abs=1e-6)
    (tested,) = row.as_published.seeds
    assert (tested.z, tested.p) == pytest.approx((-2.1439556131791404, 0.03203644347654315))
    pairs = np.subtract.outer(a.probabilities[np.arange(206), a.labels], b.probabilities[np.arange(206), b.labels])
    assert tested.a12 == pytest.approx(((pairs > 0) + (pairs == 0) / 2).mean())
    assert tested.a12 == pytest.approx(0.4389433, abs=1e-7)
    assert tested.direction == "lower"
    assert row.as_published.contradictions == 1


def test_the_contradiction_is_flagged(
    make_trial: Make, make_results: MakeResults, direction_vector: tuple[Predictions, Predictions]
) -> None:
    a, b = direction_vector
    comparison = compare(make_results([make_trial("control", 0, 0, test=b), make_trial("row", 0, 0, test=a)]))
    assert "CONTRADICTORY" in {flag.code for flag in comparison.columns[0].flags}


def test_swapping_the_rows_turns_the_words(
    make_trial: Make, make_results: MakeResults, direction_vector: tuple[Predictions, Predictions]
) -> None:
    a, b = direction_vector
    row, other = two_rows(make_trial, make_results, a, b), two_rows(make_trial, make_results, b, a)
    assert (row.difference.direction, other.difference.direction) == ("higher", "lower")
    assert (row.as_published.seeds[0].direction, other.as_published.seeds[0].direction) == ("lower", "higher")
    assert row.as_published.median_p == pytest.approx(other.as_published.median_p)
    assert row.as_published.a12 == pytest.approx(1 - other.as_published.a12)


def test_temperature_alone_moves_the_published_p_and_no_metric(make_trial: Make, make_results: MakeResults) -> None:
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 2, 3000)
    logits = rng.normal(0, 1, (3000, 2)) + 3 * np.eye(2)[labels]

    def at(temperature: float) -> Predictions:
        powers = np.exp(logits / temperature)
        return Predictions(ids=tuple(map(str, range(3000))), labels=labels, probabilities=powers / powers.sum(axis=1, keepdims=True))

    row = two_rows(make_trial, make_results, at(0.8), at(1.0))
    assert row.difference.mean == 0
    assert row.difference.direction == "equal"
    assert row.as_published.median_p < 1e-3
    assert row.as_published.contradictions == 0


def test_several_seeds_are_summed_up_by_median_and_range(make_trial: Make, make_results: MakeResults) -> None:
    trials = [make_trial("control", seed, 4) for seed in range(3)] + [
        make_trial("row", seed, wrong) for seed, wrong in enumerate((1, 4, 9))
    ]
    found = compare(make_results(trials)).columns[0].rows[1].as_published
    p_values = sorted(each.p for each in found.seeds)
    assert (found.smallest, found.median_p, found.largest) == tuple(p_values)
    assert [each.direction for each in found.seeds] == ["higher", "equal", "lower"]
    assert found.a12 == pytest.approx(np.mean([each.a12 for each in found.seeds]))


def test_with_folds_each_row_sends_its_best_fold_by_validation(make_trial: Make, make_results: MakeResults) -> None:
    trials = [
        make_trial("control", 0, 2, fold=0, validation=1),
        make_trial("control", 0, 5, fold=1, validation=7),
        make_trial("row", 0, 1, fold=0, validation=6),
        make_trial("row", 0, 8, fold=1, validation=3),
    ]
    row = compare(make_results(trials)).columns[0].rows[1]
    (tested,) = row.as_published.seeds
    assert (tested.fold, tested.control_fold) == (1, 0)

    def macro(wrong: int) -> float:
        labels = np.repeat([0, 1], [20, 12])
        return float(f1_score(labels, np.where(np.arange(32) < 20 + wrong, 0, 1), average="macro"))

    assert tested.difference == pytest.approx(macro(8) - macro(2))
    assert row.scores["macro-f1"].best_fold == pytest.approx(macro(8))
    assert row.scores["macro-f1"].mean == pytest.approx((macro(1) + macro(8)) / 2)
    assert row.scores["macro-f1"].sd is None


def test_without_validation_scores_no_fold_is_called_best(make_trial: Make, make_results: MakeResults) -> None:
    trials = [make_trial(row, 0, 1, fold=fold) for row in ("control", "row") for fold in (0, 1)]
    row = compare(make_results(trials)).columns[0].rows[1]
    assert row.as_published is None
    assert row.scores["macro-f1"].best_fold is None
    assert row.scores["macro-f1"].mean is not None


def test_another_protocol_prints_no_block(make_trial: Make, make_results: MakeResults) -> None:
    made = make_results([make_trial("control", 0, 1), make_trial("row", 0, 2)])
    comparison = compare(replace(made, report=replace(made.report, protocol="none")))
    assert comparison.columns[0].rows[1].as_published is None
