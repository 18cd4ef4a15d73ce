"""How numbers are written."""

import pytest

from augbench import numbers


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0.5, "0.500"),
        (1.0, "1.00"),
        (0.0625, "0.0625"),
        (0.00072, "7.2e-4"),
        (1.6e-10, "1.6e-10"),
        (0.0, "< 1e-300"),
        (None, "–"),
        (float("nan"), "–"),
    ],
)
def test_p_values(value: float | None, written: str) -> None:
    assert numbers.p_value(value) == written


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0.021, "0.021 higher than control"),
        (-0.3, "0.300 lower than control"),
        (0.0, "equal to control"),
        (-1e-5, "less than 0.001 lower than control"),
    ],
)
def test_differences_have_their_direction_in_words(value: float, words: str) -> None:
    assert numbers.against(value) == words


@pytest.mark.parametrize(
    ("value", "signed", "score"),
    [
        (0.0214, "+0.021", "0.021"),
        (-0.3, "−0.300", "−0.300"),
        (-0.0004, "0.000", "0.000"),
        (0.0004, "0.000", "0.000"),
        (0.0, "0.000", "0.000"),
    ],
)
def test_what_rounds_to_zero_has_no_sign(value: float, signed: str, score: str) -> None:
    assert (numbers.signed(value), numbers.score(value)) == (signed, score)
    assert numbers.points(-0.0004) == "0.0"


def test_what_is_absent_is_a_dash() -> None:
    assert [
        numbers.score(None),
        numbers.spread(None, None),
        numbers.signed(None),
        numbers.count(None),
        numbers.seconds(None),
        numbers.span(None),
        numbers.memory(None),
        numbers.energy(None),
    ] == ["–"] * 8


def test_spreads_and_spans() -> None:
    assert numbers.spread(0.8, 0.0126) == "0.800 ± 0.013"
    assert numbers.spread(0.8, None) == "0.800"
    assert numbers.span((700, 700)) == "700"
    assert numbers.span((700, 22_400)) == "700 to 22,400"
    assert [numbers.seconds(value) for value in (9.44, 90, 7200)] == ["9.4 s", "1.5 min", "2.0 h"]


def test_memory_and_energy_have_units_of_their_size() -> None:
    assert [numbers.memory(value) for value in (812.4, 1234, 81_500)] == ["812 MB", "1.2 GB", "81.5 GB"]
    assert [numbers.energy(value) for value in (12.34, 25_300, 4.2e6)] == ["12.3 J", "25.3 kJ", "4.2 MJ"]


def test_lists_end_in_and() -> None:
    assert numbers.listing(["a"]) == "a"
    assert numbers.listing(["a", "b", "c"]) == "a, b and c"
    assert numbers.listing(list("abcdefgh"), 4) == "a, b, c and 5 more"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1 kB"),
        (13_567, "13.6 kB"),
        (999_600, "1,000 kB"),
        (2_500_000_000, "2.5 GB"),
        (7 * 10**15, "7,000 TB"),
    ],
)
def test_sizes(value: int, written: str) -> None:
    assert numbers.size(value) == written


@pytest.mark.parametrize(
    ("value", "words"),
    [(-5.0, "just now"), (59.0, "just now"), (60.0, "1 minute ago"), (7300.0, "2 hours ago"), (86400.0 * 40, "40 days ago")],
)
def test_ages(value: float, words: str) -> None:
    assert numbers.ago(value) == words


@pytest.mark.parametrize(
    ("name", "written", "heading"),
    [
        ("macro-f1", "macro-F1", "Macro-F1"),
        ("validation macro-f1", "validation macro-F1", "Validation macro-F1"),
        ("mcc", "MCC", "MCC"),
        ("log-loss", "log-loss", "Log-loss"),
        ("my_scores:f1x", "my_scores:f1x", "my_scores:f1x"),
    ],
)
def test_names_of_metrics_are_written_as_in_papers(name, written, heading):
    assert (numbers.metric(name), numbers.heading(name)) == (written, heading)


def test_intervals_shares_and_what_is_more() -> None:
    assert numbers.interval(-0.0304, 0.0691) == "[−0.030, 0.069]"
    assert numbers.interval(-0.0001, 12.34) == "[0.000, 12.3]"
    assert [numbers.percent(value) for value in (2 / 3, 0.0, None)] == ["66.7%", "0.0%", "–"]
    assert [numbers.points(value) for value in (0.012, -0.3, 0.0)] == ["+1.2", "−30.0", "0.0"]
    extra = [numbers.extra(value, numbers.seconds) for value in (300.0, -9.44, 0.0, -0.01, None)]
    assert extra == ["+5.0 min", "−9.4 s", "0.0 s", "0.0 s", "–"]


@pytest.mark.parametrize(("value", "words"), [(0.0312, "p = 0.0312"), (1.6e-10, "p = 1.6e-10"), (0.0, "p < 1e-300")])
def test_a_p_value_in_a_sentence(value: float, words: str) -> None:
    assert numbers.p_equals(value) == words
