"""Which rows a figure shows, and how it names them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from augbench import comparing, numbers
from augbench_reports.choosing import DRAWN, chosen_rows
from augbench_reports.figures.canvas import Canvas, Shape
from augbench_reports.figures.drawing import ACCENT, CONTROL, INK
from augbench_reports.figures.lettering import SIZE, text_width, wrapped
from augbench_reports.words import plain

MOST = DRAWN


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A row that a figure shows."""

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
        return plain(self.row.label, 70) or self.row.name


def shown_rows(
    rows: Sequence[comparing.RowComparison], most: int = MOST, having: Callable[[comparing.RowComparison], object] = bool
) -> list[Shown]:
    """Return the rows that have what is drawn; of many the control and those that differ most from it, in the matrix's order."""
    return [Shown(row=row) for row in chosen_rows([row for row in rows if having(row)], most)]


def shown_note(rows: Sequence[comparing.RowComparison], most: int = MOST, where: str = "the table") -> str:
    """Say in a caption which of the rows that have what is drawn are shown; nothing where all are."""
    if len(rows) <= most:
        return ""
    kept = "the control and those that differ most from it" if any(row.is_control for row in rows) else "the first ones"
    return f" {numbers.count(most)} of {numbers.count(len(rows))} rows: {kept}; {where} has all."


def row_labels(shown: Sequence[Shown], room: float = 270, size: float = SIZE, most: int = 2) -> list[list[str]]:
    """Break each row's label into at most so many lines of a width."""
    return [wrapped(each.name, room, size, most=most, bold=each.row.is_control) for each in shown]


def labels_width(labels: Sequence[Sequence[str]], size: float = SIZE) -> float:
    """Return the room that row labels take at the left of a panel."""
    # As if all were bold: that of the control is.
    return max((text_width(line, size, bold=True) for lines in labels for line in lines), default=0) + 22


def draw_row_label(canvas: Canvas, shown: Shown, x: float, y: float, lines: Sequence[str], size: float = SIZE) -> None:
    """Name a row at the left of its marks, the control in its colour and bold."""
    control = shown.row.is_control
    canvas.text(x, y, lines, anchor="end", size=size, middle=True, bold=control, fill=CONTROL if control else INK)
