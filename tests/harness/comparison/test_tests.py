"""Tests over seeds, the published rank-sum test and Holm's correction, against numbers computed elsewhere."""

from itertools import chain, combinations, pairwise, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from augbench.comparison import tests

V1 = ([0.91, 0.85, 0.77, 0.95, 0.60, 0.88, 0.72], [0.81, 0.66, 0.79, 0.58, 0.70, 0.55, 0.69])
V2 = ([1, 2, 2, 3, 3, 3, 4, 5], [1, 1, 2, 2, 2, 3, 3, 4])
V3 = (np.r_[np.ones(60), np.linspace(0.5, 0.99, 40)], np.r_[np.ones(50), np.linspace(0.45, 0.985, 50)])
V11 = np.array([0.861, 0.874, 0.868, 0.880, 0.871]) - np.array([0.850, 0.860, 0.866, 0.861, 0.865])
scores = st.lists(st.floats(0, 1, width=32), min_size=2, max_size=30)


@pytest.mark.parametrize(
    ("vector", "z", "p"),
    [
        (V1, 1.9805173514998136, 0.04764542558436181),
        (V2, 0.997699559869957, 0.31842506670681614),  # tied: the published formula corrects nothing
        (V3, 1.4684767211627887, 0.14197477500834654),
    ],
)
def test_the_rank_sum_test_is_the_uncorrected_asymptotic_one(vector: tuple[list[float], list[float]], z: float, p: float) -> None:
    assert tests.rank_sum(*vector) == pytest.approx((z, p), rel=1e-12)


@given(scores, scores)
@settings(max_examples=50, deadline=None)
def test_swapping_the_arms_turns_the_direction_and_nothing_else(first: list[float], second: list[float]) -> None:
    z, p = tests.rank_sum(np.array(first), np.array(second))
    other_z, other_p = tests.rank_sum(np.array(second), np.array(first))
    assert other_z == pytest.approx(-z, abs=1e-9)
    assert other_p == pytest.approx(p, abs=1e-9)
    assert tests.a12(np.array(second), np.array(first)) == pytest.approx(1 - tests.a12(np.array(first), np.array(second)))


def test_the_rank_sum_test_is_the_same_in_every_floating_type() -> None:
    rng = np.random.default_rng(0)
    half = rng.random((2, 9000)).astype(np.float16)
    wide = tests.rank_sum(*half.astype(np.float64))
    assert tests.rank_sum(*half) == wide
    assert tests.rank_sum(*half.astype(np.float32)) == wide


@given(scores, scores)
@settings(max_examples=50, deadline=None)
def test_a12_is_the_share_of_pairs_that_the_first_wins(first: list[float], second: list[float]) -> None:
    wins = [1.0 if a > b else 0.5 if a == b else 0.0 for a, b in product(first, second)]
    assert tests.a12(np.array(first), np.array(second)) == pytest.approx(np.mean(wins))


def test_a12_of_the_first_vector() -> None:
    assert tests.a12(*V1) == pytest.approx(0.8163265306122449)


def test_five_seeds_in_one_direction_give_one_sixteenth() -> None:
    assert tests.sign_flip(V11) == 0.0625
    assert tests.signed_rank(V11) == 0.0625


@given(st.lists(st.floats(-1, 1, width=16), min_size=2, max_size=8))
@settings(max_examples=50, deadline=None)
def test_the_sign_flip_test_counts_all_sign_patterns(differences: list[float]) -> None:
    observed = abs(sum(differences))
    sums = [
        abs(sum(sign * value for sign, value in zip(signs, differences, strict=True)))
        for signs in product((-1, 1), repeat=len(differences))
    ]
    assert tests.sign_flip(differences) == pytest.approx(np.mean([value >= observed - 1e-9 for value in sums]))


@given(st.lists(st.integers(-1000, 1000), min_size=3, max_size=9, unique_by=abs).filter(lambda values: 0 not in values))
@settings(max_examples=40, deadline=None)
def test_the_signed_rank_test_is_scipys_exact_one(differences: list[int]) -> None:
    assert tests.signed_rank([value / 1000 for value in differences]) == pytest.approx(stats.wilcoxon(differences, method="exact").pvalue)


@pytest.mark.parametrize("differences", [[], [0.2], [0.0, 0.2], [0.0, 0.0]])
def test_one_difference_that_is_not_zero_is_no_evidence(differences: list[float]) -> None:
    assert tests.signed_rank(differences) == 1.0


def test_the_signed_rank_test_is_exact_with_ties_and_zeros_too() -> None:
    # Demsar (2006), Table 2; thousandths, so that equal differences are equal.
    differences = np.array([5, -8, 17, 33, 6, -5, 7, 0, 63, 0, 22, 47, 9, 21])
    enumerated = stats.wilcoxon(differences, method=stats.PermutationMethod(n_resamples=2**14))
    assert enumerated.statistic == 6.5
    assert tests.signed_rank(differences / 1000) == pytest.approx(enumerated.pvalue)
    # The table for data without ties gives 0.00928, the normal approximation 0.01076.
    assert enumerated.pvalue < 0.01


def test_no_difference_at_all_is_no_evidence() -> None:
    assert tests.sign_flip([0.0, 0.0, 0.0]) == 1.0
    assert tests.signed_rank([0.0, 0.0, 0.0]) == 1.0


def test_many_seeds_are_sampled_repeatably_and_leave_the_global_stream_alone() -> None:
    before = np.random.get_state()[1].tolist()
    differences = np.linspace(-0.2, 0.5, 40)
    assert tests.sign_flip(differences) == tests.sign_flip(differences) > 0
    assert np.random.get_state()[1].tolist() == before


@pytest.mark.parametrize(("pairs", "p"), [(3, 0.25), (5, 0.0625), (6, 0.03125), (8, 0.0078125), (12, 0.00048828125)])
def test_the_smallest_p_is_that_of_differences_in_one_direction(pairs: int, p: float) -> None:
    assert tests.smallest_p(pairs) == p == tests.sign_flip(np.arange(1, pairs + 1))
    assert stats.wilcoxon(np.arange(1, pairs + 1), method="exact").pvalue == p


@pytest.mark.parametrize(
    ("alpha", "comparisons", "pairs"),
    [(0.05, 1, 6), (0.01, 1, 8), (0.05, 3, 7), (0.01, 3, 10), (0.05, 7, 9), (0.01, 7, 11), (0.05, 15, 10), (0.01, 15, 12), (0.6, 1, 3)],
)
def test_seeds_needed(alpha: float, comparisons: int, pairs: int) -> None:
    assert tests.pairs_needed(alpha, comparisons) == pairs


def by_closure(p_values: list[float]) -> list[float]:
    """Adjust by closed testing with Bonferroni, of which Holm's method is the shortcut."""
    every = range(len(p_values))
    subsets = list(chain.from_iterable(combinations(every, size) for size in range(1, len(p_values) + 1)))
    return [max(min(1.0, len(subset) * min(p_values[place] for place in subset)) for subset in subsets if each in subset) for each in every]


@given(st.lists(st.floats(0, 1), min_size=1, max_size=7))
@settings(max_examples=60, deadline=None)
def test_holm_is_closed_testing_with_bonferroni(p_values: list[float]) -> None:
    adjusted = tests.holm(p_values)
    assert adjusted == pytest.approx(by_closure(p_values))
    order = np.argsort(p_values, kind="stable")
    assert all(adjusted[a] <= adjusted[b] for a, b in pairwise(order))
    assert all(raw <= each <= 1 for raw, each in zip(p_values, adjusted, strict=True))


def test_holm_leaves_absent_comparisons_out_and_counts_those_to_come() -> None:
    assert tests.holm([0.01, None, 0.03]) == pytest.approx((0.02, None, 0.03))
    assert tests.holm([0.01, float("nan"), 0.03]) == pytest.approx((0.02, None, 0.03))
    assert tests.holm([0.01, None, 0.03], family=3) == pytest.approx((0.03, None, 0.06))
    assert tests.holm([]) == ()


def test_holm_on_the_published_p_values_of_the_cell_cycle_ablation() -> None:
    published = [1.5e-4, 7.2e-4, 1.2e-5, 1.8e-8, 6.5e-5, 6.5e-5, 7.1e-4]
    assert tests.holm(published) == pytest.approx((4.5e-4, 1.42e-3, 7.2e-5, 1.26e-7, 3.25e-4, 3.25e-4, 1.42e-3))
