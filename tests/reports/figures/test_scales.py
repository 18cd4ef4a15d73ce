"""Axes: every value has its place, and what is written beside them is round."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from augbench_reports.figures.scales import Kind, Scale, scale_over

KINDS: tuple[Kind, ...] = ("linear", "log", "symlog")


@given(st.lists(st.floats(), max_size=5), st.sampled_from(KINDS), st.integers(2, 10))
def test_ticks_of_any_values_are_few_ascending_different_and_within(values: list[float], kind: Kind, most: int) -> None:
    scale = scale_over(values, 0, 100, kind=kind)
    ticks = scale.ticks(most)
    assert ticks == sorted(set(ticks))
    assert len(set(scale.labels(ticks))) == len(ticks) <= most + 3
    assert all(-1e-6 <= scale.place(tick) <= 100 + 1e-6 for tick in ticks)


@given(st.lists(st.floats(), min_size=1, max_size=5), st.sampled_from(KINDS))
def test_every_value_stands_on_the_scale_or_nowhere(values: list[float], kind: Kind) -> None:
    scale = scale_over(values, 0, 100, kind=kind)
    assert all(math.isnan(place) or 0 <= place <= 100 for place in map(scale.place, values))


@pytest.mark.parametrize(
    ("kind", "values", "labels"),
    [
        ("linear", (0.476, 0.924), ["0.5", "0.6", "0.7", "0.8", "0.9"]),
        ("linear", (-0.04, 0.1), ["−0.025", "0.000", "0.025", "0.050", "0.075", "0.100"]),
        ("linear", (0, 120000), ["0", "20,000", "40,000", "60,000", "80,000", "100,000", "120,000"]),
        ("linear", (0, 3e-9), ["0", "5e−10", "1e−9", "1.5e−9", "2e−9", "2.5e−9", "3e−9"]),
        ("log", (1, 1000), ["1", "10", "100", "1,000"]),
        ("log", (2, 7), ["2", "3", "4", "5", "6", "7"]),
        ("symlog", (-0.001, 0.46), ["0", "0.01", "0.1"]),
        ("symlog", (-50, 50), ["−10", "−0.1", "0", "0.1", "10"]),
    ],
)
def test_ticks_are_written_as_people_would(kind: Kind, values: tuple[float, float], labels: list[str]) -> None:
    scale = Scale(low=values[0], high=values[1], start=0, end=100, kind=kind)
    assert scale.labels(scale.ticks(6)) == labels


def test_a_long_axis_has_ticks_between_powers_of_ten() -> None:
    scale = Scale(low=-8, high=0.07, start=0, end=870, kind="symlog", threshold=0.06)
    assert scale.labels(scale.ticks(18)) == ["−5", "−2", "−1", "−0.5", "−0.2", "−0.1", "0"]


def test_a_scale_may_run_upwards() -> None:
    scale = Scale(low=0, high=2, start=100, end=0)
    assert [scale.place(value) for value in (0, 0.5, 2)] == [100, 75, 0]


def test_a_logarithmic_scale_has_no_place_for_nothing() -> None:
    scale = scale_over([0, 1, 100], 0, 100, kind="log", margin=0)
    assert [scale.place(value) for value in (1, 10, 100)] == pytest.approx([0, 50, 100])
    assert math.isnan(scale.place(0))
