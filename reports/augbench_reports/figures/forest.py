"""Differences to the control: what the seeds say of each row, and what test images add."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from augbench import comparing, evidence, numbers
from augbench.values.settings import Published
from augbench_reports.figures.canvas import Canvas
from augbench_reports.figures.drawing import ACCENT, CONTROL, GRID, INK, MUTED, PAPER, SOFT, Drawing
from augbench_reports.figures.lettering import SMALL, wrapped
from augbench_reports.figures.panels import Panel, horizontal_axis
from augbench_reports.figures.rows import Shown, draw_row_label, labels_width, row_labels, shown_note, shown_rows
from augbench_reports.figures.scales import Scale, scale_over
from augbench_reports.tables.scores import quoted_here
from augbench_reports.words import plain

ROOM = 272.0
"""For the numbers and the verdict at the right."""
WORD = 116.0
"""Of it, for the verdict."""
LABELS = 235.0
"""Room for a label."""
PITCH = 29.0
TOP, BOTTOM = 14.0, 44.0


@dataclass(frozen=True, kw_only=True)
class _Place:
    panel: Panel
    scale: Scale

    def x(self, value: float) -> float:
        """Return where a difference stands, at the edge where it is beyond it."""
        return min(max(self.scale.place(value), self.panel.left), self.panel.right)


def forest_rows(column: comparing.ColumnComparison) -> list[Shown]:
    """Return the rows that are drawn: those with a difference that differ most."""
    return [each for each in shown_rows(column.rows) if each.row.difference]


def forest_figure(comparison: comparing.Comparison, column: comparing.ColumnComparison) -> Drawing:
    """Draw one line a row, with bands for what does not matter and for what chance alone does; quoted results below."""
    shown = forest_rows(column)
    quoted = _quoted(comparison, column)
    labels = row_labels(shown)
    names = [wrapped(_name(each), LABELS) for each, _ in quoted]
    height = PITCH * (len(shown) + len(quoted)) + 8
    left = labels_width([*labels, *names])
    canvas = Canvas(TOP + height + BOTTOM)
    panel = Panel(left=left, top=TOP, width=canvas.width - left - ROOM, height=height)
    place = _Place(panel=panel, scale=scale_over(_values(comparison, column, shown, quoted), panel.left, panel.right, margin=0.04))
    _ground(canvas, comparison, column, place)
    for index, (each, lines) in enumerate(zip(shown, labels, strict=True)):
        _row(canvas, each, lines, place, TOP + 4 + (index + 0.5) * PITCH)
    for index, ((published, difference), lines) in enumerate(zip(quoted, names, strict=True), len(shown)):
        _published(canvas, published, difference, lines, place, TOP + 4 + (index + 0.5) * PITCH)
    return canvas.drawing(f"Differences to the control on {plain(column.label)}", _description(shown))


def _quoted(comparison: comparing.Comparison, column: comparing.ColumnComparison) -> list[tuple[Published, float]]:
    """Place quoted macro-F1 where a row of this score would stand: a place in a picture, no difference of methods."""
    control = next((row.scores[comparison.primary].mean for row in column.rows if row.is_control), None)
    if comparison.primary != "macro-f1" or control is None:
        return []
    return [(each, each.macro_f1 - control) for each in quoted_here(column, comparison.published) if each.macro_f1 is not None]


def _values(
    comparison: comparing.Comparison, column: comparing.ColumnComparison, shown: Sequence[Shown], quoted: Sequence[tuple[Published, float]]
) -> list[float]:
    values = [0.0, *(difference for _, difference in quoted)]
    for each in shown:
        if found := each.row.difference:
            values += [found.mean, *(end for width in (found.over_seeds, found.widest) if width for end in (width.low, width.high))]
    # Far wider than the rest, a band would only make it small.
    most = 3 * max(map(abs, values))
    bands = [comparison.rope or 0.0, column.noise.median if column.noise else 0.0]
    return values + [side * band for band in bands if band <= most for side in (-1, 1)]


def _ground(canvas: Canvas, comparison: comparing.Comparison, column: comparing.ColumnComparison, place: _Place) -> None:
    """Draw the bands, the axis and the control's line."""
    panel = place.panel
    if column.noise:
        size = column.noise.median
        start, end = place.x(-size), place.x(size)
        title = f"two seeds of a row differ by {numbers.score(size)} in the median"
        canvas.rect(start, panel.top, end - start, panel.height, fill=canvas.hatch(GRID), title=title)
    horizontal_axis(canvas, panel, place.scale, name=f"{numbers.heading(comparison.primary)}, row minus control")
    if comparison.rope is not None:
        start, end = place.x(-comparison.rope), place.x(comparison.rope)
        title = f"within {numbers.distance(comparison.rope)} of the control: too little to matter"
        canvas.rect(start, panel.top, end - start, panel.height, fill=SOFT, fill_opacity=0.35, title=title)
        for x in (start, end):
            canvas.line(x, panel.top, x, panel.bottom, stroke=MUTED, stroke_width=1, stroke_dasharray="2 3")
    zero = place.x(0.0)
    canvas.line(zero, panel.top, zero, panel.bottom, stroke=CONTROL, stroke_width=1.4, stroke_dasharray="4 4")


def _row(canvas: Canvas, each: Shown, lines: Sequence[str], place: _Place, y: float) -> None:
    found, verdict = each.row.difference, each.row.verdict
    if found is None:
        return
    word = verdict.word if verdict else ""
    width = found.widest
    said = f"{numbers.signed(found.mean)} {numbers.interval(width.low, width.high)}" if width else numbers.signed(found.mean)
    with canvas.group(row=each.row.name, title=f"{each.name}: {said}, {word}"):
        canvas.target(0, y - PITCH / 2, canvas.width, PITCH)
        draw_row_label(canvas, each, place.panel.left - 14, y, lines)
        _intervals(canvas, found, place, y)
        hollow = word == "refused"
        look = PAPER if hollow else ACCENT
        canvas.mark("circle", place.x(found.mean), y, size=9, fill=look, stroke=ACCENT, stroke_width=1.8)
        canvas.text(place.panel.right + 10, y, said, size=SMALL, fill=INK, middle=True)
        canvas.text(canvas.width - WORD + 14, y, word, size=SMALL, bold=word in ("better", "worse"), fill=INK, middle=True)


def _intervals(canvas: Canvas, found: evidence.Difference, place: _Place, y: float) -> None:
    """Draw the wider interval thin, with ends, and that over seeds thick."""
    if width := found.widest:
        low, high = place.x(width.low), place.x(width.high)
        canvas.line(low, y, high, y, stroke=ACCENT, stroke_width=1.4)
        for x in (low, high):
            canvas.line(x, y - 4, x, y + 4, stroke=ACCENT, stroke_width=1.4)
    if seeds := found.over_seeds:
        canvas.line(place.x(seeds.low), y, place.x(seeds.high), y, stroke=ACCENT, stroke_width=4.5, stroke_opacity=0.55)


def _name(each: Published) -> str:
    return plain(each.label, 60)


def _published(canvas: Canvas, each: Published, difference: float, lines: Sequence[str], place: _Place, y: float) -> None:
    title = f"{_name(each)}, quoted: {numbers.score(each.macro_f1)}, never tested"
    with canvas.group(title=title):
        canvas.target(0, y - PITCH / 2, canvas.width, PITCH)
        canvas.text(place.panel.left - 14, y, lines, anchor="end", middle=True, fill=MUTED)
        canvas.mark("square", place.x(difference), y, size=11, fill=canvas.hatch(MUTED), stroke=MUTED, stroke_width=1.2)
        canvas.text(place.panel.right + 10, y, f"{numbers.score(each.macro_f1)} as quoted", size=SMALL, fill=MUTED, middle=True)
        canvas.text(canvas.width - WORD + 14, y, "never tested", size=SMALL, fill=MUTED, middle=True)


def forest_caption(comparison: comparing.Comparison, column: comparing.ColumnComparison) -> str:
    """Say what lines and bands are."""
    found = [each.row.difference for each in forest_rows(column) if each.row.difference]
    said = ["Dots are means over seeds; hollow: refused."] if any(each.row.verdict for each in forest_rows(column)) else []
    if thick := next((each.over_seeds for each in found if each.over_seeds), None):
        said.append(f"Thick line: {_named(thick)}.")
    if thin := next((each.widest for each in found if each.widest), None):
        said.append(f"Thin line: {_named(thin)}.")
    said.append("Dashed: the control.")
    if comparison.rope is not None:
        said.append(f"Grey band: within {numbers.distance(comparison.rope)}, too little to matter.")
    if column.noise:
        said.append(f"Hatched band: two seeds of one and the same row differ by {numbers.score(column.noise.median)} in the median.")
    if _quoted(comparison, column):
        said.append("Hatched squares: quoted results, where a row of their score would stand.")
    return " ".join(said) + shown_note(column.rows)


def _named(found: evidence.Interval) -> str:
    return f"{100 * found.level:g}% {found.method}"


def _description(shown: Sequence[Shown]) -> str:
    each = [f"{one.name} {numbers.against(one.row.difference.mean)}" for one in shown if one.row.difference]
    return f"Mean difference of each row to the control: {numbers.listing(each, 12)}. The table of scores has every number."
