"""Figures: readable by everyone, and without traces in matplotlib's settings."""

import re
from dataclasses import replace
from xml.etree import ElementTree

import matplotlib as mpl
import pytest

from augbench import Comparison
from augbench_reports.figures import drawing
from augbench_reports.figures.classes import MOST, classes_figure, shown_classes
from augbench_reports.figures.curves import curves_figure
from augbench_reports.figures.scores import scores_figure
from augbench_reports.words import plain, slugs


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", [drawing._LIGHT, drawing._DARK])
def test_marks_keep_three_to_one_and_words_four_and_a_half_against_the_page(theme: dict[str, str]) -> None:
    paper = theme[drawing.PAPER]
    assert all(contrast(theme[mark], paper) >= 3 for mark in (drawing.ACCENT, drawing.CONTROL))
    assert all(contrast(theme[word], paper) >= 4.5 for word in (drawing.INK, drawing.MUTED))


def test_drawing_leaves_matplotlibs_settings_alone(small: Comparison) -> None:
    before = dict(mpl.rcParams)
    scores_figure(small.columns[0], ("accuracy", "macro-f1"))
    assert dict(mpl.rcParams) == before


def test_words_stay_words(small: Comparison) -> None:
    column = small.columns[0]
    svg = scores_figure(column, ("macro-f1",)).file(dark=False)
    words = " ".join(ElementTree.fromstring(svg.encode()).itertext())
    assert "WGAN + mixup + nonlinear mixup" in words
    assert "Macro-F1" in words


def test_a_file_holds_no_date_and_no_stand_in_colour(small: Comparison) -> None:
    column = small.columns[0]
    for figure in (scores_figure(column, ("macro-f1",)), classes_figure(column), curves_figure(column, "training loss")):
        text = figure.file(dark=True)
        assert not any(stand_in in text for stand_in in drawing._DARK)
        assert re.search(r"20\d\d-\d\d|<metadata|<dc:", text) is None


def test_classes_with_few_test_images_are_hatched(small: Comparison) -> None:
    column = small.columns[0]
    assert "<pattern" in classes_figure(column).svg
    enough = replace(column, classes=tuple(replace(each, test=50) for each in column.classes))
    assert "<pattern" not in classes_figure(enough).svg


def test_of_many_classes_the_minority_is_drawn_first(small: Comparison) -> None:
    (facts, *_) = small.columns[0].classes
    classes = [replace(facts, name=str(place), minority=place >= 90) for place in range(100)]
    chosen = shown_classes(classes)
    assert len(chosen) == MOST
    assert chosen[-10:] == list(range(90, 100))


def test_an_inline_figure_brings_no_style_for_the_rest_of_the_page(small: Comparison) -> None:
    inline = scores_figure(small.columns[0], ("macro-f1",)).inline("one")
    assert "<style" not in inline
    assert set(re.findall(r'\bid="(\w+)-', inline)) == {"one"}


def test_names_are_shortened_and_slugs_differ() -> None:
    assert plain("n" * 300) == "n" * 99 + "…"
    assert plain("a\u202eb\nc\x00") == "ab c"
    assert slugs(["a b", "A-B", "é", "…"]) == ["a-b", "a-b-2", "data", "data-2"]
