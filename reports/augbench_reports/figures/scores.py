"""Every row's scores on one data set: a mark for each seed, a bar for the mean."""

from __future__ import annotations

from collections.abc import Sequence

from augbench import comparing, numbers
from augbench.values.settings import Published
from augbench_reports.figures.canvas import Canvas
from augbench_reports.figures.drawing import CONTROL, INK, MUTED, Drawing
from augbench_reports.figures.lettering import SMALL, wrapped
from augbench_reports.figures.panels import Grid, Panel, horizontal_axis
from augbench_reports.figures.rows import Shown, draw_row_label, labels_width, row_labels, shown_rows
from augbench_reports.figures.scales import Scale, scale_over
from augbench_reports.tables.scores import quoted_here, quoted_score
from augbench_reports.words import plain

ACROSS = 3
"""Panels beside each other."""
VALUES = 52
"""Room for the means at the right of a panel."""
LABELS = 235.0
"""Room for the name of a quoted result."""

_Part = tuple[str, Panel, Scale, bool]
"""A metric, its panel and scale, and whether it is at the left edge, where names stand."""


def scores_figure(column: comparing.ColumnComparison, metrics: Sequence[str], published: Sequence[Published] = ()) -> Drawing:
    """Draw one panel a metric, rows down the side, and below them quoted results of the data set."""
    shown, quoted = shown_rows(column.rows), quoted_rows(column, metrics, published)
    labels, names = row_labels(shown), [wrapped(_name(each), LABELS) for each in quoted]
    pitch = 31 if any(len(lines) > 1 for lines in (*labels, *names)) else 25
    across = min(ACROSS, len(metrics))
    grid = Grid(
        count=len(metrics),
        across=across,
        panel=pitch * (len(shown) + len(quoted)) + 8,
        left=labels_width([*labels, *names]),
        right=VALUES,
        top=34,
        bottom=26,
        beside=VALUES + 24,
        below=62,
    )
    canvas = Canvas(grid.height)
    parts = [
        (metric, panel, _scale(canvas, panel, shown, quoted, metric), grid.is_left(place))
        for place, (metric, panel) in enumerate(zip(metrics, grid.panels(), strict=True))
    ]
    for place, (each, lines) in enumerate(zip(shown, labels, strict=True)):
        _draw_row(canvas, each, lines, parts, 4 + (place + 0.5) * pitch, pitch)
    for place, (result, lines) in enumerate(zip(quoted, names, strict=True), len(shown)):
        _draw_result(canvas, result, lines, parts, 4 + (place + 0.5) * pitch, pitch)
    return canvas.drawing(f"Scores on {plain(column.label)}", _description(shown, metrics))


def quoted_rows(column: comparing.ColumnComparison, metrics: Sequence[str], published: Sequence[Published]) -> list[Published]:
    """Return the quoted results of a data set that are in one of the metrics."""
    found = quoted_here(column, published)
    return [each for each in found if any(quoted_score(each, metric) is not None for metric in metrics)]


def _name(each: Published) -> str:
    return plain(each.label, 60)


def _scale(canvas: Canvas, panel: Panel, shown: Sequence[Shown], quoted: Sequence[Published], metric: str) -> Scale:
    """Draw the axis of a panel, its heading and the control's line."""
    values = [value for each in shown for _, value in each.row.scores[metric].seeds]
    values += [value for each in quoted if (value := quoted_score(each, metric)) is not None]
    scale = scale_over(values, panel.left, panel.right, margin=0.05)
    canvas.text(panel.left, panel.top - 14, numbers.heading(metric), bold=True)
    horizontal_axis(canvas, panel, scale)
    control = next((each.row.scores[metric].mean for each in shown if each.row.is_control), None)
    if control is not None:
        x = scale.place(control)
        canvas.line(x, panel.top, x, panel.bottom, stroke=CONTROL, stroke_width=1.2, stroke_dasharray="4 4")
    return scale


def _draw_row(canvas: Canvas, each: Shown, lines: Sequence[str], parts: Sequence[_Part], down: float, pitch: float) -> None:
    with canvas.group(row=each.row.name, fill=each.colour, title=each.name):
        for metric, panel, scale, left in parts:
            if left:
                canvas.target(0, panel.top + down - pitch / 2, canvas.width, pitch)
                draw_row_label(canvas, each, panel.left - 14, panel.top + down, lines)
            _draw_scores(canvas, each, metric, panel, panel.top + down, scale)


def _draw_result(canvas: Canvas, result: Published, lines: Sequence[str], parts: Sequence[_Part], down: float, pitch: float) -> None:
    """Draw what was quoted, hatched: nothing is known of its seeds."""
    with canvas.group(fill=MUTED, title=f"{_name(result)}: quoted, never tested"):
        for metric, panel, scale, left in parts:
            if left:
                canvas.target(0, panel.top + down - pitch / 2, canvas.width, pitch)
                canvas.text(panel.left - 14, panel.top + down, lines, anchor="end", middle=True)
            if (value := quoted_score(result, metric)) is not None:
                mark = scale.place(value), panel.top + down
                canvas.mark("square", *mark, size=11, fill=canvas.hatch(MUTED), stroke=MUTED, stroke_width=1.2)
                canvas.text(panel.right + 10, panel.top + down, numbers.score(value), size=SMALL, middle=True)


def _draw_scores(canvas: Canvas, each: Shown, metric: str, panel: Panel, y: float, scale: Scale) -> None:
    score = each.row.scores[metric]
    if score.mean is None:
        canvas.text(panel.left + 6, y, "no result", size=SMALL, fill=MUTED, middle=True)
        return
    places = [scale.place(value) for _, value in score.seeds]
    mean = scale.place(score.mean)
    canvas.rects([(min(places), y - 0.8, max(places) - min(places), 1.6), (mean - 1.5, y - 8.5, 3, 17)])
    for (seed, value), x in zip(score.seeds, places, strict=True):
        canvas.mark(each.shape, x, y, size=5.6, title=f"{each.name}, seed {seed}: {numbers.score(value)}")
    canvas.text(panel.right + 10, y, numbers.score(score.mean), size=SMALL, fill=INK, middle=True)


def _description(shown: Sequence[Shown], metrics: Sequence[str]) -> str:
    last = metrics[-1]
    said = numbers.listing([f"{each.name} {numbers.score(each.row.scores[last].mean)}" for each in shown], 12)
    return f"Mean {numbers.metric(last)} of each row: {said}. The table has every number."
