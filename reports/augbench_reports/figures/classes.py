"""F1 of every class: one panel a class, one bar a row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from augbench import comparing, numbers
from augbench_reports.figures.drawing import ACCENT, CONTROL, INK, Drawing, drawing_style, finished
from augbench_reports.figures.scores import WIDTH, row_axis
from augbench_reports.words import plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes

RARE = 10
"""Test images below which a bar is hatched."""
MOST = 24
"""Panels of one figure: minority classes first."""
ACROSS = 3


def shown_classes(classes: Sequence[comparing.ClassFacts]) -> list[int]:
    """Return the classes that are drawn, in the data set's order."""
    first = sorted(range(len(classes)), key=lambda index: (not classes[index].minority, index))
    return sorted(first[:MOST])


def classes_figure(column: comparing.ColumnComparison) -> Drawing:
    """Draw small multiples; dots are seeds, hatched bars rest on fewer than ten test images."""
    from matplotlib.figure import Figure

    rows = [row for row in column.rows if row.classes]
    chosen = shown_classes(column.classes)
    down = -(-len(chosen) // ACROSS)
    with drawing_style():
        figure = Figure(figsize=(WIDTH, down * (0.55 + 0.22 * len(rows)) + 0.2), layout="constrained")
        grid = figure.subplots(down, ACROSS, sharex=True, sharey=True, squeeze=False)
        panels = grid.flatten()
        for axes, index in zip(panels, chosen, strict=False):
            _panel(axes, rows, column.classes[index], index)
        for axes in panels[len(chosen) :]:
            axes.set_visible(False)
        for axes in grid[:, 0]:
            row_axis(axes, rows, 30)
            axes.tick_params(axis="y", labelsize=7)
        # Under an empty place the shared axis would have no numbers.
        for axes in panels[max(0, len(chosen) - ACROSS) : len(chosen)]:
            axes.tick_params(axis="x", labelbottom=True)
        return finished(figure, f"F1 by class on {plain(column.label)}", _description(column))


def _panel(axes: Axes, rows: Sequence[comparing.RowComparison], facts: comparing.ClassFacts, index: int) -> None:
    minority = " · minority" if facts.minority else ""
    axes.set_title(f"{plain(facts.name, 28)}", fontweight="bold", pad=5)
    axes.annotate(
        f"{numbers.count(facts.test)} test images{minority}",
        (1, 1),
        xycoords="axes fraction",
        xytext=(0, 5),
        textcoords="offset points",
        ha="right",
        fontsize=7,
        color=CONTROL if facts.test is not None and facts.test < RARE else INK,
    )
    axes.grid(axis="x")
    axes.set_xlim(0, 1.03)
    axes.tick_params(length=0)
    axes.spines["bottom"].set_visible(False)
    hatch = "////" if facts.test is not None and facts.test < RARE else None
    for place, row in enumerate(rows):
        score = row.classes[index].f1
        colour = CONTROL if row.is_control else ACCENT
        mean = score.mean or 0
        axes.barh(place, mean, height=0.62, color=colour, alpha=0.3, linewidth=0)
        if hatch:
            axes.barh(place, mean, height=0.62, facecolor="none", edgecolor=colour, alpha=0.55, linewidth=0, hatch=hatch)
        axes.plot([mean, mean], [place - 0.36, place + 0.36], color=colour, linewidth=2, solid_capstyle="butt")
        values = [value for _, value in score.seeds]
        if len(values) > 1:
            axes.plot(values, [place] * len(values), linestyle="none", marker="o", markersize=3.2, color=colour, markeredgewidth=0)


def _description(column: comparing.ColumnComparison) -> str:
    names = numbers.listing([plain(each.name, 40) for each in column.classes], 12)
    return f"Mean F1 over seeds of every row, one panel for each class: {names}. The table has every number."
