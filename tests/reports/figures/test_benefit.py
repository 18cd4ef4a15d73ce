"""The figure of gains against time."""

from dataclasses import replace

import pytest

from augbench import Comparison, comparing, evidence
from augbench_reports.figures import rows
from augbench_reports.figures.benefit import LABELS, benefit_figure, benefit_note, benefit_rows
from support.drawn import drawn_rows, numberless, parsed, titles, words


@pytest.fixture
def column(comparison: Comparison) -> comparing.ColumnComparison:
    return comparison.columns[0]


def others(column: comparing.ColumnComparison, benefits: dict[str, tuple[float, float | None, bool]]) -> comparing.ColumnComparison:
    """Put rows with gains and times that are given beside the control."""
    control, row, *_ = column.rows
    assert row.difference is not None
    made = tuple(
        replace(
            row,
            name=name,
            label=f"Row {name}",
            difference=replace(
                row.difference, mean=gain, over_both=evidence.Interval(low=gain - 0.1, high=gain + 0.2, level=0.95, method="")
            ),
            benefit=evidence.Benefit(gain=gain, seconds=seconds, images=None, undominated=undominated),
        )
        for name, (gain, seconds, undominated) in benefits.items()
    )
    return replace(column, rows=(control, *made))


def test_hovering_tells_gain_interval_and_time(column: comparing.ColumnComparison) -> None:
    figure = benefit_figure(others(column, {"a": (0.03, 90.0, True), "b": (-0.01, -4.0, False)}))
    assert titles(figure) == [
        "Row b: gain −0.010 [−0.110, 0.190], time −4.0 s",
        "Row a: gain +0.030 [−0.070, 0.230], time +1.5 min, undominated",
        "WGAN-div + mixup + nonlinear mixup: the control",
    ]


def test_where_lower_is_better_the_interval_is_that_of_the_gain(column: comparing.ColumnComparison) -> None:
    made = others(column, {"a": (0.03, 90.0, True)})
    control, row = made.rows
    assert row.difference is not None
    lower = replace(row, difference=replace(row.difference, mean=-0.03))
    assert "Row a: gain +0.030 [−0.230, 0.070], time +1.5 min, undominated" in titles(benefit_figure(replace(made, rows=(control, lower))))


def test_rows_that_are_worth_their_time_are_filled(column: comparing.ColumnComparison) -> None:
    fills = {}
    for group in parsed(benefit_figure(others(column, {"a": (0.03, 90.0, True), "b": (-0.01, 4.0, False)}))).iter():
        if "data-row" in group.attrib:
            fills[group.get("data-row")] = next(mark.get("fill") for mark in group if mark.get("stroke-width") == "1.8")
    assert fills["b"] == "#ffffff"
    assert fills["a"] != "#ffffff"
    # No row is as good in as little time as the control.
    assert fills["ours"] not in ("#ffffff", fills["a"])


def test_a_control_that_is_beaten_in_less_time_is_hollow(column: comparing.ColumnComparison) -> None:
    groups = [
        group for group in parsed(benefit_figure(others(column, {"a": (0.03, -9.0, True)}))).iter() if group.get("data-row") == "ours"
    ]
    assert [mark.get("fill") for mark in groups[0] if mark.get("stroke-width") == "1.8"] == ["#ffffff"]


def test_long_times_are_told_in_hours(column: comparing.ColumnComparison) -> None:
    for seconds, unit in ((3.0, "seconds"), (300.0, "minutes"), (30_000.0, "hours")):
        figure = benefit_figure(others(column, {"a": (0.1, seconds, True)}))
        assert f"{unit} more than the control, of a trial and all stages that it shares" in words(figure)


def test_a_row_whose_time_is_unknown_is_not_drawn(column: comparing.ColumnComparison) -> None:
    made = others(column, {"a": (0.03, None, True), "b": (0.01, 0.0, True)})
    assert [row.name for row in benefit_rows(made)] == ["b"]
    assert drawn_rows(benefit_figure(made)) == ["b", "ours"]
    assert not numberless(benefit_figure(made))


def test_of_many_rows_those_worth_their_time_are_drawn_and_named_first(column: comparing.ColumnComparison) -> None:
    many = others(column, {f"{place}": (-place / 100, float(place), place == 3) for place in range(1, 100)})
    figure = benefit_figure(many)
    assert len(drawn_rows(figure)) == rows.MOST
    assert {"Row 3", "Row 99"} <= set(words(figure))
    assert sum(word.startswith("Row") for word in words(figure)) < LABELS
    assert len(figure.svg) < 30_000
    assert benefit_note(many).startswith(" 40 of 100 rows: the control, the undominated rows, and")
    assert benefit_note(column) == ""
