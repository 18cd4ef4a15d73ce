"""Training curves: one panel a row, the others behind it."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

from augbench import comparing, numbers
from augbench_reports.figures.drawing import ACCENT, CONTROL, INK, SOFT, Drawing, drawing_style, finished
from augbench_reports.figures.scores import WIDTH
from augbench_reports.words import plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ACROSS = 5


def curve_names(column: comparing.ColumnComparison) -> list[str]:
    """Return the curves that any row has."""
    return sorted({name for row in column.rows for name in row.curves})


def curves_figure(column: comparing.ColumnComparison, name: str) -> Drawing:
    """Draw one curve of every row as small multiples over the same axes."""
    from matplotlib.figure import Figure

    rows = [row for row in column.rows if name in row.curves]
    across = min(ACROSS, len(rows))
    down = -(-len(rows) // across)
    with drawing_style():
        figure = Figure(figsize=(WIDTH, 0.35 + 1.5 * down), layout="constrained")
        grid = figure.subplots(down, across, sharex=True, sharey=True, squeeze=False)
        panels = grid.flatten()
        for axes, row in zip(panels, rows, strict=False):
            _panel(axes, rows, row, name)
        for axes in panels[len(rows) :]:
            axes.set_visible(False)
        for axes in panels[max(0, len(rows) - across) : len(rows)]:
            axes.tick_params(axis="x", labelbottom=True)
        figure.supxlabel("step", fontsize=8, color=INK)
        title = f"{numbers.heading(plain(name))} on {plain(column.label)}"
        return finished(
            figure, title, f"{numbers.heading(plain(name))} by training step, one panel for each of {len(rows)} rows, mean over its trials."
        )


def _panel(axes: Axes, rows: Sequence[comparing.RowComparison], chosen: comparing.RowComparison, name: str) -> None:
    label = "\n".join(textwrap.wrap(plain(chosen.label, 66), 25)[:3])
    axes.set_title(label, fontsize=7, pad=4, color=CONTROL if chosen.is_control else INK)
    axes.grid(axis="y")
    axes.tick_params(labelsize=7, length=0)
    for row in sorted(rows, key=lambda row: row is chosen):
        colour = SOFT if row is not chosen else CONTROL if row.is_control else ACCENT
        marker = "o" if len(row.curves[name]) == 1 else ""
        axes.plot(*zip(*row.curves[name], strict=True), color=colour, linewidth=1.8 if row is chosen else 0.7, marker=marker, markersize=3)
