"""The figure of where spread comes from."""

import re
from dataclasses import replace

import pytest

from augbench import Comparison, comparing, evidence
from augbench_reports.figures import rows
from augbench_reports.figures.variance import variance_figure, variance_note
from support.drawn import drawn_rows, numberless, titles, words


@pytest.fixture
def column(comparison: Comparison) -> comparing.ColumnComparison:
    return comparison.columns[0]


def split(column: comparing.ColumnComparison, *found: evidence.VarianceSplit) -> comparing.ColumnComparison:
    rows = tuple(replace(column.rows[1], name=f"{place}", label=f"Row {place}", variance=each) for place, each in enumerate(found))
    return replace(column, rows=rows)


def widths(column: comparing.ColumnComparison) -> list[float]:
    """Widths of the parts of the bars, that of the legend left out."""
    found = re.findall(r'd="M\S+ \S+h([\d.]+)v13h', variance_figure(column).svg)
    return [float(width) for width in found]


def test_bars_are_as_long_as_standard_deviations_and_parted_by_shares_of_variance(column: comparing.ColumnComparison) -> None:
    made = split(
        column,
        evidence.VarianceSplit(seeds=0.0003, images=0.0001, folds=None),
        evidence.VarianceSplit(seeds=0.0, images=0.0001, folds=None),
    )
    seeds, images, only = widths(made)
    assert seeds == pytest.approx(3 * images, abs=0.3)
    # 0.02 and 0.01.
    assert seeds + images == pytest.approx(2 * only, abs=0.3)
    assert {"75.0%", "25.0%", "0.0%", "100.0%"} <= set(words(variance_figure(made)))
    assert "Row 0: standard deviation of the mean 0.020, 75.0% from seeds and 25.0% from test images of its variance" in titles(
        variance_figure(made)
    )


def test_parts_differ_without_colour(column: comparing.ColumnComparison) -> None:
    figure = variance_figure(split(column, evidence.VarianceSplit(seeds=0.1, images=0.1, folds=0.1)))
    fills = set(re.findall(r'v13h\S+z" fill="([^"]+)"', figure.file(dark=False)))
    assert len(fills) == 3
    assert sum(fill.startswith("url(") for fill in fills) == 1
    assert "#ffffff" in fills
    assert {"seeds", "test images", "folds"} <= set(words(figure))
    assert "folds" not in words(variance_figure(split(column, evidence.VarianceSplit(seeds=0.1, images=0.1, folds=None))))


@pytest.mark.parametrize("seeds", [0.0, float("nan"), 1e-30])
def test_no_spread_draws_no_bar(column: comparing.ColumnComparison, seeds: float) -> None:
    made = split(column, evidence.VarianceSplit(seeds=seeds, images=0.0, folds=None))
    assert not numberless(variance_figure(made))
    assert "nan" not in " ".join(words(variance_figure(made)))


def test_rows_with_one_seed_are_not_drawn_and_of_many_the_usual_ones(column: comparing.ColumnComparison) -> None:
    assert drawn_rows(variance_figure(column)) == [row.name for row in column.rows if row.variance]
    assert any(row.variance is None for row in column.rows)
    many = split(column, *[evidence.VarianceSplit(seeds=0.1, images=0.1, folds=None)] * 100)
    figure = variance_figure(many)
    assert len(drawn_rows(figure)) == rows.MOST
    assert len(figure.svg) < 40_000
    assert variance_note(many).startswith(" 40 of 100 rows")
