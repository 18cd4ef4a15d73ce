"""Tests of two trained models image by image, against numbers computed elsewhere."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from sklearn.metrics import f1_score

from augbench.comparison import per_image
from support.vectors import SATURATED, TIED, V1

scores = st.lists(st.floats(0, 1, width=32), min_size=2, max_size=30)


def right(only_first: int, only_second: int, both: int = 3, neither: int = 2) -> tuple[np.ndarray, np.ndarray]:
    """Make which images two models have right."""
    counts = [only_first, only_second, both, neither]
    return np.repeat([True, False, True, False], counts), np.repeat([False, True, True, False], counts)


@pytest.mark.parametrize(
    ("vector", "z", "p"),
    [
        (V1, 1.9805173514998136, 0.04764542558436181),
        (TIED, 0.997699559869957, 0.31842506670681614),  # the published formula corrects nothing
        (SATURATED, 1.4684767211627887, 0.14197477500834654),
    ],
)
def test_the_rank_sum_test_is_the_uncorrected_asymptotic_one(vector: tuple[list[float], list[float]], z: float, p: float) -> None:
    assert per_image.rank_sum(*vector) == pytest.approx((z, p), rel=1e-12)
    assert 10 ** per_image.log10_p(z) == pytest.approx(p, rel=1e-12)


@given(scores, scores)
@settings(max_examples=50, deadline=None)
def test_swapping_the_arms_turns_the_direction_and_nothing_else(first: list[float], second: list[float]) -> None:
    z, p = per_image.rank_sum(np.array(first), np.array(second))
    other_z, other_p = per_image.rank_sum(np.array(second), np.array(first))
    assert other_z == pytest.approx(-z, abs=1e-9)
    assert other_p == pytest.approx(p, abs=1e-9)
    assert per_image.a12(np.array(second), np.array(first)) == pytest.approx(1 - per_image.a12(np.array(first), np.array(second)))
    assert per_image.tied(np.array(first), np.array(second)) == per_image.tied(np.array(second), np.array(first))


@given(st.lists(st.integers(1, 999), min_size=2, max_size=30), st.lists(st.integers(1, 999), min_size=2, max_size=30))
@settings(max_examples=50, deadline=None)
def test_any_monotone_change_of_confidence_leaves_the_rank_sum_test_alone(first: list[int], second: list[int]) -> None:
    one, two = np.array(first) / 1000, np.array(second) / 1000
    for change in (np.log, np.exp, lambda p: p**3, lambda p: np.log(p / (1 - p))):
        assert per_image.rank_sum(change(one), change(two)) == per_image.rank_sum(one, two)
        assert per_image.a12(change(one), change(two)) == per_image.a12(one, two)
        assert per_image.tied(change(one), change(two)) == per_image.tied(one, two)


@given(st.randoms(use_true_random=False))
@settings(max_examples=10, deadline=None)
def test_the_order_of_images_does_not_matter(random: object) -> None:
    order = list(range(len(SATURATED[0])))
    random.shuffle(order)
    assert per_image.rank_sum(SATURATED[0][order], SATURATED[1]) == per_image.rank_sum(*SATURATED)
    first, second = right(7, 3)
    order = random.sample(range(len(first)), len(first))
    assert per_image.mcnemar(first[order], second[order]) == per_image.mcnemar(first, second)


def test_the_rank_sum_test_is_the_same_in_every_floating_type() -> None:
    rng = np.random.default_rng(0)
    half = rng.random((2, 9000)).astype(np.float16)
    wide = per_image.rank_sum(*half.astype(np.float64))
    for kind in (np.float16, np.float32):
        assert per_image.rank_sum(*half.astype(kind)) == wide
        assert per_image.a12(*half.astype(kind)) == per_image.a12(*half.astype(np.float64))
        assert per_image.tied(*half.astype(kind)) == per_image.tied(*half.astype(np.float64))


@given(scores, scores)
@settings(max_examples=50, deadline=None)
def test_a12_is_the_share_of_pairs_that_the_first_wins(first: list[float], second: list[float]) -> None:
    wins = [1.0 if a > b else 0.5 if a == b else 0.0 for a, b in product(first, second)]
    assert per_image.a12(np.array(first), np.array(second)) == pytest.approx(np.mean(wins))


def test_a12_of_the_first_vector() -> None:
    assert per_image.a12(*V1) == pytest.approx(0.8163265306122449)


def test_ties_are_counted_within_and_between_the_models() -> None:
    assert per_image.tied([0.1, 0.2, 0.2], [0.3, 0.4, 0.5]) == 2 / 6
    assert per_image.tied([0.1, 0.2], [0.2, 0.3]) == 2 / 4
    assert per_image.tied(*SATURATED) == pytest.approx(110 / 200)


def test_log10_p_goes_on_where_p_underflows() -> None:
    assert per_image.log10_p(0.0) == pytest.approx(0.0, abs=1e-12)
    # Of the normal approximation to the signed-rank test of the differences 1, ..., 10,000.
    n = 10_000
    z = n * (n + 1) / 4 / (n * (n + 1) * (2 * n + 1) / 24) ** 0.5
    assert stats.wilcoxon(np.arange(1, n + 1)).pvalue == 0.0
    assert per_image.log10_p(z) == per_image.log10_p(-z) == pytest.approx(-1630.7213925917513, rel=1e-9)


def test_mcnemar_exact_and_mid_p() -> None:
    found = per_image.mcnemar(*right(15, 30))
    assert (found.only_first, found.only_second) == (15, 30)
    assert found.p == pytest.approx(0.035697803555194696, rel=1e-12)
    assert found.mid_p == pytest.approx(0.02589608179323478, rel=1e-12)


@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 9))
@settings(max_examples=50, deadline=None)
def test_mcnemar_is_the_binomial_test_of_the_images_that_one_model_alone_has_right(first: int, second: int, both: int) -> None:
    found = per_image.mcnemar(*right(first, second, both))
    swapped = per_image.mcnemar(*right(second, first, both))
    expected = stats.binomtest(first, first + second).pvalue if first + second else 1.0
    assert found.p == pytest.approx(expected, abs=1e-12)
    assert 0 < found.mid_p <= found.p
    assert (swapped.p, swapped.mid_p) == (found.p, found.mid_p)
    assert (swapped.only_first, swapped.only_second) == (second, first)


def test_models_that_never_disagree_are_not_told_apart() -> None:
    found = per_image.mcnemar(*right(0, 0))
    assert (found.p, found.mid_p) == (1.0, 1.0)


def test_the_published_test_can_point_against_the_better_model() -> None:
    labels = np.repeat([0, 1], [200, 6])
    first = np.r_[0.60 + 0.0015 * np.arange(200), 0.55 + 0.01 * np.arange(6)]
    second = np.r_[0.62 + 0.0015 * np.arange(200), 0.20 + 0.01 * np.arange(6)]
    predicted = [np.where(each > 0.5, labels, 1 - labels) for each in (first, second)]
    assert f1_score(labels, predicted[0], average="macro") == 1.0
    assert f1_score(labels, predicted[1], average="macro") == pytest.approx(0.492611, abs=1e-6)
    assert per_image.rank_sum(first, second) == pytest.approx((-2.1439556131791404, 0.03203644347654315), rel=1e-9)
    assert per_image.a12(first, second) == pytest.approx(18627 / 206**2)
    found = per_image.mcnemar(first > 0.5, second > 0.5)
    assert (found.only_first, found.only_second, found.p) == (6, 0, 0.03125)
    ranks = stats.wilcoxon(first, second)
    assert (ranks.statistic, ranks.pvalue) == pytest.approx((1221.0, 4.835445578029553e-36), rel=1e-9)
    assert stats.wilcoxon(first, second, alternative="less").pvalue == pytest.approx(2.4177e-36, rel=1e-4)
