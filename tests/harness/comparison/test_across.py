"""Rows over several data sets, against the published numbers of Demsar (2006)."""

from dataclasses import replace
from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from augbench.comparison import across, tests
from augbench.comparison.across import RowMeans
from augbench.values.evidence import Across
from support.vectors import APART, DEMSAR, DEMSAR_RANKS

NAMES = ("C4.5", "C4.5+m", "C4.5+cf", "C4.5+m+cf")
CONTROL_AND_TWO = ("A", "B", "C")


def rows(table: np.ndarray, labels: tuple[str, ...], control: str) -> list[RowMeans]:
    """Make rows of a table [data sets, rows]; data sets are d0, d1, ..."""
    means = [{f"d{place}": float(mean) for place, mean in enumerate(column)} for column in table.T]
    return [RowMeans(label=label, is_control=label == control, means=each) for label, each in zip(labels, means, strict=True)]


def over(table: np.ndarray, labels: tuple[str, ...] = CONTROL_AND_TWO, control: str = "A", alpha: float = 0.05) -> Across:
    """Compare the rows of a table over all its data sets."""
    return across.across([f"d{place}" for place in range(len(table))], rows(table, labels, control), alpha, True)


def test_demsars_example_with_the_ranks_that_he_prints() -> None:
    assert list(DEMSAR_RANKS) == pytest.approx([3.143, 2.000, 2.893, 1.964], abs=5e-4)
    assert 12 * 14 / 20 * (float((DEMSAR_RANKS**2).sum()) - 25) == pytest.approx(9.28, abs=0.005)
    f, p = across.iman_davenport(DEMSAR_RANKS, 14)
    assert f == pytest.approx(3.69, abs=0.005)
    assert (f, p) == pytest.approx((3.686313032089068, 0.019823006192249054), rel=1e-9)


def test_demsars_critical_differences() -> None:
    assert across.nemenyi(4, 14, 0.05) == pytest.approx(1.2535591471176057, rel=1e-6)  # printed as 1.25
    assert across.nemenyi(4, 14, 0.10) == pytest.approx(1.1180601669815278, rel=1e-6)  # 1.12
    assert across.bonferroni_dunn(4, 14, 0.05) == pytest.approx(1.1681425306400992, rel=1e-9)  # 1.16: he cuts off


@pytest.mark.parametrize(
    ("rows", "critical"),
    [(2, 1.960), (3, 2.344), (4, 2.569), (5, 2.728), (6, 2.850), (7, 2.948), (8, 3.031), (9, 3.102), (10, 3.164)],
)
def test_demsars_table_of_critical_values(rows: int, critical: float) -> None:
    assert across.nemenyi(rows, 14, 0.05) / across.rank_error(rows, 14) == pytest.approx(critical, abs=6e-4)


def test_demsars_holm_procedure_against_the_control() -> None:
    z = (DEMSAR_RANKS[0] - DEMSAR_RANKS[[3, 1, 2]]) / across.rank_error(4, 14)
    p = 2 * stats.norm.sf(z)
    assert z == pytest.approx([2.416, 2.342, 0.512], abs=1e-3)
    assert p == pytest.approx([0.016, 0.019, 0.607], abs=2e-3)
    assert tests.holm(p) == pytest.approx((0.04715994, 0.04715994, 0.6084078), rel=1e-6)


def test_the_printed_data_tie_where_the_printed_ranks_do_not() -> None:
    found = over(DEMSAR, NAMES, "C4.5")
    ranks = {row.row: row.rank for row in found.rows}
    assert [ranks[name] for name in NAMES] == pytest.approx([3.142857, 2.0, 2.928571, 1.928571], abs=1e-6)
    # Three numbers from one table: with the ranks as printed 9.279, from the data 9.857, and corrected for ties 10.952.
    assert 12 * 14 / 20 * (sum(rank**2 for rank in ranks.values()) - 25) == pytest.approx(9.857142857142824)
    assert (found.friedman, found.friedman_p) == pytest.approx((10.952380952380956, 0.011986176325417788), rel=1e-9)
    assert (found.iman_davenport, found.iman_davenport_p) == pytest.approx((3.98666666, 0.01435244621602403), rel=1e-7)
    assert found.critical_difference == pytest.approx(1.1681425306400992)


def test_every_row_is_tested_against_the_control_over_data_sets() -> None:
    found = over(DEMSAR, NAMES, "C4.5")
    assert found.refused == ""
    assert [row.row for row in found.rows] == ["C4.5+m+cf", "C4.5+m", "C4.5+cf", "C4.5"]
    control, other = found.rows[-1], next(row for row in found.rows if row.row == "C4.5+m")
    assert (control.is_control, control.test, control.holm, control.difference) == (True, None, None, None)
    assert other.test.p == tests.signed_rank(DEMSAR[:, 1] - DEMSAR[:, 0]) < 0.01
    assert (other.test.name, other.test.n, other.test.unit, other.test.smallest_p) == ("signed-rank", 14, "data set", 2**-13)
    assert other.difference == pytest.approx(float((DEMSAR[:, 1] - DEMSAR[:, 0]).mean()))
    raw = [row.test.p for row in found.rows if row.test]
    assert tuple(row.holm for row in found.rows if row.test) == tests.holm(raw)


def test_no_bar_is_drawn_over_rows_that_differ() -> None:
    found = over(APART)
    assert [row.rank for row in found.rows] == [1.375, 2.125, 2.5]
    pairs = [tests.signed_rank(APART[:, a] - APART[:, b]) for a, b in ((0, 1), (0, 2), (1, 2))]
    assert pairs == [0.015625, 0.1484375, 0.546875]
    assert tests.holm(pairs) == pytest.approx((0.046875, 0.296875, 0.546875))
    # A and C do not differ, but a bar from A to C would lie over A and B, which do.
    assert found.groups == (("B", "C"),)
    assert found.apart == (("A", "B"),)
    assert over(APART, alpha=0.01).groups == (("A", "B", "C"),)


@given(st.integers(1, 8), st.data())
@settings(max_examples=60, deadline=None)
def test_bars_are_the_longest_runs_without_a_pair_that_differs(count: int, data: st.DataObject) -> None:
    upper = np.triu(np.array(data.draw(st.lists(st.booleans(), min_size=count**2, max_size=count**2))).reshape(count, count), 1)
    differ = upper | upper.T
    runs = [(a, b) for a in range(count) for b in range(a + 2, count + 1) if not differ[a:b, a:b].any()]
    longest = [(a, b) for a, b in runs if not any(c <= a and b <= d and (c, d) != (a, b) for c, d in runs)]
    assert across.cliques(differ) == longest
    assert all(first[1] < second[1] for first, second in pairwise(across.cliques(differ)))


@given(st.lists(st.lists(st.integers(0, 4), min_size=4, max_size=4), min_size=6, max_size=11), st.sampled_from([0.05, 0.3, 0.7]))
@settings(max_examples=40, deadline=None)
def test_pairs_are_told_apart_by_the_signed_rank_test_with_holm_over_all(levels: list[list[int]], alpha: float) -> None:
    table = np.array(levels) / 10
    pairs = list(combinations(range(4), 2))
    holm = tests.holm([tests.signed_rank(table[:, a] - table[:, b]) for a, b in pairs])
    differ = across.told_apart(table, alpha)
    assert [bool(differ[pair]) for pair in pairs] == [p <= alpha for p in holm]
    assert (differ == differ.T).all()


@given(st.permutations(range(3)), st.permutations(range(8)))
@settings(max_examples=20, deadline=None)
def test_neither_the_order_of_rows_nor_of_data_sets_matters(columns: list[int], lines: list[int]) -> None:
    shuffled = [rows(APART, CONTROL_AND_TWO, "A")[place] for place in columns]
    found = across.across([f"d{place}" for place in lines], shuffled, 0.05, True)
    expected = over(APART)
    assert found == replace(expected, datasets=found.datasets)
    assert set(found.datasets) == set(expected.datasets)


def test_a_metric_that_should_be_low_turns_the_ranks_and_no_p() -> None:
    high = over(APART)
    low = across.across(high.datasets, rows(1 - APART, CONTROL_AND_TWO, "A"), 0.05, False)
    assert [(row.row, row.rank, row.test and row.test.p) for row in low.rows] == [
        (row.row, row.rank, row.test and row.test.p) for row in high.rows
    ]
    assert low.friedman == high.friedman
    assert [row.difference for row in low.rows[1:]] == pytest.approx([-row.difference for row in high.rows[1:]])


def test_two_to_five_data_sets_allow_no_claim() -> None:
    found = over(APART[:5])
    assert found.refused == (
        "5 data sets allow no claim across data sets: should all of them agree, the signed-rank test gives p = 0.0625 at best. "
        "2 comparisons at alpha = 0.05 take 7 data sets; until then, each data set speaks for itself."
    )
    assert [row.rank for row in found.rows] == sorted(row.rank for row in found.rows)
    assert all(row.test is None and row.holm is None for row in found.rows)
    assert (found.friedman, found.critical_difference, found.groups) == (None, None, ())
    two = over(APART[:2, :2], ("A", "B"))
    assert "1 comparison at alpha = 0.05 takes 6 data sets" in two.refused
    assert over(APART[:1]).refused == "One data set allows no claim across data sets."


def test_data_sets_too_few_for_so_many_rows_are_told() -> None:
    assert over(APART[:6]).limit == (
        "6 data sets cannot tell any row from the control: p is 0.0312 at best, and 2 comparisons at alpha = 0.05 take 7 data sets."
    )
    assert (over(APART[:7]).limit, over(APART[:5]).limit, over(APART[:6, :2], ("A", "B")).limit) == ("", "", "")


def test_two_rows_get_the_signed_rank_test_alone() -> None:
    found = over(APART[:, :2], ("A", "B"))
    assert [row.test and row.test.p for row in found.rows] == [None, 0.015625]
    assert found.rows[1].holm == 0.015625
    assert (found.friedman, found.iman_davenport, found.critical_difference, found.groups) == (None, None, None, ())


def test_a_row_that_lacks_a_data_set_is_left_out_and_a_data_set_that_most_rows_lack_too() -> None:
    every = [f"d{place}" for place in range(8)]
    control, first, second = rows(APART, CONTROL_AND_TWO, "A")
    holed = replace(second, means={**second.means, "d3": None})
    found = across.across(every, [control, first, holed], 0.05, True)
    assert (found.datasets, found.left_out, [row.row for row in found.rows]) == (tuple(every), ("C",), ["A", "B"])
    begun = across.across([*every, "d8"], [replace(control, means={**control.means, "d8": 0.5}), first, second], 0.05, True)
    assert (begun.datasets, begun.left_out) == (tuple(every), ())
    broken = replace(first, means={**first.means, "d0": float("nan")})
    assert across.across(every, [control, broken, second], 0.05, True).left_out == ("B",)


@pytest.mark.parametrize("those", [[], [0], [1, 2]])
def test_without_a_control_and_another_row_nothing_is_compared(those: list[int]) -> None:
    given = [rows(APART, CONTROL_AND_TWO, "A")[place] for place in those]
    found = across.across([f"d{place}" for place in range(8)], given, 0.05, True)
    assert found.refused == "Nothing can be compared across data sets: the control and another row must have a result on the same ones."
    assert not any(row.test for row in found.rows)


def test_rows_that_are_equal_everywhere_are_no_evidence() -> None:
    found = over(np.repeat(APART[:, :1], 3, axis=1))
    assert (found.friedman, found.friedman_p, found.iman_davenport, found.iman_davenport_p) == (0.0, 1.0, 0.0, 1.0)
    assert [row.rank for row in found.rows] == [2.0, 2.0, 2.0]
    assert [row.holm for row in found.rows] == [None, 1.0, 1.0]
    assert found.groups == (("A", "B", "C"),)


def test_data_sets_that_all_agree_make_f_infinite_and_p_the_chance_of_it() -> None:
    table = np.arange(6)[:, None] + np.array([0.3, 0.2, 0.1])
    found = over(table)
    assert found.iman_davenport is None
    assert found.iman_davenport_p == pytest.approx(6.0**-5)
    assert found.friedman == pytest.approx(stats.friedmanchisquare(*table.T).statistic)
    many = np.arange(6)[:, None] - np.arange(200.0)
    assert across.iman_davenport(across.mean_ranks(many), 6) == (None, 0.0)


def test_rounding_noise_makes_no_rank() -> None:
    table = np.repeat(APART[:, :1], 3, axis=1) + np.array([0.0, 1e-14, -1e-14])
    assert [row.rank for row in over(table).rows] == [2.0, 2.0, 2.0]


def verdict_of(differences: list[float], *, higher_is_better: bool = True) -> str:
    """Judge a row that differs from the control by so much on each data set."""
    table = np.array([[0.5, 0.5 + each] for each in differences])
    names = [f"d{place}" for place in range(len(differences))]
    found = across.across(names, rows(table, ("A", "B"), "A"), 0.05, higher_is_better)
    assert next(each.verdict for each in found.rows if each.is_control) is None
    return next(each.verdict.word for each in found.rows if each.verdict)


def test_a_row_that_is_above_on_every_data_set_is_better_and_of_a_loss_worse() -> None:
    above = [0.1 + 0.01 * place for place in range(8)]
    assert (verdict_of(above), verdict_of(above, higher_is_better=False)) == ("better", "worse")
    assert verdict_of([-each for each in above]) == "worse"


def test_ranks_that_point_against_the_mean_are_contradictory() -> None:
    assert verdict_of([-0.01 - 0.001 * place for place in range(11)] + [0.49]) == "contradictory"


def test_data_sets_that_disagree_are_no_evidence() -> None:
    assert verdict_of([0.1, -0.1, 0.2, -0.2, 0.05, -0.05, 0.01]) == "no evidence"
