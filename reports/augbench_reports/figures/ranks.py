"""Mean ranks over data sets, and which rows can be told apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import combinations

from augbench import evidence, numbers
from augbench_reports.figures.canvas import Anchor, Canvas, Look, Place
from augbench_reports.figures.drawing import ACCENT, CONTROL, GRID, INK, MUTED, PAPER, Drawing
from augbench_reports.figures.lettering import SMALL, shortened, text_width
from augbench_reports.figures.panels import Panel, draw_axis_name
from augbench_reports.figures.scales import Scale
from augbench_reports.words import plain

MOST = 30
"""Rows of the figure: the best ones, and the control."""
NAMES = 250.0
"""Room for a name, at most."""
RANK = 40.0
"""Room for a mean rank."""
LINE = 19.0
"""From name to name."""
BAR = 9.0
"""From bar to bar."""
AXIS = 62.0
"""Height of the axis, below the ticks and the critical difference."""
CELLS, SMALLEST, LARGEST = 420.0, 15.0, 24.0
"""Room for a matrix, and sides of its cells."""
BESIDE = 380.0
"""Length of the axis beside a matrix, at most."""


def shown_ranks(found: evidence.Across) -> Sequence[evidence.Ranked]:
    """Return the rows that are drawn, the best first."""
    shown, others = found.rows[:MOST], found.rows[MOST:]
    control = [row for row in others if row.is_control]
    return (*shown[: MOST - len(control)], *control)


def has_bars(found: evidence.Across) -> bool:
    """Tell whether bars over neighbours say all: each pair that cannot be told apart stands under one."""
    apart, groups = set(map(frozenset, found.apart)), [frozenset(group) for group in found.groups]
    pairs = (frozenset((one.row, other.row)) for one, other in combinations(shown_ranks(found), 2))
    return all(pair in apart or any(pair <= group for group in groups) for pair in pairs)


def ranks_caption(found: evidence.Across) -> str:
    """Say what is drawn."""
    if found.refused:
        said = "Mean ranks over data sets; 1, at the left, is best. Nothing is tested."
    elif has_bars(found):
        said = "Mean ranks over data sets; 1, at the left, is best. Rows under one bar cannot be told apart."
        if found.critical_difference is not None:
            said += " Above the axis: mean ranks that Bonferroni and Dunn's test cannot tell from the control's."
    else:
        said = (
            "Filled: the row has a better mean rank than the one of the column, and both can be told apart; hollow: a worse one; "
            "dots: they cannot be told apart. Bars over neighbours would hide some of these pairs."
        )
    total = len(found.rows)
    return said + (f" {MOST} of {numbers.count(total)} rows: the control and the best ones; the table has more." if total > MOST else "")


def ranks_figure(found: evidence.Across, names: Mapping[str, str] | None = None) -> Drawing:
    """Draw ranks on an axis with bars over rows that are alike, or a matrix of all pairs where no bars can say that.

    ``names`` holds names of rows by label, by which a page finds them.
    """
    looks: list[Look] = [_look(row, found, names or {}) for row in shown_ranks(found)]
    if found.refused or has_bars(found):
        return _diagram(found, looks).drawing("Mean ranks over data sets", _description(found))
    return _matrix(found, looks).drawing("Rows that can be told apart over data sets", _description(found))


def _look(row: evidence.Ranked, found: evidence.Across, names: Mapping[str, str]) -> Look:
    """Return what the group of a row tells."""
    others = [_name(other) for one, other in found.apart if one == row.row]
    better = f", better than {numbers.listing(others)}" if others else ""
    look: Look = {"title": f"{_name(row.row)}: mean rank {_rank(row)}{better}"}
    if row.row in names:
        look["row"] = names[row.row]
    return look


def _name(label: str) -> str:
    return plain(label, 60)


def _rank(row: evidence.Ranked) -> str:
    return f"{row.rank:.2f}"


def _levels(found: evidence.Across) -> list[tuple[int, evidence.Ranked, evidence.Ranked]]:
    """Return the bars of rows that are drawn, as level, first and last row: each at the highest level where it is alone."""
    rows = shown_ranks(found)
    places = {row.row: place for place, row in enumerate(rows)}
    free: list[int] = []
    bars = []
    for group in found.groups:
        drawn = sorted(places[label] for label in group if label in places)
        if len(drawn) < 2:
            continue
        level = next((level for level, end in enumerate(free) if end < drawn[0]), len(free))
        free[level : level + 1] = [drawn[-1]]
        bars.append((level, rows[drawn[0]], rows[drawn[-1]]))
    return bars


def _diagram(found: evidence.Across, looks: Sequence[Look]) -> Canvas:
    """Draw an axis of ranks, the names of the better half at its left and of the others at its right."""
    rows, bars = shown_ranks(found), _levels(found)
    half = -(-len(rows) // 2)
    first = AXIS + 22 + BAR * max((level + 1 for level, *_ in bars), default=0)
    canvas = Canvas(first + LINE * (half - 1) + 16)
    side = _names_width(rows) + RANK + 24
    scale = _scale(rows, side + 40, canvas.width - side - 40)
    _axis(canvas, scale)
    _critical(canvas, found, scale)
    for place, (row, look) in enumerate(zip(rows, looks, strict=True)):
        left = place < half
        y = first + LINE * (place if left else len(rows) - 1 - place)
        with canvas.group(**look):
            _leader(canvas, row, scale.place(row.rank), y, side if left else canvas.width - side)
    for level, one, other in bars:
        y = AXIS + 13 + BAR * level
        canvas.line(scale.place(one.rank) - 4, y, scale.place(other.rank) + 4, y, stroke=INK, stroke_width=4.5)
    return canvas


def _names_width(rows: Sequence[evidence.Ranked]) -> float:
    return max(text_width(_short(row), SMALL, bold=True) for row in rows)


def _short(row: evidence.Ranked) -> str:
    return shortened(_name(row.row), NAMES, SMALL, bold=True)


def _scale(rows: Sequence[evidence.Ranked], start: float, end: float) -> Scale:
    return Scale(low=1, high=max(2.0, *(row.rank for row in rows)), start=start, end=end)


def _ticks(scale: Scale, most: int) -> list[float]:
    """Return whole ranks, the first of them with the others."""
    return [1.0, *(tick for tick in scale.ticks(most) if tick > 1 and tick == round(tick))]


def _axis(canvas: Canvas, scale: Scale) -> None:
    ticks = _ticks(scale, 8)
    places = list(map(scale.place, ticks))
    canvas.line(scale.start, AXIS, scale.end, AXIS, stroke=MUTED, stroke_width=1.4)
    canvas.lines([(x, AXIS, x, AXIS - 6) for x in places], stroke=MUTED, stroke_width=1.4)
    for x, tick in zip(places, ticks, strict=True):
        canvas.text(x, AXIS - 11, f"{tick:g}", anchor="middle", size=SMALL, fill=MUTED)
    canvas.text(scale.start - 14, AXIS, "best", anchor="end", size=SMALL, middle=True, fill=MUTED)
    canvas.text(scale.end + 14, AXIS, "mean rank", size=SMALL, middle=True, fill=MUTED)


def _critical(canvas: Canvas, found: evidence.Across, scale: Scale) -> None:
    """Draw which mean ranks a test of ranks cannot tell from the control's."""
    control = next((row for row in found.rows if row.is_control), None)
    if control is None or found.critical_difference is None or found.refused:
        return
    low, high = (scale.place(min(max(control.rank + side * found.critical_difference, scale.low), scale.high)) for side in (-1, 1))
    said = f"within {numbers.distance(found.critical_difference)} of the control"
    with canvas.group(title=f"Critical difference of mean ranks to the control (Bonferroni-Dunn): {said}"):
        canvas.lines([(low, 30, high, 30), (low, 26, low, 34), (high, 26, high, 34)], stroke=CONTROL, stroke_width=1.6)
        canvas.mark("diamond", scale.place(control.rank), 30, size=9, fill=CONTROL)
        canvas.text((low + high) / 2, 17, said, anchor="middle", size=SMALL, fill=CONTROL)


def _leader(canvas: Canvas, row: evidence.Ranked, x: float, y: float, end: float) -> None:
    """Lead from a rank on the axis down to the name of its row at a side."""
    control, way = row.is_control, -1 if end < x else 1
    anchor: Anchor = "end" if end < x else "start"
    canvas.polyline([(x, AXIS), (x, y), (end, y)], stroke=CONTROL if control else MUTED, stroke_width=1.6 if control else 1)
    _mark(canvas, row, x, AXIS)
    canvas.text(end + 6 * way, y, _rank(row), anchor=anchor, size=SMALL, middle=True, fill=MUTED)
    colour = CONTROL if control else INK
    canvas.text(end + (RANK + 6) * way, y, _short(row), anchor=anchor, size=SMALL, middle=True, bold=control, fill=colour)


def _mark(canvas: Canvas, row: evidence.Ranked, x: float, y: float) -> None:
    canvas.mark("diamond" if row.is_control else "circle", x, y, size=9, fill=CONTROL if row.is_control else ACCENT)


def _matrix(found: evidence.Across, looks: Sequence[Look]) -> Canvas:
    """Draw a line and a column for each row, the best first, and the ranks beside them."""
    rows = shown_ranks(found)
    side = min(LARGEST, max(SMALLEST, CELLS / len(rows)))
    left = _names_width(rows) + 34
    panel = Panel(left=left, top=26, width=side * len(rows), height=side * len(rows))
    canvas = Canvas(panel.bottom + 44)
    beside = replace(panel, left=panel.right + RANK + 34, width=min(BESIDE, canvas.width - panel.right - RANK - 60))
    scale = _scale(rows, beside.left, beside.right)
    canvas.lines(
        [(scale.place(tick), panel.top, scale.place(tick), panel.bottom) for tick in _ticks(scale, 6)], stroke=GRID, stroke_width=0.8
    )
    for tick in _ticks(scale, 6):
        canvas.text(scale.place(tick), panel.bottom + 15, f"{tick:g}", anchor="middle", size=SMALL, fill=MUTED)
    draw_axis_name(canvas, beside, "mean rank, 1 is best")
    places = [(place + 0.5) * side for place in range(len(rows))]
    for number, place in enumerate(places, 1):
        canvas.text(left + place, 18, str(number), anchor="middle", size=SMALL, fill=MUTED)
    canvas.rects([(left + x - side / 2, panel.top + y - side / 2, side, side) for x in places for y in places], fill="none", stroke=GRID)
    canvas.rects([(left + x - side / 2 + 1, panel.top + x - side / 2 + 1, side - 2, side - 2) for x in places], fill=GRID)
    for number, (row, look, place) in enumerate(zip(rows, looks, places, strict=True), 1):
        y = panel.top + place
        with canvas.group(**look):
            canvas.target(0, y - side / 2, canvas.width, side)
            _heading(canvas, row, number, left - 10, y)
            _line(canvas, found, row, {other.row: (left + x, y) for other, x in zip(rows, places, strict=True)})
            canvas.text(panel.right + RANK + 6, y, _rank(row), anchor="end", size=SMALL, middle=True, fill=MUTED)
            _mark(canvas, row, scale.place(row.rank), y)
    return canvas


def _heading(canvas: Canvas, row: evidence.Ranked, number: int, x: float, y: float) -> None:
    """Name a line of the matrix, with the number of its column."""
    colour = CONTROL if row.is_control else INK
    canvas.text(x, y, str(number), anchor="end", size=SMALL, middle=True, fill=MUTED)
    canvas.text(x - 20, y, _short(row), anchor="end", size=SMALL, middle=True, bold=row.is_control, fill=colour)


def _line(canvas: Canvas, found: evidence.Across, row: evidence.Ranked, at: Mapping[str, Place]) -> None:
    """Mark which rows a row can be told from, and which of both has the better rank."""
    better = {other for one, other in found.apart if one == row.row}
    worse = {one for one, other in found.apart if other == row.row}
    canvas.marks("square", [here for label, here in at.items() if label in better], size=11, fill=ACCENT)
    canvas.marks("square", [here for label, here in at.items() if label in worse], size=9.6, fill=PAPER, stroke=ACCENT, stroke_width=1.4)
    canvas.marks("circle", [here for label, here in at.items() if label not in {row.row, *better, *worse}], size=3, fill=MUTED)


def _description(found: evidence.Across) -> str:
    said = [f"{_name(row.row)} {_rank(row)}" for row in shown_ranks(found)]
    pairs = "" if found.refused else f" {numbers.many(len(found.apart), 'pair')} of rows can be told apart."
    return f"Mean ranks, 1 is best: {numbers.listing(said, 12)}.{pairs} The table has every rank."
