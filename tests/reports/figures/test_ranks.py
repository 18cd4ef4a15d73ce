"""The figure of mean ranks."""

import re
from dataclasses import replace

import numpy as np
import pytest

from augbench import evidence
from augbench.comparison.across import RowMeans, across
from augbench_reports.figures.ranks import MOST, has_bars, ranks_caption, ranks_figure, shown_ranks
from support.drawn import drawn_rows, numberless, titles, words
from support.vectors import APART

RANKS = (1.2, 1.9, 3.1, 3.8)


def ranked(means: np.ndarray, names: list[str], control: int = 0, alpha: float = 0.05) -> evidence.Across:
    datasets = [f"set {place}" for place in range(len(means))]
    rows = [
        RowMeans(label=name, is_control=place == control, means=dict(zip(datasets, map(float, line), strict=True)))
        for place, (name, line) in enumerate(zip(names, means.T, strict=True))
    ]
    return across(datasets, rows, alpha, True)


def four(apart: tuple[tuple[str, str], ...], groups: tuple[tuple[str, ...], ...]) -> evidence.Across:
    """Four rows, a to d, with a as the control."""
    rows = tuple(evidence.Ranked(row=name, is_control=name == "a", rank=rank) for name, rank in zip("abcd", RANKS, strict=True))
    return evidence.Across(datasets=("one",) * 9, rows=rows, left_out=(), refused="", critical_difference=1.4, apart=apart, groups=groups)


CROSSED = (("a", "c"), ("a", "d"), ("b", "c"), ("b", "d"))


def test_bars_stand_over_neighbours_that_cannot_be_told_apart() -> None:
    found = four(CROSSED, (("a", "b"), ("c", "d")))
    assert has_bars(found)
    figure = ranks_figure(found)
    assert figure.svg.count('stroke-width="4.5"') == 2
    assert {"best", "1.20", "a", "d", "within 1.400 of the control"} <= set(words(figure))
    assert "a: mean rank 1.20, better than c and d" in titles(figure)
    assert ranks_caption(found).startswith("Mean ranks over data sets; 1, at the left, is best. Rows under one bar cannot be told apart.")


def bars(found: evidence.Across) -> list[str]:
    """Heights at which bars stand."""
    return re.findall(r'd="M\S+ (\S+) [^"]*"[^>]* stroke-width="4.5"', ranks_figure(found).svg)


def test_bars_that_overlap_stand_below_each_other() -> None:
    assert len(set(bars(four((("a", "d"),), (("a", "b", "c"), ("b", "c", "d")))))) == 2
    side_by_side = bars(four(CROSSED, (("a", "b"), ("c", "d"))))
    assert (len(side_by_side), len(set(side_by_side))) == (2, 1)


def test_a_bar_that_would_lie_becomes_a_matrix() -> None:
    found = ranked(APART, ["first", "second", "third"])
    # The first differs from the second and not from the third: no bar from first to third may stand over the second.
    assert not has_bars(found)
    figure = ranks_figure(found)
    assert 'stroke-width="4.5"' not in figure.svg
    assert titles(figure) == ["first: mean rank 1.38, better than second", "second: mean rank 2.12", "third: mean rank 2.50"]
    assert {"1.38", "2.12", "2.50", "mean rank, 1 is best"} <= set(words(figure))
    assert "1 pair of rows can be told apart" in figure.description
    assert "dots: they cannot be told apart" in ranks_caption(found)


def test_where_all_differ_there_is_no_bar() -> None:
    pairs = tuple((one, other) for place, one in enumerate("abcd") for other in "abcd"[place + 1 :])
    figure = ranks_figure(four(pairs, ()))
    assert 'stroke-width="4.5"' not in figure.svg
    assert "within 1.400 of the control" in words(figure)


def test_ranks_of_too_few_data_sets_are_shown_without_any_test() -> None:
    found = ranked(APART[:3], ["first", "second", "third"])
    assert found.refused
    figure = ranks_figure(found)
    assert not [word for word in words(figure) if word.startswith("within")]
    assert ranks_caption(found).endswith("Nothing is tested.")
    assert "told apart" not in figure.description


@pytest.mark.parametrize("groups", [(("a", "b"), ("c", "d")), ()])
def test_a_page_finds_rows_by_their_names(groups: tuple[tuple[str, ...], ...]) -> None:
    found = four(CROSSED, groups)
    assert drawn_rows(ranks_figure(found, {"a": "ours", "b": "other", "c": "third", "d": "plain"})) == ["ours", "other", "third", "plain"]
    assert drawn_rows(ranks_figure(found)) == []


def test_of_many_rows_the_best_and_the_control_are_drawn() -> None:
    means = np.arange(100) / 100 + np.zeros((8, 1))
    found = ranked(means, [f"row {place}" for place in range(100)], control=2)
    names = [row.row for row in shown_ranks(found)]
    assert names == [*(f"row {place}" for place in range(99, 100 - MOST, -1)), "row 2"]
    figure = ranks_figure(found)
    assert {"row 99", "row 2", "98.00"} <= set(words(figure))
    assert len(figure.svg) < 30_000
    assert ranks_caption(found).endswith(" 30 of 100 rows: the control and the best ones; the table has more.")


def test_one_row_alone_is_drawn() -> None:
    found = replace(four((), ()), rows=four((), ()).rows[:1])
    figure = ranks_figure(found)
    assert "a" in words(figure)
    assert not numberless(figure)
