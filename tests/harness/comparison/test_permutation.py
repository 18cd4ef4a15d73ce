"""Swapping predictions of two models: against all swaps, and laws that hold for any predictions."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import ranksums

from augbench.comparison import permutation
from augbench.comparison.counting import counted
from augbench.comparison.permutation import permutation_test
from augbench.values import formulas


def models(images, folds, classes, seed=0, wrong=0.4):
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, classes, images)
    sides = (np.where(rng.random((folds, images)) < wrong, rng.integers(0, classes, (folds, images)), labels) for _ in range(2))
    return labels, *sides


def score(labels, predicted, classes):
    return formulas.macro_f1(*counted(labels, predicted, classes)).mean()


def by_all_swaps(labels, first, second, classes):
    """Swap every subset of images, in all models of a side at once."""
    sizes = []
    for swapped in product([False, True], repeat=len(labels)):
        sides = np.where(swapped, second, first), np.where(swapped, first, second)
        sizes.append(abs(score(labels, sides[0], classes) - score(labels, sides[1], classes)))
    return np.mean(np.round(sizes, 12) >= round(sizes[0], 12))


@pytest.mark.parametrize(("folds", "classes", "seed"), [(1, 2, 0), (1, 3, 1), (2, 3, 2), (3, 2, 3), (1, 4, 163)])
def test_p_is_the_share_of_all_swaps_that_differ_as_much(folds, classes, seed) -> None:
    labels, first, second = models(9, folds, classes, seed)  # of the last, equal differences differ in a sum's last bit
    tested = permutation_test(labels, first, second, classes, formulas.macro_f1, seed=0)
    assert tested.p == pytest.approx(by_all_swaps(labels, first, second, classes), abs=1e-12)
    assert tested.statistic == pytest.approx(score(labels, first, classes) - score(labels, second, classes), abs=1e-12)
    assert (tested.method, tested.n, tested.unit) == ("exact", 9, "image")
    assert tested.smallest_p <= tested.p


@pytest.mark.parametrize(("images", "folds", "classes"), [(11, 1, 3), (11, 4, 3), (120, 1, 2)])
def test_drawn_swaps_come_near_all_of_them(images, folds, classes, monkeypatch) -> None:
    labels, first, second = models(images, folds, classes, seed=4)
    exact = permutation_test(labels, first, second, classes, formulas.macro_f1, seed=0)
    assert exact.method == "exact"
    monkeypatch.setattr(permutation, "_EXACT_UP_TO", 0)
    drawn = permutation_test(labels, first, second, classes, formulas.macro_f1, seed=0)
    assert drawn.p == pytest.approx(exact.p, abs=4 * np.sqrt(exact.p * (1 - exact.p) / 10_000))
    assert (drawn.method, drawn.smallest_p) == ("10,000 permutations", 1 / 10_001)


def test_no_p_is_below_one_of_all_draws() -> None:
    labels = np.repeat(np.arange(5), 40)
    right, wrong = labels[None], (labels[None] + np.arange(200) % 4 + 1) % 5
    tested = permutation_test(labels, right, wrong, 5, formulas.macro_f1, replicates=99, seed=0)
    assert (tested.p, tested.smallest_p, tested.method) == (0.01, 0.01, "99 permutations")


@given(st.integers(0, 10_000), st.integers(1, 3), st.sampled_from([8, 200]))
@settings(max_examples=25, deadline=None)
def test_swapping_the_sides_turns_the_difference_and_nothing_else(seed, folds, images) -> None:
    labels, first, second = models(images, folds, 4, seed)
    one = permutation_test(labels, first, second, 4, formulas.macro_f1, replicates=200, seed=1)
    other = permutation_test(labels, second, first, 4, formulas.macro_f1, replicates=200, seed=1)
    assert (one.p, one.statistic, one.method) == (other.p, -other.statistic, other.method)


@pytest.mark.parametrize("images", [8, 200])
def test_names_of_classes_do_not_matter(images) -> None:
    labels, first, second = models(images, 2, 4, seed=2)
    names = np.array([2, 0, 3, 1])
    plain = permutation_test(labels, first, second, 4, formulas.macro_f1, replicates=500, seed=1)
    renamed = permutation_test(names[labels], names[first], names[second], 4, formulas.macro_f1, replicates=500, seed=1)
    assert renamed == plain


def test_portions_are_made_until_there_are_enough(monkeypatch) -> None:
    labels, first, second = models(300, 1, 4, seed=5, wrong=0.2)
    whole = permutation_test(labels, first, second, 4, formulas.macro_f1, replicates=2000, seed=1)
    monkeypatch.setattr(permutation, "_NUMBERS", 1)
    portions = permutation_test(labels, first, second, 4, formulas.macro_f1, replicates=2000, seed=1)
    assert portions.method == whole.method
    assert portions.p == pytest.approx(whole.p, abs=0.06)


def test_a_temperature_changes_nothing_though_it_moves_the_published_test() -> None:
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 3, 4000)
    logits = rng.normal(size=(4000, 3)) + 3 * np.eye(3)[labels]
    warm, cold = (np.exp(logits / t) / np.exp(logits / t).sum(axis=1, keepdims=True) for t in (1, 0.8))
    given = [each[np.arange(4000), labels] for each in (warm, cold)]
    assert ranksums(*given).pvalue < 1e-4
    tested = permutation_test(labels, warm.argmax(axis=1)[None], cold.argmax(axis=1)[None], 3, formulas.macro_f1, seed=0)
    assert (tested.statistic, tested.p, tested.smallest_p, tested.method) == (0, 1, 1, "exact")


def test_a_difference_has_the_direction_of_the_metric() -> None:
    labels = np.repeat([0, 1], [200, 6])
    first, second = labels[None], np.zeros((1, 206), np.int64)
    tested = permutation_test(labels, first, second, 2, formulas.macro_f1, seed=0)
    assert tested.statistic == pytest.approx(1 - 0.492611, abs=1e-6)
    assert tested.p == tested.smallest_p == 2 / 2**6


def test_a_metric_without_a_value_is_no_evidence(monkeypatch) -> None:
    labels, first, second = models(9, 1, 2)
    assert permutation_test(labels, first, second, 2, lambda hits, calls, actual: hits[..., 0] * np.nan, seed=0).p == 1
    monkeypatch.setattr(permutation, "_EXACT_UP_TO", 0)
    assert permutation_test(labels, first, second, 2, lambda hits, calls, actual: hits[..., 0] * np.nan, seed=0).p == 1
