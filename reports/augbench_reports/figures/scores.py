"""Every row's scores on one data set: a dot for each seed, a bar for the mean."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

from augbench import comparing, numbers
from augbench_reports.figures.plotted import ACCENT, CONTROL, GRID, INK, MUTED, Drawing, Placing, drawing_style, finished, text_width
from augbench_reports.words import plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH = 9.6
"""Inches; one inch is 72 units of the SVG."""
LABEL_SIZE = 8


def row_label(row: comparing.RowComparison, width: int = 34) -> str:
    """Break a row's label into at most two lines."""
    lines = textwrap.wrap(plain(row.label, 2 * width - 4), width, break_long_words=True) or [row.name]
    return "\n".join(lines[:2])


def row_axis(axes: Axes, labels: Sequence[str], rows: Sequence[comparing.RowComparison], size: float) -> None:
    """Name the rows down the left side, the first on top, the control in its colour."""
    axes.set_yticks(range(len(rows)), labels, linespacing=1.0, fontsize=size)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    for tick, row in zip(axes.get_yticklabels(), rows, strict=True):
        tick.set_color(CONTROL if row.is_control else INK)


def widest(labels: Sequence[str], size: float) -> float:
    """Return the width in inches that row labels take."""
    return max((text_width(line, size) for label in labels for line in label.splitlines()), default=0) + 0.15


def scores_figure(column: comparing.ColumnComparison, metrics: Sequence[str]) -> Drawing:
    """Draw one panel a metric, rows down the side."""
    rows = column.rows
    labels = [row_label(row) for row in rows]
    with drawing_style():
        placing = Placing(
            across=len(metrics),
            down=1,
            panel=0.2 + 0.31 * len(rows),
            left=widest(labels, LABEL_SIZE),
            right=0.5,
            top=0.35,
            bottom=0.3,
            beside=0.65,
        )
        figure = placing.figure(WIDTH)
        panels = figure.subplots(1, len(metrics), sharey=True, squeeze=False)[0]
        for axes, metric in zip(panels, metrics, strict=True):
            _panel(axes, rows, metric)
        row_axis(panels[0], labels, rows, LABEL_SIZE)
        return finished(figure, f"Scores on {plain(column.label)}", _description(rows, metrics))


def _panel(axes: Axes, rows: Sequence[comparing.RowComparison], metric: str) -> None:
    axes.set_title(numbers.heading(metric), fontweight="bold", pad=8)
    axes.grid(axis="x")
    axes.spines["left"].set_visible(False)
    axes.spines["bottom"].set_visible(False)
    axes.tick_params(length=0)
    for place, row in enumerate(rows):
        score = row.scores[metric]
        colour = CONTROL if row.is_control else ACCENT
        if score.mean is None:
            axes.annotate("no result", (0.02, place), xycoords=("axes fraction", "data"), va="center", color=MUTED, fontsize=8)
            continue
        values = [value for _, value in score.seeds]
        axes.plot([min(values), max(values)], [place, place], color=colour, linewidth=1.2, solid_capstyle="butt")
        axes.plot(values, [place] * len(values), linestyle="none", marker="o", markersize=4.2, markerfacecolor=colour, markeredgewidth=0)
        axes.plot([score.mean], [place], marker="|", markersize=13, markeredgewidth=2.4, color=colour)
        label = numbers.score(score.mean)
        axes.annotate(label, (1.01, place), xycoords=("axes fraction", "data"), va="center", color=INK, fontsize=8, annotation_clip=False)
    control = next((row.scores[metric].mean for row in rows if row.is_control), None)
    if control is not None:
        axes.axvline(control, color=CONTROL, linewidth=0.9, linestyle=(0, (3, 3)), zorder=0.5)
    else:
        axes.axvline(0, color=GRID, linewidth=0)
    axes.margins(x=0.08)


def _description(rows: Sequence[comparing.RowComparison], metrics: Sequence[str]) -> str:
    last = metrics[-1]
    each = "; ".join(f"{plain(row.label, 60)} {numbers.score(row.scores[last].mean)}" for row in rows)
    return f"Mean {numbers.metric(last)} of each row: {each}. The table has every number."
