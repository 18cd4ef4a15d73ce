"""The figure of confusion matrices."""

from dataclasses import replace

import pytest

from augbench import Comparison, comparing, evidence
from augbench_reports.figures.confusion import CLASSES, MOST, confusion_classes, confusion_figure, confusion_note
from support.drawn import drawn_rows, titles, words


@pytest.fixture
def column(small: Comparison) -> comparing.ColumnComparison:
    return small.columns[0]


def two_classes(counts: tuple[tuple[int, int], tuple[int, int]], against: tuple[tuple[float, float], ...] | None) -> evidence.Confusion:
    shares = tuple(tuple(count / (sum(line) or 1) for count in line) for line in counts)
    return evidence.Confusion(counts=counts, shares=shares, against=against, confused=())


@pytest.fixture
def simple(column: comparing.ColumnComparison) -> comparing.ColumnComparison:
    """Two classes; the row finds 12 points fewer of the second."""
    control, row, _ = column.rows
    matrices = (two_classes(((90, 10), (0, 0)), None), two_classes(((78, 22), (0, 0)), ((-0.12, 0.12), (0.0, 0.0))))
    rows = tuple(replace(each, confusion=found) for each, found in zip((control, row), matrices, strict=True))
    return replace(column, classes=column.classes[:2], rows=rows)


def test_the_control_shows_shares_and_numbers_other_rows_their_change(simple: comparing.ColumnComparison) -> None:
    shown = words(confusion_figure(simple))
    assert {"90%", "90", "10%", "10"} <= set(shown)
    assert {"−12", "+12"} <= set(shown)
    assert "neutrophil as lymphocyte: 22.0%, +12.0 points" in titles(confusion_figure(simple))


def test_what_is_worse_is_hatched_and_signed(simple: comparing.ColumnComparison) -> None:
    worse = confusion_figure(simple).svg
    # Fewer found and more taken for another: both are worse.
    assert worse.count('fill="url(#') == 2
    control, row = simple.rows
    better = replace(row, confusion=two_classes(((98, 2), (0, 0)), ((0.08, -0.08), (0.0, 0.0))))
    tints = confusion_figure(replace(simple, rows=(control, better))).svg
    assert tints.count('fill="url(#') == 1
    assert {"+8", "−8"} <= set(words(confusion_figure(replace(simple, rows=(control, better)))))


def test_small_changes_are_tinted_but_not_written(simple: comparing.ColumnComparison) -> None:
    control, row = simple.rows
    near = replace(row, confusion=two_classes(((86, 14), (0, 0)), ((-0.04, 0.04), (0.0, 0.0))))
    figure = confusion_figure(replace(simple, rows=(control, near)))
    assert not {"−4", "+4"} & set(words(figure))
    assert figure.svg.count('fill="url(#') == 2


def test_the_control_stands_first(small: Comparison) -> None:
    column = small.columns[0]
    turned = replace(column, rows=column.rows[::-1])
    assert drawn_rows(confusion_figure(turned)) == ["ours", "wgan", "wgan-gp"]


def test_without_the_control_every_row_shows_its_shares(simple: comparing.ColumnComparison) -> None:
    row = replace(simple.rows[1], confusion=two_classes(((78, 22), (0, 0)), None))
    shown = words(confusion_figure(replace(simple, rows=(row,))))
    assert "78%" in shown
    assert not [text for text in shown if text.startswith("better")]


def test_of_many_classes_the_minority_then_the_most_frequent_are_drawn(simple: comparing.ColumnComparison) -> None:
    facts = simple.classes[0]
    classes = [replace(facts, name=str(place), minority=place >= 95, test=place if place < 95 else 3) for place in range(100)]
    chosen = confusion_classes(classes)
    assert chosen == [*range(95 - (CLASSES - 5), 95), *range(95, 100)]
    said = " 12 of 100 classes: minority classes first, then the most frequent ones."
    assert confusion_note(replace(simple, classes=tuple(classes))) == said


def test_a_hundred_classes_and_rows_stay_a_small_figure(simple: comparing.ColumnComparison) -> None:
    control, row = simple.rows
    line = tuple(0.01 for _ in range(100))
    many = evidence.Confusion(counts=((1,) * 100,) * 100, shares=(line,) * 100, against=(line,) * 100, confused=())
    rows = tuple(replace(row, name=f"row-{place}", label=f"Row {place}", confusion=many) for place in range(100))
    classes = tuple(replace(simple.classes[0], name=f"class {place}") for place in range(100))
    figure = confusion_figure(replace(simple, classes=classes, rows=(replace(control, confusion=replace(many, against=None)), *rows)))
    assert len(drawn_rows(figure)) == MOST
    assert len(figure.svg) < 60_000
    assert "class 11" in words(figure)
    assert "class 12" not in words(figure)
