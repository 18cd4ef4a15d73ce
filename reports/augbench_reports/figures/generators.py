"""How generators were fitted: the critic's loss and the kernel distance over the iterations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from augbench import comparing, numbers
from augbench_reports.figures.plotted import ACCENT, CONTROL, INK, Drawing, Placing, drawing_style, finished
from augbench_reports.figures.scores import WIDTH
from augbench_reports.words import plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ACROSS = 4
KID_TICKS = (0, 0.01, 0.1, 1, 10, 100)
CURVES = {"kid": "KID", "critic loss": "Critic loss", "generator loss": "Generator loss", "precision": "Precision", "recall": "Recall"}
"""Those that are drawn, in this order; the report's JSON has all."""


def drawn_curves(column: comparing.ColumnComparison) -> list[str]:
    """Return the curves that any generator has."""
    return [name for name in CURVES if any(len(each.curves.get(name, ())) > 1 for each in column.generators)]


def generator_figure(column: comparing.ColumnComparison, name: str) -> Drawing:
    """Draw one curve of every generator and class as small multiples."""
    shown = [each for each in column.generators if len(each.curves.get(name, ())) > 1]
    across = min(ACROSS, len(shown))
    down = -(-len(shown) // across)
    with drawing_style():
        placing = Placing(across=across, down=down, panel=1.0, left=0.65, right=0.1, top=0.45, bottom=0.45, beside=0.45, below=0.55)
        figure = placing.figure(WIDTH)
        panels = figure.subplots(down, across, squeeze=False).flatten()
        for axes, each in zip(panels, shown, strict=False):
            _panel(axes, each, name)
        for axes in panels[len(shown) :]:
            axes.set_visible(False)
        figure.supxlabel("iteration", fontsize=8, color=INK)
        figure.supylabel(CURVES[name], fontsize=8, color=INK, x=0.012)
        said = (
            f"{CURVES[name]} by iteration, one panel for each of {len(shown)} generators and classes, mean over fits; {_ends(shown, name)}"
        )
        return finished(figure, f"{CURVES[name]} of generators on {plain(column.label)}", said)


def _panel(axes: Axes, found: comparing.GeneratorComparison, name: str) -> None:
    from matplotlib.ticker import NullLocator

    axes.set_title(f"{plain(found.name, 20)}, {plain(found.class_name, 16)}", fontsize=7.5, pad=4)
    axes.grid(axis="y")
    axes.tick_params(labelsize=7, length=0)
    axes.locator_params(axis="x", nbins=4)
    curve = found.curves[name]
    if name == "kid":
        # From far away to about zero, and a little below it.
        axes.set_yscale("symlog", linthresh=0.01)
        axes.set_yticks([tick for tick in KID_TICKS if tick <= 1.5 * max(value for _, value in curve)])
        # As plain text: matplotlib writes powers as mathematics, which the report leaves unread.
        axes.yaxis.set_major_formatter(lambda tick, place: f"{tick:g}")
        axes.yaxis.set_minor_locator(NullLocator())
    axes.plot(*zip(*curve, strict=True), color=ACCENT, linewidth=1.4)
    low, high = found.chosen
    if low == high:
        axes.axvline(high, color=CONTROL, linewidth=0.9, linestyle=(0, (3, 2)))


def _ends(shown: Sequence[comparing.GeneratorComparison], name: str) -> str:
    """Say where curves begin and end, for those who do not see them."""
    said = [
        f"{plain(each.name, 20)}, {plain(each.class_name, 20)}: from {numbers.distance(each.curves[name][0][1])} to "
        f"{numbers.distance(each.curves[name][-1][1])}"
        for each in shown
    ]
    return "; ".join(said) + "."
