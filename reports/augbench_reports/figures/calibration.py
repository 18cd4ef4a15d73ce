"""Whether probabilities mean what they say: accuracy against confidence, one panel a row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import sqrt

from augbench import comparing, evidence, numbers
from augbench_reports.figures.canvas import Canvas, Place
from augbench_reports.figures.drawing import CONTROL, INK, MUTED, Drawing
from augbench_reports.figures.lettering import LEADING, SMALL, wrapped
from augbench_reports.figures.panels import Grid, Panel, draw_axis_name, horizontal_axis, vertical_axis
from augbench_reports.figures.rows import Shown, shown_note
from augbench_reports.figures.scales import Scale
from augbench_reports.tables.calibration import RELIABILITY, reliability_rows
from augbench_reports.words import plain

ACROSS = 4
SMALLEST, LARGEST = 3.5, 15.0
"""Sizes of marks; their area goes with the number of images."""


def calibration_note(column: comparing.ColumnComparison) -> str:
    """Say in a caption which of many rows are drawn; nothing where all are."""
    return shown_note([row for row in column.rows if row.calibration], RELIABILITY, "report.json")


def calibration_figure(column: comparing.ColumnComparison) -> Drawing:
    """Draw the rows of the table of bins as small multiples; marks are bins, and the control's line stands behind the others'."""
    shown = [Shown(row=row) for row in reliability_rows(column)]
    grid, labels = _layout(shown)
    canvas = Canvas(grid.height)
    own = grid.panels()[0].own
    across, up = Scale(low=0, high=1, start=0, end=own.width), Scale(low=0, high=1, start=own.height, end=0)
    control = next((each.row.calibration for each in shown if each.row.is_control), None)
    with canvas.defined("ground"):
        _ground(canvas, own, across, up, _points(control, across, up) if control else [])
    most = max((each.n for row in shown if row.row.calibration for each in row.row.calibration.bins), default=1)
    for place, (each, lines, panel) in enumerate(zip(shown, labels, grid.panels(), strict=True)):
        with canvas.group(at=(panel.left, panel.top)):
            canvas.again("ground")
            if grid.is_left(place):
                vertical_axis(canvas, own, up, most=5)
            if grid.is_low(place):
                horizontal_axis(canvas, own, across, most=5)
                draw_axis_name(canvas, own, "confidence")
            _row(canvas, each, lines, own, across, up, most)
    middle = grid.top + (grid.height - grid.top - grid.bottom) / 2
    canvas.text(15, middle, "accuracy", anchor="middle", size=SMALL, turn=-90)
    return canvas.drawing(f"Calibration on {plain(column.label)}", _description(shown))


def _layout(shown: Sequence[Shown]) -> tuple[Grid, list[list[str]]]:
    """Return the panels and the lines of text above each: as much room as the longest takes."""
    grid = Grid(count=len(shown), across=ACROSS, panel=170, left=62, right=14, top=0, bottom=42, beside=34)
    width = grid.panels()[0].width
    labels = [wrapped(each.name, width, SMALL, bold=each.row.is_control) for each in shown]
    head = 14 + max(map(len, labels)) * LEADING * SMALL
    return replace(grid, top=head, below=head + 34), labels


def _points(found: evidence.Calibration, across: Scale, up: Scale) -> list[Place]:
    return [(across.place(each.confidence), up.place(each.accuracy)) for each in found.bins]


def _ground(canvas: Canvas, own: Panel, across: Scale, up: Scale, control: Sequence[Place]) -> None:
    """Draw what all panels share: the axes, the diagonal on which confidence is accuracy, the control's line."""
    horizontal_axis(canvas, own, across, labelled=False, most=5)
    vertical_axis(canvas, own, up, labelled=False, most=5)
    canvas.line(0, own.height, own.width, 0, stroke=MUTED, stroke_width=1.2, stroke_dasharray="2 3")
    canvas.polyline(control, stroke=CONTROL, stroke_width=1.2, stroke_dasharray="4 4")


def _row(canvas: Canvas, each: Shown, lines: Sequence[str], own: Panel, across: Scale, up: Scale, most: int) -> None:
    found = each.row.calibration
    if found is None:
        return
    control = each.row.is_control
    points = _points(found, across, up)
    with canvas.group(row=each.row.name, title=f"{each.name}: ECE {numbers.distance(found.ece)}", fill=each.colour):
        canvas.target(0, 0, own.width, own.height)
        top = -10 - (len(lines) - 1) * LEADING * SMALL
        canvas.text(0, top, lines, size=SMALL, bold=control, fill=CONTROL if control else INK)
        canvas.text(own.width - 8, own.height - 10, f"ECE {numbers.distance(found.ece)}", anchor="end", size=SMALL, fill=INK)
        # How far each bin is from the diagonal.
        gaps = [(x, y, x, up.place(bin_.confidence)) for (x, y), bin_ in zip(points, found.bins, strict=True)]
        canvas.lines(gaps, stroke=each.colour, stroke_width=3, stroke_opacity=0.35)
        canvas.polyline(points, stroke=each.colour, stroke_width=1.8)
        for (x, y), bin_ in zip(points, found.bins, strict=True):
            size = max(SMALLEST, LARGEST * sqrt(bin_.n / most))
            canvas.mark(each.shape, x, y, size=size, fill_opacity=0.75, title=_told(bin_))


def _told(found: evidence.Bin) -> str:
    return f"{numbers.many(found.n, 'image')}: confidence {numbers.score(found.confidence)}, accuracy {numbers.score(found.accuracy)}"


def _description(shown: Sequence[Shown]) -> str:
    said = [f"{each.name} {numbers.distance(each.row.calibration.ece)}" for each in shown if each.row.calibration]
    return (
        "Accuracy of test images by the probability of their predicted class, one panel a row. Expected calibration error: "
        f"{numbers.listing(said, 12)}. The tables have every number."
    )
