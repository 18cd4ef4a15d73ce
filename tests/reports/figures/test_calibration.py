"""The figure of confidence and accuracy."""

from dataclasses import replace

import pytest

from augbench import Comparison, comparing, evidence
from augbench_reports.figures.calibration import calibration_figure, calibration_note
from augbench_reports.tables.calibration import RELIABILITY
from support.drawn import drawn_rows, numberless, titles, words


@pytest.fixture
def column(small: Comparison) -> comparing.ColumnComparison:
    return small.columns[0]


def test_every_row_tells_its_error_and_every_bin_its_images(column: comparing.ColumnComparison) -> None:
    figure = calibration_figure(column)
    assert drawn_rows(figure) == [row.name for row in column.rows]
    for row in column.rows:
        assert row.calibration is not None
        assert f"ECE {row.calibration.ece:.3f}" in words(figure)
        first = row.calibration.bins[0]
        images = f"{first.n} image{'s' * (first.n != 1)}"
        assert f"{images}: confidence {first.confidence:.3f}, accuracy {first.accuracy:.3f}" in titles(figure)


def test_larger_bins_have_larger_marks(column: comparing.ColumnComparison) -> None:
    bins = tuple(evidence.Bin(low=low, high=low + 0.1, n=n, confidence=low + 0.05, accuracy=low) for low, n in ((0.4, 1), (0.9, 400)))
    calibration = evidence.Calibration(bins=bins, ece=0.05, brier=0.1, log_loss=0.2, temperature=1)
    svg = calibration_figure(replace(column, rows=(replace(column.rows[1], calibration=calibration),))).svg
    # A circle is one arc of its radius.
    assert svg.count("a1.8 1.8") == svg.count("a7.5 7.5") == 1


def test_one_bin_of_one_row_without_a_control_is_drawn(column: comparing.ColumnComparison) -> None:
    calibration = evidence.Calibration(
        bins=(evidence.Bin(low=0.9, high=1, n=1, confidence=1, accuracy=1),), ece=0, brier=0, log_loss=0, temperature=0.05
    )
    figure = calibration_figure(replace(column, rows=(replace(column.rows[1], calibration=calibration),)))
    assert "ECE 0.000" in words(figure)
    assert not numberless(figure)


def test_the_figure_draws_the_rows_of_the_table(column: comparing.ColumnComparison) -> None:
    rows = tuple(replace(column.rows[1], name=f"row-{place}", label=f"Row {place}") for place in range(50))
    many = replace(column, rows=(column.rows[0], *rows))
    assert len(drawn_rows(calibration_figure(many))) == RELIABILITY
    assert calibration_note(many) == " 8 of 51 rows: the control and those that differ most from it; report.json has all."
    assert calibration_note(column) == ""
