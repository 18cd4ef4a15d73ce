"""Figures: readable by everyone, and small however many rows a run has."""

import re
from dataclasses import replace

import pytest

from augbench import Comparison, comparing
from augbench_reports.figures import curves, rows
from augbench_reports.figures.classes import MOST, classes_figure, most_rows, shown_classes
from augbench_reports.figures.curves import curves_figure, curves_note, thinned
from augbench_reports.figures.drawing import Drawing
from augbench_reports.figures.generators import generator_figure, generators_note, shown_generators
from augbench_reports.figures.rows import shown_note, shown_rows
from augbench_reports.figures.scores import scores_figure
from augbench_reports.words import plain, slugs
from support.drawn import SVG, parsed


def drawn(column: comparing.ColumnComparison) -> list[Drawing]:
    return [scores_figure(column, ("accuracy", "macro-f1")), classes_figure(column), curves_figure(column, "training loss")]


def found_rows(drawing: Drawing) -> set[str | None]:
    return {group.get("data-row") for group in parsed(drawing).iter(f"{SVG}g")} - {None}


@pytest.fixture(scope="module")
def many(comparison: Comparison) -> comparing.ColumnComparison:
    """Return a data set of a thousand rows, of which later ones differ more from the control."""
    (column,) = comparison.columns
    control, other, *_ = column.rows
    assert other.difference is not None
    others = [
        replace(other, name=f"row-{place}", label=f"Row {place}", difference=replace(other.difference, mean=-place / 1000))
        for place in range(1, 1000)
    ]
    return replace(column, rows=(*others[:500], control, *others[500:]))


def test_words_stay_words(small: Comparison) -> None:
    words = " ".join(parsed(scores_figure(small.columns[0], ("macro-f1",))).itertext())
    assert "WGAN-GP + mixup + nonlinear mixup" in words
    assert "Macro-F1" in words


def test_a_drawing_is_the_same_twice_and_holds_no_date(small: Comparison) -> None:
    (column,) = small.columns
    assert [each.file(dark=True) for each in drawn(column)] == [each.file(dark=True) for each in drawn(column)]
    assert not any(re.search(r"20\d\d-\d\d|<metadata", each.svg) for each in drawn(column))


def test_an_inline_figure_brings_no_style_for_the_rest_of_the_page(small: Comparison) -> None:
    for each in drawn(small.columns[0]):
        inline = each.inline("one")
        assert "<style" not in inline
        assert set(re.findall(r'\bid="(\w+)-', inline)) == {"one"}


def test_a_figure_has_a_title_and_a_description_for_those_who_do_not_see_it(small: Comparison) -> None:
    for each in drawn(small.columns[0]):
        root = parsed(each)
        said = {element.get("id"): element.text for element in root if element.tag in (f"{SVG}title", f"{SVG}desc")}
        assert root.get("role") == "img"
        assert all(said[name] for name in root.get("aria-labelledby", "").split())


def test_hovering_tells_row_seed_and_value(comparison: Comparison) -> None:
    (column,) = comparison.columns
    row = next(row for row in column.rows if row.name == "plain")
    seed, value = row.scores["macro-f1"].seeds[1]
    titles = {title.text for title in parsed(scores_figure(column, ("macro-f1",))).iter(f"{SVG}title")}
    assert f"Plain: no oversampling, seed {seed}: {value:.3f}" in titles
    score = row.classes[0].f1
    titles = {title.text for title in parsed(classes_figure(column)).iter(f"{SVG}title")}
    assert f"Plain: no oversampling: {score.mean:.3f} ({score.seeds[0][1]:.3f}, {score.seeds[1][1]:.3f})" in titles


def test_every_row_is_marked_with_its_name(comparison: Comparison) -> None:
    (column,) = comparison.columns
    assert all(found_rows(each) == {row.name for row in column.rows} for each in drawn(column))


def test_the_control_differs_by_more_than_its_colour(comparison: Comparison) -> None:
    control, *others = shown_rows(comparison.columns[0].rows)
    assert {control.shape} != {each.shape for each in others}
    bold = [text.text for text in parsed(scores_figure(comparison.columns[0], ("macro-f1",))).iter(f"{SVG}text") if text.get("font-weight")]
    assert bold == ["Macro-F1", "WGAN-div + mixup + nonlinear mixup"]


def test_a_row_without_result_says_so(comparison: Comparison) -> None:
    (column,) = comparison.columns
    waiting = replace(column.rows[1], scores={"macro-f1": comparing.Score(metric="macro-f1")})
    figure = scores_figure(replace(column, rows=(column.rows[0], waiting)), ("macro-f1",))
    assert "no result" in " ".join(parsed(figure).itertext())


def test_classes_with_few_test_images_are_hatched(small: Comparison) -> None:
    (column,) = small.columns
    assert "<pattern" in classes_figure(column).svg
    enough = replace(column, classes=tuple(replace(each, test=50) for each in column.classes))
    assert "<pattern" not in classes_figure(enough).svg


def test_of_many_classes_the_minority_is_drawn_first(small: Comparison) -> None:
    (facts, *_) = small.columns[0].classes
    classes = [replace(facts, name=str(place), minority=place >= 90) for place in range(100)]
    chosen = shown_classes(classes)
    assert len(chosen) == MOST
    assert chosen[-10:] == list(range(90, 100))


def test_of_many_rows_the_control_and_those_that_differ_most_are_shown_in_their_order(many: comparing.ColumnComparison) -> None:
    names = [each.row.name for each in shown_rows(many.rows)]
    assert names == ["ours", *(f"row-{place}" for place in range(961, 1000))]
    said = " 40 of 1,000 rows: the control and those that differ most from it; the table has all."
    assert shown_note(many.rows) == said
    assert shown_note(many.rows[:40]) == ""
    assert "the first ones" in shown_note([row for row in many.rows if not row.is_control])


def test_figures_of_many_rows_are_small(many: comparing.ColumnComparison) -> None:
    scores, classes, training = drawn(many)
    assert len(found_rows(scores)) == rows.MOST
    assert len(found_rows(classes)) == most_rows(many) == 30
    assert len(found_rows(training)) == curves.MOST
    assert all(len(each.inline("one")) < 90_000 for each in (scores, classes, training))


def test_with_many_classes_fewer_rows_are_shown(many: comparing.ColumnComparison) -> None:
    assert most_rows(replace(many, classes=many.classes * 10)) == 10


def test_a_caption_tells_what_stands_behind_a_curve(many: comparing.ColumnComparison) -> None:
    few, one = (replace(many, rows=many.rows[:count]) for count in (3, 1))
    assert curves_note(one, "training loss") == "."
    assert curves_note(few, "training loss") == "; the other rows in grey behind it."
    assert curves_note(many, "training loss").startswith("; 40 rows in grey behind it. 12 of 1,000 rows: the control and")


def test_a_curve_that_only_rows_of_little_weight_have_is_drawn(many: comparing.ColumnComparison) -> None:
    only = tuple(row if row.name == "row-1" else replace(row, curves={}) for row in many.rows)
    assert found_rows(curves_figure(replace(many, rows=only), "training loss")) == {"row-1"}


def test_a_thinned_curve_keeps_its_ends_and_its_peaks() -> None:
    curve = [(float(step), 100.0 if step == 3333 else -7.0 if step == 8000 else step % 5) for step in range(10_000)]
    thin = thinned(curve)
    assert len(thin) <= curves.POINTS
    assert {curve[0], curve[3333], curve[8000], curve[-1]} <= set(thin)
    assert thin == sorted(thin)
    assert thinned(curve[:7]) == curve[:7]


def test_a_curve_that_diverged_is_drawn_as_far_as_it_goes(small: Comparison) -> None:
    (column,) = small.columns
    diverged = ((1, 0.5), (2, 0.7), (3, float("inf")), (4, float("nan")))
    figure = curves_figure(replace(column, rows=(replace(column.rows[0], curves={"training loss": diverged}),)), "training loss")
    assert not {"nan", "inf"} & set(re.findall(r"[a-z]+", re.sub(r"<(title|desc).*?</\1>", "", figure.svg)))


def test_of_many_generators_the_unsound_are_drawn_first(comparison: Comparison) -> None:
    (column,) = comparison.columns
    each = replace(column.generators[0], word="sound")
    many = [replace(each, name=f"generator-{place}", word="copies" if place == 40 else "sound") for place in range(50)]
    column = replace(column, generators=tuple(many))
    assert [found.name for found in shown_generators(column, "kid")][-1] == "generator-40"
    assert generators_note(column, "kid") == " 24 of 50 generators and classes: those that are not sound first; the table has all."
    words = " ".join(parsed(generator_figure(column, "kid")).itertext())
    assert "generator-22" in words
    assert "generator-23" not in words


def test_names_are_shortened_and_slugs_differ() -> None:
    assert plain("n" * 300) == "n" * 99 + "…"
    assert plain("a\u202eb\nc\x00") == "ab c"
    assert slugs(["a b", "A-B", "é", "…"]) == ["a-b", "a-b-2", "data", "data-2"]
