"""Panels of a figure in a grid, and the axes of a panel."""

from __future__ import annotations

from dataclasses import dataclass

from augbench_reports.figures.canvas import WIDTH, Canvas
from augbench_reports.figures.drawing import GRID, INK, MUTED
from augbench_reports.figures.lettering import SMALL, text_width
from augbench_reports.figures.scales import Scale

_APART = 14.0
"""Between the numbers of an axis."""


@dataclass(frozen=True, kw_only=True)
class Panel:
    """A rectangle of a drawing in which data are drawn."""

    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """The right edge."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """The lower edge."""
        return self.top + self.height

    @property
    def own(self) -> Panel:
        """The same panel as a group at its upper left corner sees it, for what panels share."""
        return Panel(left=0, top=0, width=self.width, height=self.height)


@dataclass(frozen=True, kw_only=True)
class Grid:
    """Equal panels in rows; all lengths are in the drawing's units."""

    count: int
    across: int
    panel: float
    """Height of a panel."""
    left: float
    right: float
    top: float
    bottom: float
    beside: float = 0
    """Between panels beside each other."""
    below: float = 0
    """Between panels below each other."""

    @property
    def down(self) -> int:
        """How many rows of panels there are."""
        return -(-self.count // self.across)

    @property
    def height(self) -> float:
        """Height of the whole drawing."""
        return self.top + self.bottom + self.down * self.panel + (self.down - 1) * self.below

    def panels(self) -> list[Panel]:
        """Return the panels, line by line."""
        width = (WIDTH - self.left - self.right - (self.across - 1) * self.beside) / self.across
        return [
            Panel(
                left=self.left + place % self.across * (width + self.beside),
                top=self.top + place // self.across * (self.panel + self.below),
                width=width,
                height=self.panel,
            )
            for place in range(self.count)
        ]

    def is_left(self, place: int) -> bool:
        """Tell whether a panel stands at the left edge."""
        return place % self.across == 0

    def is_low(self, place: int) -> bool:
        """Tell whether no panel stands below."""
        return place + self.across >= self.count


def horizontal_axis(canvas: Canvas, panel: Panel, scale: Scale, *, labelled: bool = True, name: str = "", most: int | None = None) -> None:
    """Draw a line up the panel at each round value, with the values and the axis' name below it."""
    ticks = scale.ticks(most or max(2, int(panel.width // 48)))
    labels = scale.labels(ticks)
    # Long numbers need more room than was thought.
    while len(ticks) > 2 and panel.width / len(ticks) < max(text_width(label, SMALL) for label in labels) + _APART:
        ticks, labels = ticks[::2], labels[::2]
    places = [scale.place(tick) for tick in ticks]
    canvas.lines([(x, panel.top, x, panel.bottom) for x in places], stroke=GRID, stroke_width=0.8)
    for x, label in zip(places, labels, strict=True) if labelled else ():
        canvas.text(x, panel.bottom + 15, label, anchor="middle", size=SMALL, fill=MUTED)
    if name:
        draw_axis_name(canvas, panel, name)


def draw_axis_name(canvas: Canvas, panel: Panel, name: str) -> None:
    """Say below a panel what its horizontal axis is."""
    canvas.text(panel.left + panel.width / 2, panel.bottom + 32, name, anchor="middle", size=SMALL, fill=INK)


def vertical_axis(canvas: Canvas, panel: Panel, scale: Scale, *, labelled: bool = True, most: int | None = None) -> None:
    """Draw a line across the panel at each round value, with the values to its left."""
    ticks = scale.ticks(most or max(2, int(panel.height // 21)))
    places = [scale.place(tick) for tick in ticks]
    canvas.lines([(panel.left, y, panel.right, y) for y in places], stroke=GRID, stroke_width=0.8)
    for y, label in zip(places, scale.labels(ticks), strict=True) if labelled else ():
        canvas.text(panel.left - 6, y, label, anchor="end", size=SMALL, fill=MUTED, middle=True)
