"""Which rows a figure shows, and how it names them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from augbench import comparing, numbers
from augbench_reports.figures.canvas import Canvas, Shape
from augbench_reports.figures.drawing import ACCENT, CONTROL, INK
from augbench_reports.figures.lettering import SIZE, text_width, wrapped
from augbench_reports.words import plain

MOST = 40
"""Rows of one figure."""


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A row that a figure shows."""

    place: int
    """Among all rows of the data set."""
    row: comparing.RowComparison

    @property
    def colour(self) -> str:
        """The colour of its marks."""
        return CONTROL if self.row.is_control else ACCENT

    @property
    def shape(self) -> Shape:
        """The shape of its marks, for those who see no colours."""
        return "diamond" if self.row.is_control else "circle"

    @property
    def name(self) -> str:
        """Its label on one line, as hovering tells it."""
        return plain(self.row.label, 60) or self.row.name


def shown_rows(rows: Sequence[comparing.RowComparison], most: int = MOST) -> list[Shown]:
    """Return the control and the rows that differ most from it in the primary metric, in the matrix's order."""
    places = sorted(range(len(rows)), key=lambda place: (-_matters(rows[place]), place))
    return [Shown(place=place, row=rows[place]) for place in sorted(places[:most])]


def _matters(row: comparing.RowComparison) -> float:
    if row.is_control:
        return float("inf")
    return abs(row.difference.mean) if row.difference else -1.0


def shown_note(rows: Sequence[comparing.RowComparison], most: int = MOST) -> str:
    """Say in a caption which rows are shown; nothing where all are."""
    if len(rows) <= most:
        return ""
    kept = "the control and those that differ most from it" if any(row.is_control for row in rows) else "the first ones"
    return f" {numbers.count(most)} of {numbers.count(len(rows))} rows: {kept}; the table has all."


def row_labels(shown: Sequence[Shown], room: float = 235, size: float = SIZE) -> list[list[str]]:
    """Break each row's label into at most two lines."""
    return [wrapped(plain(each.row.label), room, size, bold=each.row.is_control) or [each.row.name] for each in shown]


def labels_width(labels: Sequence[Sequence[str]], size: float = SIZE) -> float:
    """Return the room that row labels take at the left of a panel."""
    # As if all were bold: that of the control is.
    return max((text_width(line, size, bold=True) for lines in labels for line in lines), default=0) + 22


def draw_row_label(canvas: Canvas, shown: Shown, x: float, y: float, lines: Sequence[str], size: float = SIZE) -> None:
    """Name a row at the left of its marks, the control in its colour and bold."""
    control = shown.row.is_control
    canvas.text(x, y, lines, anchor="end", size=size, middle=True, bold=control, fill=CONTROL if control else INK)
