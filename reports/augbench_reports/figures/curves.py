"""Training curves: one panel a row, the others behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from augbench import comparing, numbers
from augbench_reports.figures import rows
from augbench_reports.figures.canvas import Canvas, Place
from augbench_reports.figures.drawing import ACCENT, CONTROL, INK, SOFT, Drawing
from augbench_reports.figures.lettering import LEADING, SMALL, wrapped
from augbench_reports.figures.panels import Grid, draw_axis_name, horizontal_axis, vertical_axis
from augbench_reports.figures.rows import Shown, shown_note, shown_rows
from augbench_reports.figures.scales import Scale, scale_over
from augbench_reports.words import plain

ACROSS = 4
MOST = 12
"""Panels of one figure; the curves of more rows stand behind them."""
POINTS = 100
"""Of one curve."""


def curve_names(column: comparing.ColumnComparison) -> list[str]:
    """Return the curves that any row has."""
    return sorted({name for row in column.rows for name in row.curves})


def curves_note(column: comparing.ColumnComparison, name: str) -> str:
    """Say in a caption what stands behind each curve, and which of many rows are shown."""
    having = [row for row in column.rows if name in row.curves]
    behind = "the other rows" if len(having) <= rows.MOST else f"{rows.MOST} rows"
    return f"{f'; {behind} in grey behind it' if len(having) > 1 else ''}.{shown_note(having, MOST, 'report.json')}"


def thinned(curve: Sequence[Place], most: int = POINTS) -> list[Place]:
    """Return a curve of at most so many points: its ends, and the lowest and highest of each stretch between them."""
    if len(curve) <= most:
        return list(curve)
    inner, stretches = curve[1:-1], (most - 2) // 2
    borders = [len(inner) * place // stretches for place in range(stretches + 1)]
    kept = [curve[0]]
    for start, end in pairwise(borders):
        stretch = range(start, end)
        ends = {min(stretch, key=lambda place: inner[place][1]), max(stretch, key=lambda place: inner[place][1])}
        kept += [inner[place] for place in sorted(ends)]
    return [*kept, curve[-1]]


def curves_figure(column: comparing.ColumnComparison, name: str) -> Drawing:
    """Draw one curve of the rows that matter most as small multiples over the same axes."""
    behind, shown = (shown_rows(column.rows, most, lambda row: name in row.curves) for most in (rows.MOST, MOST))
    curves = {each.row.name: thinned(each.row.curves[name]) for each in behind}
    grid, labels = _layout(shown)
    own = grid.panels()[0].own
    points = [point for curve in curves.values() for point in curve]
    steps = scale_over([step for step, _ in points], 0, own.width, margin=0.02)
    values = scale_over([value for _, value in points], own.height, 0)
    canvas = Canvas(grid.height)
    with canvas.defined("others"):
        horizontal_axis(canvas, own, steps)
        vertical_axis(canvas, own, values, labelled=False)
        canvas.polylines([_placed(curve, steps, values) for curve in curves.values()], stroke=SOFT, stroke_width=0.9)
    for place, (each, lines, panel) in enumerate(zip(shown, labels, grid.panels(), strict=True)):
        with canvas.group(at=(panel.left, panel.top)):
            canvas.again("others")
            if grid.is_left(place):
                vertical_axis(canvas, own, values)
            if grid.is_low(place):
                draw_axis_name(canvas, own, "step")
            _draw_curve(canvas, each, _placed(curves[each.row.name], steps, values), lines)
    middle = grid.top + (grid.height - grid.top - grid.bottom) / 2
    canvas.text(15, middle, plain(numbers.metric(name), 60), anchor="middle", size=SMALL, turn=-90)
    said = f"{numbers.heading(plain(name))} by training step, one panel for each of {len(shown)} rows, mean over its trials."
    return canvas.drawing(f"{numbers.heading(plain(name))} on {plain(column.label)}", said)


def _layout(shown: Sequence[Shown]) -> tuple[Grid, list[list[str]]]:
    """Return the panels and the lines of text above each: as much room as the longest takes."""
    grid = Grid(count=len(shown), across=min(ACROSS, len(shown)), panel=104, left=66, right=10, top=0, bottom=40, beside=18)
    width = grid.panels()[0].width
    labels = [wrapped(each.name, width, SMALL, most=3, bold=each.row.is_control) for each in shown]
    head = 12 + max(map(len, labels)) * LEADING * SMALL
    return replace(grid, top=head, below=head + 40), labels


def _placed(curve: Sequence[Place], steps: Scale, values: Scale) -> list[Place]:
    return [(steps.place(step), values.place(value)) for step, value in curve]


def _draw_curve(canvas: Canvas, each: Shown, points: Sequence[Place], lines: Sequence[str]) -> None:
    control = each.row.is_control
    top = -8 - (len(lines) - 1) * LEADING * SMALL
    with canvas.group(row=each.row.name, title=each.name):
        canvas.text(0, top, lines, size=SMALL, bold=control, fill=CONTROL if control else INK)
        canvas.polyline(points, stroke=CONTROL if control else ACCENT, stroke_width=2.2)
        if len(points) == 1:
            canvas.marks(each.shape, points, fill=each.colour)
