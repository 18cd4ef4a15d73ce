"""What holds for every figure of a data set."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from augbench import Comparison, comparing
from augbench_reports.figures.benefit import benefit_figure
from augbench_reports.figures.calibration import calibration_figure
from augbench_reports.figures.classes import classes_figure
from augbench_reports.figures.confusion import confusion_figure
from augbench_reports.figures.drawing import Drawing
from augbench_reports.figures.lettering import SIZE, text_width
from augbench_reports.figures.scores import scores_figure
from augbench_reports.figures.variance import variance_figure
from augbench_reports.sections.columns import column_sections
from support.drawn import SVG, numberless, parsed, words

Draw = Callable[[comparing.ColumnComparison], Drawing]
FIGURES = [
    benefit_figure,
    calibration_figure,
    classes_figure,
    confusion_figure,
    lambda column: scores_figure(column, ("accuracy", "macro-f1")),
    variance_figure,
]
figures = pytest.mark.parametrize("draw", FIGURES, ids=["benefit", "calibration", "classes", "confusion", "scores", "variance"])


@figures
def test_a_figure_is_the_same_twice_and_of_colours_of_the_theme(draw: Draw, comparison: Comparison) -> None:
    (column,) = comparison.columns
    assert draw(column).svg == draw(column).svg
    assert not re.search(r'(?:fill|stroke)="#', draw(column).svg)
    assert not numberless(draw(column))


@figures
def test_ids_are_of_one_figure(draw: Draw, comparison: Comparison) -> None:
    inline = draw(comparison.columns[0]).inline("one")
    assert set(re.findall(r'\bid="(\w+)-', inline)) == {"one"}
    assert set(re.findall(r'(?:href="#|url\(#)(\w+)-', inline)) <= {"one"}


@figures
def test_a_figure_of_the_control_alone_is_drawn(draw: Draw, comparison: Comparison) -> None:
    (column,) = comparison.columns
    alone = draw(replace(column, rows=column.rows[:1]))
    assert not numberless(alone)
    assert parsed(alone).get("viewBox")


@figures
def test_hostile_names_are_text(draw: Draw, hostile_comparison: Comparison, harmless_comparison: Comparison) -> None:
    hostile, harmless = (draw(each.columns[0]) for each in (hostile_comparison, harmless_comparison))
    elements = {element.tag.removeprefix(SVG) for element in parsed(hostile).iter()}
    assert elements <= {element.tag.removeprefix(SVG) for element in parsed(harmless).iter()}
    assert not any("\u202e" in word or "\x00" in word for word in words(hostile))


def written(element: ElementTree.Element, x: float = 0, y: float = 0) -> Iterator[tuple[str, float, float, float]]:
    """Yield level texts with their left and right ends and their base, as far as the reader's font is known."""
    if moved := re.match(r"translate\((\S+) (\S+)\)", element.get("transform", "")):
        x, y = x + float(moved[1]), y + float(moved[2])
    if element.tag == f"{SVG}text" and "transform" not in element.attrib:
        width = text_width(element.text or "", float(element.get("font-size", SIZE)), bold="font-weight" in element.attrib)
        start = x + float(element.attrib["x"]) - width * {"middle": 0.5, "end": 1.0}.get(element.get("text-anchor", ""), 0.0)
        yield element.text or "", start, start + width, y + float(element.attrib["y"])
    # What is defined stands where it is used.
    for child in element if element.tag != f"{SVG}defs" else ():
        yield from written(child, x, y)


@figures
def test_no_word_leaves_the_drawing(draw: Draw, hostile_comparison: Comparison, comparison: Comparison) -> None:
    for column in (hostile_comparison.columns[0], comparison.columns[0]):
        root = parsed(draw(column))
        width, height = map(float, root.attrib["viewBox"].split()[2:])
        beyond = [each for each in written(root) if each[1] < 0 or each[2] > width or not 0 < each[3] < height]
        assert beyond == []


def test_a_data_set_without_any_result_has_no_such_figure(comparison: Comparison) -> None:
    (column,) = comparison.columns
    none = [
        replace(
            row,
            done=0,
            confusion=None,
            calibration=None,
            variance=None,
            benefit=None,
            difference=None,
            verdict=None,
            classes=(),
            curves={},
            scores={name: comparing.Score(metric=name) for name in row.scores},
        )
        for row in column.rows
    ]
    bare = replace(column, rows=tuple(none), generators=(), noise=None)
    sections = column_sections(replace(comparison, columns=(bare,)), bare, "bare")
    slugs = {getattr(block, "slug", "") for section in sections for block in section.blocks}
    assert not {f"bare-{name}" for name in ("confusion", "calibration", "benefit", "variance", "scores", "forest")} & slugs
