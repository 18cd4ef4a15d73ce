"""The figure of differences to the control."""

import re
from dataclasses import replace

import pytest

from augbench import Comparison, comparing, evidence, numbers
from augbench.values.settings import Published
from augbench_reports.figures.forest import forest_caption, forest_figure
from support.drawn import drawn_rows, titles, words


def interval(low: float, high: float, method: str) -> evidence.Interval:
    return evidence.Interval(low=low, high=high, level=0.95, method=method)


@pytest.fixture
def whole(small: Comparison) -> Comparison:
    """One row that is better, one that is refused, with all that is drawn."""
    (column,) = small.columns
    control, better, refused = column.rows
    assert better.difference is not None
    assert refused.difference is not None
    found = replace(
        better.difference,
        mean=0.1,
        direction="higher",
        over_seeds=interval(0.05, 0.15, "t over seeds"),
        over_both=interval(0.02, 0.18, "bootstrap over seeds and images"),
    )
    rows = (
        control,
        replace(better, difference=found, verdict=evidence.Verdict(word="better", reason="")),
        replace(refused, difference=replace(refused.difference, mean=-0.2), verdict=evidence.Verdict(word="refused", reason="why")),
    )
    noise = evidence.NoiseFloor(rows=(control.label,), pairs=3, median=0.012, largest=0.031, published=0.5, alpha=0.05)
    quoted = (Published(label="Theirs", dataset=column.name, macro_f1=0.868), Published(label="Elsewhere", dataset="other", macro_f1=0.5))
    return replace(small, rope=0.03, columns=(replace(column, rows=rows, noise=noise),), published=quoted)


def test_each_row_tells_its_difference_its_widest_interval_and_its_verdict(whole: Comparison) -> None:
    drawing = forest_figure(whole, whole.columns[0])
    shown = words(drawing)
    assert {"+0.100 [0.020, 0.180]", "better", "refused"} <= set(shown)
    _, better, refused = whole.columns[0].rows
    assert drawn_rows(drawing) == [better.name, refused.name]
    assert any(each.endswith("+0.100 [0.020, 0.180], better") for each in titles(drawing))


def test_a_longer_line_is_a_wider_interval(whole: Comparison) -> None:
    svg = forest_figure(whole, whole.columns[0]).svg
    thin, thick = (
        float(end) - float(start)
        for width in ("1.4", "4.5")
        for start, _, end in re.findall(rf'd="M([\d.]+) ([\d.]+)[L ]([\d.]+) \2"[^>]* stroke-width="{re.escape(width)}"', svg)[:1]
    )
    assert thin == pytest.approx(thick * 0.16 / 0.10, rel=0.01)


def test_what_is_refused_is_hollow_and_what_is_quoted_is_hatched(whole: Comparison) -> None:
    drawing = forest_figure(whole, whole.columns[0])
    assert drawing.svg.count('fill="&paper;" stroke="&accent;"') == 1
    assert {"Theirs", "0.868 as quoted", "never tested"} <= set(words(drawing))
    assert "Elsewhere" not in words(drawing)
    assert 'fill="url(#&own;hatch-muted)"' in drawing.svg


def test_a_quoted_result_of_another_metric_has_no_place(whole: Comparison) -> None:
    assert "Theirs" not in words(forest_figure(replace(whole, primary="accuracy"), whole.columns[0]))


def test_the_bands_are_named_in_the_caption_and_by_hovering(whole: Comparison) -> None:
    (column,) = whole.columns
    caption = forest_caption(whole, column)
    assert "Thick line: 95% t over seeds." in caption
    assert "Thin line: 95% bootstrap over seeds and images." in caption
    assert "Grey band: within 0.030, too little to matter." in caption
    assert "Hatched band: two seeds of one and the same row differ by 0.012 in the median." in caption
    assert {"within 0.030 of the control: too little to matter", "two seeds of a row differ by 0.012 in the median"} <= set(
        titles(forest_figure(whole, column))
    )
    bare = replace(whole, rope=None, published=(), columns=(replace(column, noise=None),))
    assert "band" not in forest_caption(bare, bare.columns[0])
    assert "quoted" not in forest_caption(bare, bare.columns[0])


def test_words_tell_the_direction_to_those_who_do_not_see(whole: Comparison) -> None:
    drawing = forest_figure(whole, whole.columns[0])
    _, better, refused = whole.columns[0].rows
    assert f"{better.label} {numbers.against(0.1)}" in drawing.description
    assert f"{refused.label} {numbers.against(-0.2)}" in drawing.description


def test_a_margin_far_wider_than_the_differences_does_not_flatten_them(whole: Comparison) -> None:
    far = replace(whole, rope=100.0)
    ticks = [each for each in words(forest_figure(far, far.columns[0])) if re.fullmatch(r"−?\d+\.\d+", each)]
    assert max(float(each.replace("−", "-")) for each in ticks) < 1


def test_a_thousand_rows_stay_a_small_figure(whole: Comparison) -> None:
    (column,) = whole.columns
    control, row, _ = column.rows
    rows: tuple[comparing.RowComparison, ...] = (control, *(replace(row, name=f"r{place}", label=f"Row {place}") for place in range(999)))
    many = replace(whole, columns=(replace(column, rows=rows),))
    assert len(forest_figure(many, many.columns[0]).svg) < 50_000
    assert "rows: the control and those that differ most from it" in forest_caption(many, many.columns[0])
