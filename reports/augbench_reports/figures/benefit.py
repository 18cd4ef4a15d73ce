"""What each row gains over the control against the time that it takes more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from augbench import comparing, numbers
from augbench_reports.figures import rows
from augbench_reports.figures.canvas import Canvas, Four, Place
from augbench_reports.figures.drawing import CONTROL, MUTED, PAPER, Drawing
from augbench_reports.figures.labels import Label, along, draw_label, labels_beside
from augbench_reports.figures.lettering import SMALL
from augbench_reports.figures.panels import Panel, horizontal_axis, vertical_axis
from augbench_reports.figures.rows import Shown
from augbench_reports.figures.scales import Scale, scale_over
from augbench_reports.words import plain

LABELS = 15
"""Rows that are named beside their marks; hovering tells the others."""
HEIGHT = 420.0
FAR = 30.0
"""Times of which the largest is so many times the smallest stand on an axis that grows tenfold from step to step."""
_UNITS = (("hours", 3600.0, 7200.0), ("minutes", 60.0, 120.0), ("seconds", 1.0, 0.0))
"""Name, length, and from which time on."""


@dataclass(frozen=True, kw_only=True)
class _Point:
    """A row and where it stands; the control gains nothing, and takes no time more."""

    shown: Shown
    seconds: float
    gain: float
    undominated: bool
    ends: tuple[float, float] | None = None
    """Of the gain's interval over seeds and images."""

    @property
    def title(self) -> str:
        """What hovering tells."""
        if self.shown.row.is_control:
            return f"{self.shown.name}: the control"
        within = f" {numbers.interval(*self.ends)}" if self.ends else ""
        worth = ", undominated" if self.undominated else ""
        return f"{self.shown.name}: gain {numbers.signed(self.gain)}{within}, time {numbers.extra(self.seconds, numbers.seconds)}{worth}"


@dataclass(frozen=True, kw_only=True)
class _Place:
    panel: Panel
    times: Scale
    gains: Scale
    unit: str
    seconds: float
    """In a unit."""

    def of(self, seconds: float, gain: float) -> Place:
        """Return where a row stands."""
        return self.times.place(seconds / self.seconds), self.gains.place(gain)

    def whisker(self, point: _Point) -> Four | None:
        """Return the line of a gain's interval."""
        return (*self.of(point.seconds, point.ends[0]), *self.of(point.seconds, point.ends[1])) if point.ends else None


def benefit_rows(column: comparing.ColumnComparison) -> list[comparing.RowComparison]:
    """Return the rows whose gain and time are known: the undominated ones, then those that differ most from the control."""
    known = [row for row in column.rows if row.benefit and row.benefit.seconds is not None]
    return sorted(known, key=lambda row: (not row.benefit.undominated, -abs(row.benefit.gain)) if row.benefit else (True, 0.0))


def benefit_note(column: comparing.ColumnComparison) -> str:
    """Say in a caption which rows are drawn and named; nothing where all are."""
    total = len(benefit_rows(column)) + 1
    first = "the control, the undominated rows, and those that differ most from it"
    if total > rows.MOST:
        return f" {rows.MOST} of {numbers.count(total)} rows: {first}; the first {LABELS} are named."
    return f" {LABELS} of {total} rows are named: {first}." if total > LABELS else ""


def benefit_figure(column: comparing.ColumnComparison) -> Drawing:
    """Draw a mark for each row: filled where no other row gains as much in as little time."""
    points = _points(column)
    place = _place(points)
    panel, at = place.panel, [place.of(point.seconds, point.gain) for point in points]
    canvas = Canvas(HEIGHT)
    bent = "" if place.times.kind == "linear" else "; logarithmic beside 0"
    name = f"{place.unit} more than the control, of a trial and all stages that it shares{bent}"
    horizontal_axis(canvas, panel, place.times, name=name)
    vertical_axis(canvas, panel, place.gains, most=9)
    metric = next((row.difference.metric for row in benefit_rows(column) if row.difference), "score")
    title = f"gain in {numbers.metric(plain(metric, 60))}"
    canvas.text(15, panel.top + panel.height / 2, title, anchor="middle", size=SMALL, turn=-90)
    x, y = place.of(0, 0)
    zero = [(panel.left, y, panel.right, y), (x, panel.top, x, panel.bottom)]
    canvas.lines(zero, stroke=CONTROL, stroke_width=1.2, stroke_dasharray="4 4")
    stairs = _stairs(panel, [each for point, each in zip(points, at, strict=True) if point.undominated])
    canvas.polyline(stairs, stroke=MUTED, stroke_width=1.6)
    lines = [*zero, *((*one, *other) for one, other in pairwise(stairs)), *filter(None, map(place.whisker, points))]
    labels = labels_beside([point.shown.name for point in points[:LABELS]], at, panel, [along(*ends) for ends in lines])
    # Those that matter most are drawn last, above the others.
    for index in reversed(range(len(points))):
        _mark(canvas, points[index], at[index], place.whisker(points[index]), labels.get(index))
    return canvas.drawing(f"Cost against benefit on {plain(column.label)}", _description(points))


def _points(column: comparing.ColumnComparison) -> list[_Point]:
    found = benefit_rows(column)
    # The difference is the row's minus the control's; where a lower metric is better, a gain is the opposite.
    lower = any(row.benefit and row.difference and row.benefit.gain * row.difference.mean < 0 for row in found)
    known = [_point(row, row.benefit.gain, row.benefit.seconds, row.benefit.undominated, lower) for row in found if row.benefit]
    beaten = any(each.gain >= 0 and each.seconds <= 0 and (each.gain, each.seconds) != (0, 0) for each in known)
    control = [_Point(shown=Shown(row=row), seconds=0, gain=0, undominated=not beaten) for row in column.rows if row.is_control]
    return [*control, *known][: rows.MOST]


def _point(row: comparing.RowComparison, gain: float, seconds: float | None, undominated: bool, lower: bool) -> _Point:
    both = row.difference.over_both if row.difference else None
    ends = ((-both.high, -both.low) if lower else (both.low, both.high)) if both else None
    return _Point(shown=Shown(row=row), seconds=seconds or 0.0, gain=gain, undominated=undominated, ends=ends)


def _place(points: Sequence[_Point]) -> _Place:
    """Choose the axes: times in the unit that suits the longest, by their size where they are far apart."""
    panel = Panel(left=66, top=14, width=872, height=HEIGHT - 62)
    sizes = sorted(abs(point.seconds) for point in points if point.seconds)
    longest = sizes[-1] if sizes else 1.0
    unit, length = next((name, length) for name, length, least in _UNITS if longest >= least)
    far = bool(sizes) and longest > FAR * sizes[0]
    times = scale_over(
        [point.seconds / length for point in points],
        panel.left,
        panel.right,
        kind="symlog" if far else "linear",
        # A hundredth of the longest is as good as nothing.
        threshold=max(sizes[0] if sizes else 1.0, longest / 100) / length,
    )
    gains = scale_over([end for point in points for end in (point.gain, *(point.ends or ()))], panel.bottom, panel.top)
    return _Place(panel=panel, times=times, gains=gains, unit=unit, seconds=length)


def _stairs(panel: Panel, undominated: Sequence[Place]) -> list[Place]:
    """Return a line of how much can be gained in so much time, from the quickest row on."""
    stairs: list[Place] = []
    for x, y in sorted(undominated):
        stairs += [(x, stairs[-1][1]), (x, y)] if stairs else [(x, y)]
    return [*stairs, (panel.right, stairs[-1][1])] if stairs else []


def _mark(canvas: Canvas, point: _Point, at: Place, whisker: Four | None, label: Label | None) -> None:
    (x, y), colour = at, point.shown.colour
    with canvas.group(row=point.shown.row.name, title=point.title):
        canvas.target(x - 8, y - 8, 16, 16)
        if whisker:
            canvas.line(*whisker, stroke=colour, stroke_width=1)
        canvas.mark(point.shown.shape, x, y, size=10, fill=colour if point.undominated else PAPER, stroke=colour, stroke_width=1.8)
        if label:
            draw_label(canvas, label, at, control=point.shown.row.is_control)


def _description(points: Sequence[_Point]) -> str:
    said = [f"{each.shown.name} {numbers.signed(each.gain)} in {numbers.extra(each.seconds, numbers.seconds)}" for each in points]
    return f"Gain over the control and extra time of each row: {numbers.listing(said, 12)}. The table has every number."
