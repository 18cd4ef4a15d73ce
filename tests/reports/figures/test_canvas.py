"""The SVG writer: whatever is drawn, the text is sound, harmless and the same each time."""

import doctest
import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from augbench_reports.figures import canvas as module
from augbench_reports.figures import drawing
from augbench_reports.figures.canvas import Canvas, Shape, number
from augbench_reports.figures.lettering import text_width, wrapped
from augbench_reports.words import plain

SVG = "{http://www.w3.org/2000/svg}"


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def parsed(canvas: Canvas) -> ElementTree.Element:
    return ElementTree.fromstring(canvas.drawing("title", "description").file(dark=False).encode())


@pytest.mark.parametrize("theme", [drawing._LIGHT, drawing._DARK])
def test_marks_keep_three_to_one_and_words_four_and_a_half_against_the_page(theme: dict[str, str]) -> None:
    paper = theme[drawing.PAPER]
    assert contrast(theme[drawing.ACCENT], paper) >= 3
    assert all(contrast(theme[word], paper) >= 4.5 for word in (drawing.INK, drawing.MUTED, drawing.CONTROL))


def test_the_example_of_the_module_holds() -> None:
    assert doctest.testmod(module).failed == 0 < doctest.testmod(module).attempted


@given(st.text())
def test_any_text_is_only_text(words: str) -> None:
    canvas = Canvas(height=10)
    with canvas.group(title=words, row=words):
        canvas.text(0, 0, f"x{words}")
    (text,) = parsed(canvas).iter(f"{SVG}text")
    assert text.text == plain(f"x{words}", 300).translate({0xFFFE: None, 0xFFFF: None})
    assert not list(text)


@pytest.mark.parametrize("words", ["&ink;", "&own;", "</text><script>", '" onload="', "url(#&own;hatch)", "#1f2328"])
def test_a_text_that_looks_like_markup_or_a_stand_in_is_shown_as_it_is(words: str) -> None:
    canvas = Canvas(height=10)
    canvas.text(0, 0, words)
    assert [element.text for element in parsed(canvas).iter(f"{SVG}text")] == [words]
    assert (
        words
        == ElementTree.fromstring(drawing.Drawing(svg=canvas.drawing("", "").svg, title=words, description="").file(dark=True))[0].text
    )


def test_what_turns_a_page_around_or_is_no_character_is_left_out() -> None:
    canvas = Canvas(height=10)
    canvas.text(0, 0, "a\u202eb\x00\ufffe\n$c$")
    assert [element.text for element in parsed(canvas).iter(f"{SVG}text")] == ["ab $c$"]


def test_hovering_over_a_mark_tells_its_title_and_a_page_finds_its_row() -> None:
    canvas = Canvas(height=10)
    with canvas.group(row="ours", title="ours: 0.7"):
        canvas.mark("triangle", 5, 5, title="seed 1: <0.8>")
    (group,) = parsed(canvas).iter(f"{SVG}g")
    assert group.get("data-row") == "ours"
    assert [title.text for title in group.iter(f"{SVG}title")] == ["ours: 0.7", "seed 1: <0.8>"]


@pytest.mark.parametrize("shape", ["circle", "square", "diamond", "triangle", "cross"])
def test_marks_of_one_size_differ_in_shape(shape: Shape) -> None:
    canvas = Canvas(height=10)
    for each in ("circle", "square", "diamond", "triangle", "cross"):
        canvas.mark(each, 5, 5)
    paths = [path.get("d") for path in parsed(canvas).iter(f"{SVG}path")]
    assert len(set(paths)) == 5


def test_what_is_not_finite_is_left_out_and_breaks_a_line() -> None:
    nan = float("nan")
    canvas = Canvas(height=10)
    canvas.text(nan, 0, "gone")
    canvas.marks("circle", [(0, nan)])
    canvas.rect(0, 0, float("inf"), 1)
    canvas.lines([(0, 0, 1, nan), (0, 0, 1, 1)])
    canvas.polyline([(0, 0), (1, 1), (2, nan), (3, 3), (4, 4), (5, nan), (6, 6)])
    assert [path.get("d") for path in parsed(canvas).iter(f"{SVG}path")] == ["M0 0 1 1", "M0 0 1 1M3 3 4 4"]
    assert not list(parsed(canvas).iter(f"{SVG}text"))


def test_two_drawings_on_a_page_share_no_id_and_refer_to_their_own() -> None:
    canvas = Canvas(height=10)
    canvas.rect(0, 0, 1, 1, fill=canvas.hatch(drawing.ACCENT))
    with canvas.defined("axis"):
        canvas.line(0, 0, 1, 1)
    canvas.again("axis")
    one, other = (canvas.drawing("", "").inline(prefix) for prefix in ("one", "other"))
    ids = [set(re.findall(r'\bid="([^"]*)"', text)) for text in (one, other)]
    assert not ids[0] & ids[1]
    assert set(re.findall(r"#([\w-]+)", one)) == {"one-hatch-accent", "one-axis"} <= ids[0]


def test_the_same_drawing_is_written_in_colours_of_the_page_and_of_each_theme() -> None:
    canvas = Canvas(height=10)
    canvas.rect(0, 0, 1, 1, fill=drawing.ACCENT)
    made = canvas.drawing("", "")
    assert 'fill="var(--accent)"' in made.inline("one")
    assert 'fill="#0072b2"' in made.file(dark=False)
    assert 'fill="#56b4e9"' in made.file(dark=True)
    assert not any(re.search(r"&(?!amp|lt|gt|quot|#)", text) for text in (made.inline("one"), made.file(dark=True)))


@pytest.mark.parametrize(
    ("value", "text"), [(1, "1"), (0.04, "0"), (-0.04, "0"), (12.34, "12.3"), (-0.5, "-.5"), (100, "100"), (0.96, "1")]
)
def test_numbers_are_short(value: float, text: str) -> None:
    assert number(value) == text


@given(st.text(max_size=80), st.floats(30, 300), st.integers(1, 4))
def test_wrapped_lines_fit_and_lose_nothing_without_an_ellipsis(text: str, width: float, most: int) -> None:
    lines = wrapped(text, width, most=most)
    assert len(lines) <= most
    assert all(text_width(line) <= width for line in lines)
    kept = "".join("".join(lines).split())
    assert kept == "".join(text.split()) or kept.endswith("…")


def test_wide_letters_take_more_room_and_accents_none() -> None:
    assert text_width("漢字") > text_width("ab") > text_width("il")
    assert text_width("e\u0301") == text_width("e")
