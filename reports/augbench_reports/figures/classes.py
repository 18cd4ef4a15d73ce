"""F1 of every class: one panel a class, one bar a row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from augbench import comparing, numbers
from augbench_reports.figures.plotted import ACCENT, CONTROL, INK, Drawing, Placing, drawing_style, finished
from augbench_reports.figures.scores import WIDTH, row_axis, row_label, widest
from augbench_reports.words import plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes

RARE = 10
"""Test images below which a bar is hatched."""
MOST = 24
"""Panels of one figure: minority classes first."""
ACROSS = 3
LABEL_SIZE = 7.5


def shown_classes(classes: Sequence[comparing.ClassFacts]) -> list[int]:
    """Return the classes that are drawn, in the data set's order."""
    first = sorted(range(len(classes)), key=lambda index: (not classes[index].minority, index))
    return sorted(first[:MOST])


def classes_figure(column: comparing.ColumnComparison) -> Drawing:
    """Draw small multiples; dots are seeds, hatched bars rest on fewer than ten test images."""
    rows = [row for row in column.rows if row.classes]
    labels = [row_label(row, 30) for row in rows]
    chosen = shown_classes(column.classes)
    down = -(-len(chosen) // ACROSS)
    with drawing_style():
        placing = Placing(
            across=ACROSS,
            down=down,
            panel=0.1 + 0.23 * len(rows),
            left=widest(labels, LABEL_SIZE),
            right=0.12,
            top=0.3,
            bottom=0.5,
            beside=0.25,
            # Numbers of the axis stand between the last two lines of panels where the last is not full.
            below=0.5 if len(chosen) % ACROSS else 0.35,
        )
        figure = placing.figure(WIDTH)
        grid = figure.subplots(down, ACROSS, sharex=True, sharey=True, squeeze=False)
        panels = grid.flatten()
        for axes, index in zip(panels, chosen, strict=False):
            _panel(axes, rows, column.classes[index], index)
        for axes in panels[len(chosen) :]:
            axes.set_visible(False)
        for axes in grid[:, 0]:
            row_axis(axes, labels, rows, LABEL_SIZE)
        # Under an empty place the shared axis would have no numbers.
        for axes in panels[max(0, len(chosen) - ACROSS) : len(chosen)]:
            axes.tick_params(axis="x", labelbottom=True)
        for axes in panels[(down - 1) * ACROSS : len(chosen)]:
            axes.set_xlabel("F1", labelpad=2)
        return finished(figure, f"Bars of F1 by class on {plain(column.label)}", _description(column))


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
        fontsize=7.5,
        color=CONTROL if facts.test is not None and facts.test < RARE else INK,
    )
    axes.grid(axis="x")
    axes.set_xlim(0, 1.03)
    axes.tick_params(length=0)
    axes.spines["bottom"].set_visible(False)
    _bars(axes, rows, index, hatched=facts.test is not None and facts.test < RARE)


def _bars(axes: Axes, rows: Sequence[comparing.RowComparison], index: int, hatched: bool) -> None:
    # One artist for all rows: drawing one a row takes twice as long.
    places = list(range(len(rows)))
    scores = [row.classes[index].f1 for row in rows]
    means = [score.mean or 0 for score in scores]
    colours = [CONTROL if row.is_control else ACCENT for row in rows]
    axes.barh(places, means, height=0.62, color=colours, alpha=0.3, linewidth=0)
    if hatched:
        axes.barh(places, means, height=0.62, facecolor="none", edgecolor=colours, alpha=0.55, linewidth=0, hatch="////")
    axes.vlines(means, [place - 0.36 for place in places], [place + 0.36 for place in places], colors=colours, linewidth=2)
    dots = [
        (value, place, colour)
        for place, (score, colour) in enumerate(zip(scores, colours, strict=True))
        for _, value in score.seeds
        if len(score.seeds) > 1
    ]
    if dots:
        values, heights, shades = zip(*dots, strict=True)
        # 3.2 points across.
        axes.scatter(values, heights, s=3.2**2, c=shades, linewidths=0, zorder=3)


def _description(column: comparing.ColumnComparison) -> str:
    names = numbers.listing([plain(each.name, 40) for each in column.classes], 12)
    return f"Mean F1 over seeds of every row, one panel for each class: {names}. The table has every number."
