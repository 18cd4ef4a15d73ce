"""F1 of every class: one panel a class, one bar a row."""

from __future__ import annotations

from collections.abc import Sequence

from augbench import comparing, numbers
from augbench_reports.figures import rows
from augbench_reports.figures.canvas import Canvas, Look
from augbench_reports.figures.drawing import ACCENT, INK, MUTED, Drawing
from augbench_reports.figures.lettering import SMALL, shortened
from augbench_reports.figures.panels import Grid, Panel, draw_axis_name, horizontal_axis
from augbench_reports.figures.rows import Shown, draw_row_label, labels_width, row_labels, shown_rows
from augbench_reports.figures.scales import Scale
from augbench_reports.words import plain

RARE = 10
"""Test images below which a bar is hatched."""
MOST = 24
"""Panels of one figure: minority classes first."""
BARS = 210
"""Of one figure: with many classes fewer rows are shown."""
ACROSS = 3
BAR = 12.0
"""Height of a bar."""


def shown_classes(classes: Sequence[comparing.ClassFacts]) -> list[int]:
    """Return the classes that are drawn, in the data set's order."""
    first = sorted(range(len(classes)), key=lambda index: (not classes[index].minority, index))
    return sorted(first[:MOST])


def most_rows(column: comparing.ColumnComparison) -> int:
    """Return how many rows the figure shows at most."""
    return max(10, min(rows.MOST, BARS // max(1, len(shown_classes(column.classes)))))


def classes_figure(column: comparing.ColumnComparison) -> Drawing:
    """Draw small multiples; marks are seeds, hatched bars rest on fewer than ten test images."""
    shown = shown_rows(column.rows, most_rows(column), lambda row: row.classes)
    labels = row_labels(shown, room=200, size=SMALL)
    pitch = 28 if any(len(lines) > 1 for lines in labels) else 18
    chosen = shown_classes(column.classes)
    grid = Grid(
        count=len(chosen),
        across=ACROSS,
        panel=pitch * len(shown) + 6,
        left=labels_width(labels, SMALL),
        right=8,
        top=40,
        bottom=40,
        beside=26,
        below=70,
    )
    canvas = Canvas(grid.height)
    own = grid.panels()[0].own
    scale = Scale(low=0, high=1.03, start=0, end=own.width)
    with canvas.defined("axis"):
        horizontal_axis(canvas, own, scale)
    for place, (index, panel) in enumerate(zip(chosen, grid.panels(), strict=True)):
        facts = column.classes[index]
        with canvas.group(at=(panel.left, panel.top), fill=ACCENT):
            canvas.again("axis")
            _draw_heading(canvas, facts, own)
            if grid.is_low(place):
                draw_axis_name(canvas, own, "F1")
            for down, (each, lines) in enumerate(zip(shown, labels, strict=True)):
                middle = 3 + (down + 0.5) * pitch
                _draw_bar(canvas, each, each.row.classes[index], middle, scale, hatched=_is_rare(facts))
                if grid.is_left(place):
                    draw_row_label(canvas, each, -12, middle, lines, SMALL)
    return canvas.drawing(f"Bars of F1 by class on {plain(column.label)}", _description(column))


def _is_rare(facts: comparing.ClassFacts) -> bool:
    return facts.test is not None and facts.test < RARE


def _draw_heading(canvas: Canvas, facts: comparing.ClassFacts, panel: Panel) -> None:
    note = f"{numbers.count(facts.test)} test images{' · minority' if facts.minority else ''}"
    canvas.text(0, -22, shortened(plain(facts.name), panel.width, bold=True), bold=True, fill=INK)
    canvas.text(0, -7, note, size=SMALL, fill=INK if _is_rare(facts) else MUTED)


def _draw_bar(canvas: Canvas, each: Shown, score: comparing.ClassScore, y: float, scale: Scale, hatched: bool) -> None:
    mean = score.f1.mean
    if mean is None:
        return
    values = [value for _, value in score.f1.seeds]
    said = ", ".join(map(numbers.score, values)) if len(values) > 1 else ""
    title = f"{each.name}: {numbers.score(mean)}{f' ({said})' if said else ''}"
    # The panel's group has the colour of most rows.
    look: Look = {"row": each.row.name, "title": title}
    if each.row.is_control:
        look["fill"] = each.colour
    end, low, high = (scale.place(value) for value in (mean, min(values), max(values)))
    with canvas.group(**look):
        if hatched:
            canvas.rect(0, y - BAR / 2, end, BAR, fill=canvas.hatch(each.colour))
        else:
            canvas.rect(0, y - BAR / 2, end, BAR, fill_opacity=0.28)
        canvas.rects([(end - 1.2, y - 7, 2.4, 14), *([(low, y - 0.5, high - low, 1)] if low < high else [])])
        if len(values) > 1:
            canvas.marks(each.shape, [(scale.place(value), y) for value in values], size=4.4)


def _description(column: comparing.ColumnComparison) -> str:
    names = numbers.listing([plain(each.name, 40) for each in column.classes], 12)
    return f"Mean F1 over seeds of every row, one panel for each class: {names}. The table has every number."
