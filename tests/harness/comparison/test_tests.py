"""Tests over seeds, their intervals and Holm's correction, against numbers computed elsewhere."""

from itertools import chain, combinations, pairwise, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from augbench.comparison import tests
from support.vectors import DEMSAR, DIFFERENCES

some = st.lists(st.integers(-50, 50), min_size=2, max_size=12)


def by_convolution(values: list[int]) -> float:
    """Return the exact p of the sign-flip test on whole numbers from the law of their signed sum."""
    law = np.ones(1)
    for value in values:
        law = np.convolve(law, np.bincount([0, 2 * abs(value)], minlength=2 * abs(value) + 1))
    sums = np.arange(len(law)) - sum(map(abs, values))
    return float(law[np.abs(sums) >= abs(sum(values))].sum() / law.sum())


def test_five_seeds_in_one_direction_give_one_sixteenth() -> None:
    assert tests.sign_flip(DIFFERENCES) == 0.0625
    assert tests.signed_rank(DIFFERENCES) == 0.0625


def test_the_t_tests_of_five_seeds() -> None:
    assert tests.paired_t(DIFFERENCES) == pytest.approx((3.4939483315536584, 0.02503305270453194), rel=1e-9)
    assert tests.nadeau_bengio(DIFFERENCES, 1 / 4) == pytest.approx((2.3292988877024388, 0.08031375542379421), rel=1e-9)


@given(st.lists(st.floats(-1, 1, width=16), min_size=2, max_size=8))
@settings(max_examples=50, deadline=None)
def test_the_sign_flip_test_counts_all_sign_patterns(differences: list[float]) -> None:
    observed = abs(sum(differences))
    sums = [
        abs(sum(sign * value for sign, value in zip(signs, differences, strict=True)))
        for signs in product((-1, 1), repeat=len(differences))
    ]
    assert tests.sign_flip(differences) == pytest.approx(np.mean([value >= observed - 1e-9 for value in sums]))


@given(st.lists(st.integers(-40, 40), min_size=17, max_size=32), st.sampled_from([1, 1e-3, 1e-7]))
@settings(max_examples=30, deadline=None)
def test_the_sign_flip_test_is_exact_up_to_32_seeds(differences: list[int], unit: float) -> None:
    assert tests.sign_flip(np.array(differences) * unit) == pytest.approx(by_convolution(differences), rel=1e-12)


@given(st.lists(st.integers(-1000, 1000), min_size=3, max_size=25, unique_by=abs).filter(lambda values: 0 not in values))
@settings(max_examples=40, deadline=None)
def test_the_signed_rank_test_is_scipys_exact_one(differences: list[int]) -> None:
    assert tests.signed_rank([value / 1000 for value in differences]) == pytest.approx(stats.wilcoxon(differences, method="exact").pvalue)


@pytest.mark.parametrize("differences", [[], [0.2], [0.0, 0.2], [0.0, 0.0]])
def test_one_difference_that_is_not_zero_is_no_evidence(differences: list[float]) -> None:
    assert tests.signed_rank(differences) == 1.0


def test_the_signed_rank_test_is_exact_with_ties_and_zeros_too() -> None:
    differences = DEMSAR[:, 1] - DEMSAR[:, 0]
    ranks = [1.5, 1.5, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]
    assert sorted(np.abs(tests.signed_ranks(differences))) == ranks
    enumerated = by_convolution([-3, -10, *(int(2 * rank) for rank in ranks if rank not in (1.5, 5)), 3])
    assert tests.signed_rank(differences) == pytest.approx(enumerated, rel=1e-12)
    # The table for data without ties gives 0.00928, the normal approximation 0.01076.
    assert enumerated < 0.01


def test_no_difference_at_all_is_no_evidence() -> None:
    assert tests.sign_flip([0.0, 0.0, 0.0]) == 1.0
    assert tests.signed_rank([0.0, 0.0, 0.0]) == 1.0
    assert tests.paired_t([0.0, 0.0, 0.0]) == (0.0, 1.0)


def test_equal_differences_show_no_spread_to_judge_by() -> None:
    assert tests.paired_t([0.1, 0.1, 0.3 - 0.2]) is None
    assert tests.nadeau_bengio([0.1], 0.25) is None
    assert tests.tested("paired-t", [0.1, 0.1], "seed") is None
    interval = tests.t_interval([0.1, 0.1], 0.95)
    assert interval
    assert interval.low == interval.high == 0.1


def test_what_is_not_a_number_is_never_tested() -> None:
    assert np.isnan(tests.sign_flip([0.1, float("nan"), 0.2]))
    for name in ("sign-flip", "signed-rank", "paired-t", "corrected t"):
        assert tests.tested(name, [0.1, float("nan"), 0.2], "seed") is None
        assert tests.tested(name, [0.1, float("inf"), 0.2], "seed") is None
        assert tests.tested(name, [], "seed") is None


def test_many_seeds_are_sampled_repeatably_and_leave_the_global_stream_alone() -> None:
    before = np.random.get_state()[1].tolist()
    differences = np.linspace(-0.2, 0.5, 40)
    assert tests.sign_flip(differences) == tests.sign_flip(differences) > 0
    assert np.random.get_state()[1].tolist() == before


def test_drawn_patterns_come_near_the_exact_p() -> None:
    differences = [*range(-16, 0), *range(1, 25)]
    exact = by_convolution(differences)
    assert 0.001 < exact < 0.1
    assert tests.sign_flip(differences) == pytest.approx(exact, abs=4 * (exact / 2**16) ** 0.5)


@given(some, st.randoms(use_true_random=False))
@settings(max_examples=50, deadline=None)
def test_neither_the_order_of_seeds_nor_the_swap_of_the_rows_matters(differences: list[int], random: object) -> None:
    other = [-value / 1000 for value in differences]
    random.shuffle(other)
    values = [value / 1000 for value in differences]
    assert tests.sign_flip(other) == tests.sign_flip(values)
    assert tests.signed_rank(other) == tests.signed_rank(values)
    first, second = tests.nadeau_bengio(values, 0.1), tests.nadeau_bengio(other, 0.1)
    assert (first is None) == (second is None)
    if first and second:
        assert (-second[0], second[1]) == pytest.approx(first, abs=1e-9)


def test_every_floating_type_gives_the_same_answer() -> None:
    half = np.array([0.125, -0.25, 0.375, 0.0625, 0.5, 0.75], dtype=np.float16)
    for name in ("sign-flip", "signed-rank", "paired-t", "corrected t"):
        found = [tests.tested(name, half.astype(kind), "seed", 0.25) for kind in (np.float16, np.float32, np.float64)]
        assert found[0] == found[1] == found[2] is not None
    assert tests.t_interval(half, 0.9) == tests.t_interval(half.astype(np.float64), 0.9)


@given(some.filter(lambda values: len(set(values)) > 1), st.floats(0.5, 0.999))
@settings(max_examples=30, deadline=None)
def test_the_t_test_and_its_interval_are_scipys(differences: list[int], level: float) -> None:
    reference = stats.ttest_1samp(differences, 0)
    interval = tests.t_interval(differences, level)
    assert tests.paired_t(differences) == pytest.approx((reference.statistic, reference.pvalue), abs=1e-9)
    assert interval
    assert (interval.low, interval.high) == pytest.approx(tuple(reference.confidence_interval(level)), rel=1e-9)
    assert interval.level == level


@given(some.filter(lambda values: len(set(values)) > 1), st.floats(0, 1))
@settings(max_examples=30, deadline=None)
def test_the_corrected_interval_leaves_0_out_just_where_the_corrected_test_rejects(differences: list[int], ratio: float) -> None:
    _, p = tests.nadeau_bengio(differences, ratio)
    interval = tests.t_interval(differences, 1 - p if 0.001 < p < 0.999 else 0.95, ratio)
    if 0.001 < p < 0.999:
        assert min(abs(interval.low), abs(interval.high)) == pytest.approx(0, abs=1e-6)
    assert interval.method == ("corrected t over folds" if ratio else "t over seeds")


def test_a_test_tells_what_it_did() -> None:
    found = tests.tested("sign-flip", DIFFERENCES, "seed")
    assert (found.p, found.method, found.n, found.unit, found.smallest_p) == (0.0625, "exact", 5, "seed", 0.0625)
    assert found.statistic == pytest.approx(0.0104)
    ranks = tests.tested("signed-rank", DEMSAR[:, 1] - DEMSAR[:, 0], "data set")
    assert (ranks.statistic, ranks.n, ranks.unit) == (6.5, 14, "data set")
    corrected = tests.tested("corrected t", DIFFERENCES, "fold", 1 / 4)
    assert (corrected.method, corrected.smallest_p) == ("Student's t, 4 degrees of freedom", 0.0)
    assert corrected.p == pytest.approx(0.08031375542379421)
    assert tests.tested("paired-t", DIFFERENCES, "seed", 1 / 4).p == pytest.approx(0.02503305270453194)
    assert tests.tested("paired-t", DIFFERENCES[:2], "seed").method == "Student's t, 1 degree of freedom"
    assert tests.tested("sign-flip", np.ones(33), "seed").method == "65,536 patterns of signs"


@pytest.mark.parametrize(
    ("pairs", "p"),
    [(3, 0.25), (5, 0.0625), (6, 0.03125), (8, 0.0078125), (12, 0.00048828125), (32, 2**-31), (33, 1 / 65537)],
)
def test_the_smallest_p_is_that_of_differences_in_one_direction(pairs: int, p: float) -> None:
    assert tests.smallest_p(pairs) == p == tests.sign_flip(np.arange(1, pairs + 1))


@pytest.mark.parametrize("pairs", range(3, 13))
def test_scipys_exact_signed_rank_test_has_the_same_smallest_p(pairs: int) -> None:
    assert stats.wilcoxon(np.arange(1, pairs + 1), method="exact").pvalue == tests.smallest_p(pairs)


@pytest.mark.parametrize(
    ("alpha", "comparisons", "pairs"),
    [(0.05, 1, 6), (0.01, 1, 8), (0.05, 3, 7), (0.01, 3, 10), (0.05, 7, 9), (0.01, 7, 11), (0.05, 15, 10), (0.01, 15, 12)],
)
def test_seeds_needed(alpha: float, comparisons: int, pairs: int) -> None:
    assert tests.pairs_needed(alpha, comparisons) == pairs


def test_seeds_needed_of_odd_levels() -> None:
    assert tests.pairs_needed(0.6, 1) == tests.FEWEST
    assert tests.pairs_needed(0.05, 0) == tests.pairs_needed(0.05, 1)
    assert tests.pairs_needed(0.0625, 1) == 5
    # Patterns of signs are drawn beyond 32 pairs: no number is enough.
    assert tests.pairs_needed(1e-12, 1000) == tests.MOST


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
