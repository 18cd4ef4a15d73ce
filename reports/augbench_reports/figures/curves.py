"""Training curves: one panel a row, the others behind it."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

from augbench import comparing, numbers
from augbench_reports.figures.plotted import ACCENT, CONTROL, INK, SOFT, Drawing, Placing, drawing_style, finished
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
    rows = [row for row in column.rows if name in row.curves]
    across = min(ACROSS, len(rows))
    down = -(-len(rows) // across)
    head = 0.2 + 0.12 * max(_label(row).count("\n") for row in rows)
    with drawing_style():
        placing = Placing(
            across=across, down=down, panel=1.05, left=0.6, right=0.1, top=head + 0.05, bottom=0.45, beside=0.12, below=head + 0.1
        )
        figure = placing.figure(WIDTH)
        grid = figure.subplots(down, across, sharex=True, sharey=True, squeeze=False)
        panels = grid.flatten()
        for axes, row in zip(panels, rows, strict=False):
            _panel(axes, rows, row, name)
        for axes in panels[len(rows) :]:
            axes.set_visible(False)
        for axes in panels[max(0, len(rows) - across) : len(rows)]:
            axes.tick_params(axis="x", labelbottom=True)
        figure.supxlabel("step", fontsize=8, color=INK)
        figure.supylabel(plain(numbers.metric(name)), fontsize=8, color=INK, x=0.012)
        title = f"{numbers.heading(plain(name))} on {plain(column.label)}"
        return finished(
            figure, title, f"{numbers.heading(plain(name))} by training step, one panel for each of {len(rows)} rows, mean over its trials."
        )


def _label(row: comparing.RowComparison) -> str:
    return "\n".join(textwrap.wrap(plain(row.label, 66), 25)[:3])


def _panel(axes: Axes, rows: Sequence[comparing.RowComparison], chosen: comparing.RowComparison, name: str) -> None:
    from matplotlib.collections import LineCollection

    axes.set_title(_label(chosen), fontsize=7.5, pad=4, color=CONTROL if chosen.is_control else INK)
    axes.grid(axis="y")
    axes.tick_params(labelsize=7.5, length=0)
    # One artist for all other rows: drawing one a row takes twice as long.
    axes.add_collection(LineCollection([row.curves[name] for row in rows if row is not chosen], colors=SOFT, linewidths=0.7))
    curve = chosen.curves[name]
    colour = CONTROL if chosen.is_control else ACCENT
    axes.plot(*zip(*curve, strict=True), color=colour, linewidth=1.8, marker="o" if len(curve) == 1 else "", markersize=3)
