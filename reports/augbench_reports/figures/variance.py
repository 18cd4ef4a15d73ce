"""Where the spread of each row's mean comes from: the seeds, the test images, the folds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite, sqrt

from augbench import comparing, evidence, numbers
from augbench_reports.figures.canvas import Canvas
from augbench_reports.figures.drawing import ACCENT, INK, MUTED, PAPER, Drawing
from augbench_reports.figures.lettering import SMALL, text_width
from augbench_reports.figures.panels import Panel, horizontal_axis
from augbench_reports.figures.rows import Shown, draw_row_label, labels_width, row_labels, shown_note, shown_rows
from augbench_reports.figures.scales import Scale
from augbench_reports.words import plain

PARTS = ("seeds", "test images", "folds")
VALUES = 100.0
"""Room for the share of one part at the right."""
TOP, BOTTOM = 34.0, 44.0
PITCH, BAR = 25.0, 13.0


@dataclass(frozen=True, kw_only=True)
class _Split:
    """A row's spread, as standard deviation of its mean, and the shares that make up its variance."""

    shown: Shown
    sd: float
    shares: tuple[float | None, ...]

    @property
    def title(self) -> str:
        """What hovering tells."""
        shares = [f"{numbers.percent(share)} from {name}" for name, share in zip(PARTS, self.shares, strict=True) if share is not None]
        return f"{self.shown.name}: standard deviation of the mean {numbers.score(self.sd)}, {numbers.listing(shares)} of its variance"


def variance_note(column: comparing.ColumnComparison) -> str:
    """Say in a caption which of many rows are drawn; nothing where all are."""
    return shown_note([row for row in column.rows if row.variance])


def variance_figure(column: comparing.ColumnComparison) -> Drawing:
    """Draw a bar as long as the standard deviation of a row's mean, parted by the shares of its variance."""
    splits = [_split(each) for each in shown_rows(column.rows, having=lambda row: row.variance)]
    folded = any(split.shares[2] is not None for split in splits)
    parts = PARTS if folded else PARTS[:2]
    labels = row_labels([split.shown for split in splits])
    pitch = PITCH + 6 if any(len(lines) > 1 for lines in labels) else PITCH
    height = pitch * len(splits) + 8
    canvas = Canvas(TOP + height + BOTTOM)
    left = labels_width(labels)
    panel = Panel(left=left, top=TOP, width=canvas.width - left - VALUES * len(parts) - 24, height=height)
    longest = max((split.sd for split in splits), default=0.0)
    scale = Scale(low=0, high=1.05 * longest or 1.0, start=panel.left, end=panel.right)
    horizontal_axis(canvas, panel, scale, name="standard deviation of the mean")
    _legend(canvas, panel, parts)
    for place, (split, lines) in enumerate(zip(splits, labels, strict=True)):
        y = TOP + 4 + (place + 0.5) * pitch
        with canvas.group(row=split.shown.row.name, title=split.title):
            canvas.target(0, y - pitch / 2, canvas.width, pitch)
            draw_row_label(canvas, split.shown, panel.left - 14, y, lines)
            _bar(canvas, split, scale, y)
            for index, share in enumerate(split.shares[: len(parts)]):
                canvas.text(_column(panel, index), y, numbers.percent(share), anchor="end", size=SMALL, middle=True)
    return canvas.drawing(f"Spread of means on {plain(column.label)}", _description(splits))


def _split(shown: Shown) -> _Split:
    found = shown.row.variance or evidence.VarianceSplit(seeds=0.0, images=0.0, folds=None)
    parts = [part if part is None or isfinite(part) else 0.0 for part in (found.seeds, found.images, found.folds)]
    whole = sum(part or 0.0 for part in parts)
    return _Split(shown=shown, sd=sqrt(whole), shares=tuple(part if part is None else part / (whole or 1.0) for part in parts))


def _column(panel: Panel, index: int) -> float:
    return panel.right + 16 + VALUES * (index + 1)


def _legend(canvas: Canvas, panel: Panel, parts: Sequence[str]) -> None:
    """Head the columns of shares with what the parts of the bars look like."""
    for index, name in enumerate(parts):
        right = _column(panel, index)
        canvas.text(right, TOP - 12, name, anchor="end", size=SMALL)
        _part(canvas, index, right - text_width(name, SMALL) - 18, TOP - 22, 13, 11)


def _bar(canvas: Canvas, split: _Split, scale: Scale, y: float) -> None:
    start = scale.place(0)
    for index, share in enumerate(split.shares):
        if share:
            width = share * (scale.place(split.sd) - scale.place(0))
            _part(canvas, index, start, y - BAR / 2, width, BAR)
            start += width


def _part(canvas: Canvas, index: int, x: float, y: float, width: float, height: float) -> None:
    """Draw a part: full, hatched or hollow, so that no colour is needed."""
    colour = (ACCENT, MUTED, INK)[index]
    fill = (ACCENT, canvas.hatch(MUTED), PAPER)[index]
    canvas.rect(x, y, width, height, fill=fill, stroke=colour, stroke_width=1)


def _description(splits: Sequence[_Split]) -> str:
    said = [f"{each.shown.name} {numbers.score(each.sd)}, {numbers.percent(each.shares[0])} from seeds" for each in splits]
    return (
        f"Standard deviation of each row's mean and what part of the variance seeds make: {numbers.listing(said, 12)}. The table has all."
    )
