"""What SciPy answers where we do not ask it so, and why: a changed default here must not change a report."""

import numpy as np
import pytest
from scipy import stats

from augbench.comparison import across, effects, per_image, tests
from support.vectors import DEMSAR, DIFFERENCES, SATURATED, SEEDS, TIED, V1


def test_the_rank_sum_test_of_small_samples_has_three_answers() -> None:
    asked = {
        method: [stats.mannwhitneyu(*V1, method=method, use_continuity=continuity).pvalue for continuity in (True, False)]
        for method in ("auto", "exact", "asymptotic")
    }
    assert stats.mannwhitneyu(*V1).statistic == 40.0
    assert asked["auto"] == asked["exact"] == pytest.approx([0.05303030303030303] * 2)
    assert asked["asymptotic"] == pytest.approx([0.05528499271702408, 0.04764542558436179])
    # The published one is the last: without ties both are the same formula.
    assert per_image.rank_sum(*V1)[1] == pytest.approx(asked["asymptotic"][1], rel=1e-12)
    assert stats.ranksums(*V1, alternative="greater").pvalue == pytest.approx(0.023822712792180904)
    assert stats.ranksums(*V1, alternative="less").pvalue == pytest.approx(0.976177287207819)


def test_ties_are_corrected_for_by_one_function_and_not_by_the_other() -> None:
    assert stats.mannwhitneyu(*TIED).pvalue == pytest.approx(0.3280215034747134)
    corrected = stats.mannwhitneyu(*TIED, use_continuity=False, method="asymptotic")
    assert (corrected.statistic, corrected.pvalue) == pytest.approx((41.5, 0.3018632006591294))
    assert per_image.rank_sum(*TIED)[1] == pytest.approx(0.31842506670681614)
    # Probabilities of exactly 1 are ties too.
    assert stats.mannwhitneyu(*SATURATED, use_continuity=False).pvalue == pytest.approx(0.10775964864721867)
    assert stats.mannwhitneyu(*SATURATED).pvalue == pytest.approx(0.10805285362056001)
    assert per_image.rank_sum(*SATURATED)[1] == pytest.approx(0.14197477500834654)


def test_the_exact_rank_sum_test_ignores_ties() -> None:
    assert stats.mannwhitneyu(*TIED, method="exact").pvalue == pytest.approx(0.3822843822843822)
    every = stats.mannwhitneyu(*TIED, method=stats.PermutationMethod(n_resamples=20_000))
    assert every.pvalue == pytest.approx(0.3418803418803419)


@pytest.mark.parametrize(
    ("zeros", "statistic", "asymptotic", "exact"),
    [
        ("wilcox", 6.5, 0.01075713311978963, 0.00927734375),
        ("pratt", 10.5, 0.010791957881997143, 0.013427734375),
        ("zsplit", 12.0, 0.01096849656422473, 0.008544921875),
    ],
)
def test_the_signed_rank_test_has_six_answers_where_differences_tie_or_are_0(
    zeros: str, statistic: float, asymptotic: float, exact: float
) -> None:
    # Demsar (2006), Table 2, splits the zeros: R+ = 93, R- = 12.  "exact" looks into a table for data without ties.
    thousandths = np.rint(1000 * (DEMSAR[:, 1] - DEMSAR[:, 0]))
    for method, p in (("asymptotic", asymptotic), ("exact", exact)):
        found = stats.wilcoxon(thousandths, zero_method=zeros, method=method)
        assert (found.statistic, found.pvalue) == pytest.approx((statistic, p))
    assert tests.signed_rank(thousandths) not in (asymptotic, exact)


def test_the_last_bits_of_a_difference_break_ties() -> None:
    differences = [0.8 - 0.7, 0.2 - 0.3, 0.5]
    assert abs(differences[0]) != abs(differences[1])
    assert stats.rankdata(np.abs(differences)).tolist() == [2.0, 1.0, 3.0]
    assert tests.signed_ranks(differences).tolist() == [1.5, -1.5, 3.0]


def test_the_asymptotic_rank_sum_test_goes_below_the_smallest_p_of_few_seeds() -> None:
    for n, asymptotic, smallest in ((3, 0.049534613435626706, 0.1), (5, 0.009023438818080326, 0.007936507936507936)):
        low, high = np.arange(n), np.arange(n) + n
        assert per_image.rank_sum(low, high)[1] == pytest.approx(asymptotic)
        assert stats.mannwhitneyu(low, high).pvalue == pytest.approx(smallest)
    exact = [stats.mannwhitneyu(np.arange(n), np.arange(n) + n).pvalue for n in (4, 6, 7, 8)]
    assert exact == pytest.approx([0.02857142857142857, 0.0021645021645021645, 0.0005827505827505828, 0.0001554001554001554])


def test_the_verdict_on_five_seeds_hangs_on_the_test_that_is_chosen() -> None:
    assert stats.ttest_ind(*SEEDS, equal_var=False).pvalue == pytest.approx(0.04017072655534764)
    assert stats.ranksums(*SEEDS).pvalue == pytest.approx(0.0367138563627041)
    assert stats.mannwhitneyu(*SEEDS, method="exact").pvalue == pytest.approx(0.05555555555555555)
    assert tests.paired_t(DIFFERENCES)[1] == pytest.approx(0.02503305270453194)
    assert tests.sign_flip(DIFFERENCES) == tests.signed_rank(DIFFERENCES) == 0.0625


def test_the_sign_flip_test_is_scipys_permutation_test_of_all_patterns() -> None:
    every = stats.permutation_test((DIFFERENCES,), np.mean, permutation_type="samples", n_resamples=9999)
    assert len(every.null_distribution) == 32
    assert every.statistic == pytest.approx(0.0104)
    assert every.pvalue == tests.sign_flip(DIFFERENCES) == 0.0625


def test_the_bootstrap_of_five_seeds_is_too_narrow_and_bca_fails_on_equal_ones() -> None:
    found = stats.bootstrap((DIFFERENCES,), np.mean, method="percentile", n_resamples=9999, rng=np.random.default_rng(0))
    assert tuple(found.confidence_interval) == pytest.approx((0.0054, 0.0154))
    interval = tests.t_interval(DIFFERENCES, 0.95)
    assert interval.low < 0.0054 < 0.0154 < interval.high
    with pytest.warns(RuntimeWarning):
        equal = stats.bootstrap((np.ones(5),), np.mean, method="BCa", n_resamples=99, rng=np.random.default_rng(0))
    assert np.isnan(equal.confidence_interval.low)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_half_precision_is_silently_no_number_and_single_precision_inexact() -> None:
    half = np.random.default_rng(0).random((2, 9000)).astype(np.float16)
    assert np.isnan(stats.mannwhitneyu(*half).pvalue)
    assert np.isnan(stats.wilcoxon(*half).pvalue)
    assert 0 < per_image.rank_sum(*half)[1] < 1
    single, double = (stats.mannwhitneyu(*half.astype(kind)) for kind in (np.float32, np.float64))
    assert single.statistic.dtype == np.float32
    assert float(single.statistic) != float(double.statistic)


@pytest.mark.filterwarnings("ignore::RuntimeWarning", "ignore::scipy.stats._axis_nan_policy.SmallSampleWarning")
def test_what_is_missing_empty_or_0_is_answered_in_many_ways() -> None:
    assert np.isnan(stats.ranksums([1.0, np.nan], [2.0, 3.0]).pvalue)
    assert np.isnan(stats.ranksums([], []).pvalue)
    assert stats.wilcoxon([0.0, 0.0, 0.0, 0.0]).pvalue == 1.0
    assert stats.wilcoxon([1] * 15 + [0] * 40 + [-1] * 15, zero_method="pratt").pvalue == 1.0  # 0.0154 in older releases
    assert tests.tested("signed-rank", [0.1, np.nan], "seed") is None
    assert tests.signed_rank([0.0] * 4) == tests.signed_rank([1] * 15 + [0] * 40 + [-1] * 15) == 1.0


def test_friedmans_statistic_has_three_values_for_one_table() -> None:
    corrected = stats.friedmanchisquare(*DEMSAR.T)
    ranks = across.mean_ranks(DEMSAR)
    uncorrected = 12 * 14 / 20 * float(((ranks - 2.5) ** 2).sum())
    assert across.friedman(DEMSAR) == (corrected.statistic, corrected.pvalue)
    assert (uncorrected, corrected.statistic) == pytest.approx((9.857142857142824, 10.952380952380956))
    assert across.iman_davenport(ranks, 14)[0] == pytest.approx(13 * uncorrected / (14 * 3 - uncorrected))


def test_an_unpaired_effect_forgets_the_pairs() -> None:
    row, control = [0.90, 0.80, 0.70], [0.89, 0.79, 0.69]  # better in every seed, by less than seeds differ
    found = effects.effects(row, control, np.subtract(row, control))
    assert found.a12 == pytest.approx(6 / 9)
    assert found.rank_biserial == 1.0
