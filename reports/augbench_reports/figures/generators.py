"""How generators were fitted: the critic's loss and the kernel distance over the iterations."""

from __future__ import annotations

from collections.abc import Sequence

from augbench import comparing, numbers
from augbench_reports.figures.canvas import Canvas
from augbench_reports.figures.curves import thinned
from augbench_reports.figures.drawing import ACCENT, CONTROL, Drawing
from augbench_reports.figures.lettering import SMALL, shortened
from augbench_reports.figures.panels import Grid, Panel, horizontal_axis, vertical_axis
from augbench_reports.figures.scales import scale_over
from augbench_reports.words import plain

ACROSS = 4
MOST = 24
"""Panels of one figure: those that are not sound first."""
CURVES = {"kid": "KID", "critic loss": "Critic loss", "generator loss": "Generator loss", "precision": "Precision", "recall": "Recall"}
"""Those that are drawn, in this order; the report's JSON has all."""


def drawn_curves(column: comparing.ColumnComparison) -> list[str]:
    """Return the curves that any generator has."""
    return [name for name in CURVES if _having(column, name)]


def shown_generators(column: comparing.ColumnComparison, name: str) -> list[comparing.GeneratorComparison]:
    """Return the generators whose curve is drawn, in their order."""
    having = _having(column, name)
    places = sorted(range(len(having)), key=lambda place: (having[place].word == "sound", place))
    return [having[place] for place in sorted(places[:MOST])]


def generators_note(column: comparing.ColumnComparison, name: str) -> str:
    """Say in a caption which generators are shown; nothing where all are."""
    total = len(_having(column, name))
    if total <= MOST:
        return ""
    return f" {MOST} of {numbers.count(total)} generators and classes: those that are not sound first; the table has all."


def _having(column: comparing.ColumnComparison, name: str) -> list[comparing.GeneratorComparison]:
    return [each for each in column.generators if len(each.curves.get(name, ())) > 1]


def generator_figure(column: comparing.ColumnComparison, name: str) -> Drawing:
    """Draw one curve of every generator and class as small multiples, each over axes of its own."""
    shown = shown_generators(column, name)
    across = min(ACROSS, len(shown))
    grid = Grid(count=len(shown), across=across, panel=92, left=78, right=12, top=30, bottom=40, beside=58, below=62)
    canvas = Canvas(grid.height)
    for place, (each, panel) in enumerate(zip(shown, grid.panels(), strict=True)):
        _draw_fit(canvas, each, name, panel, named=grid.is_low(place))
    canvas.text(15, grid.top + (grid.height - grid.top - grid.bottom) / 2, CURVES[name], anchor="middle", size=SMALL, turn=-90)
    said = f"{CURVES[name]} by iteration, one panel for each of {len(shown)} generators and classes, mean over fits; {_ends(shown, name)}"
    return canvas.drawing(f"{CURVES[name]} of generators on {plain(column.label)}", said)


def _draw_fit(canvas: Canvas, found: comparing.GeneratorComparison, name: str, panel: Panel, named: bool) -> None:
    curve = thinned(found.curves[name])
    iterations = scale_over([step for step, _ in curve], panel.left, panel.right, margin=0.02)
    # A kernel distance goes from far away to about zero, and a little below it.
    kid = name == "kid"
    said = [value for _, value in curve]
    values = scale_over([0, *said] if kid else said, panel.bottom, panel.top, kind="symlog" if kid else "linear")
    horizontal_axis(canvas, panel, iterations, name="iteration" if named else "")
    vertical_axis(canvas, panel, values)
    title = f"{plain(found.name, 40)}, {plain(found.class_name, 40)}"
    canvas.text(panel.left, panel.top - 9, shortened(title, panel.width + 40, SMALL), size=SMALL)
    with canvas.group(title=f"{title}: {_from_to(found, name)}"):
        canvas.target(panel.left, panel.top, panel.width, panel.height)
        canvas.polyline([(iterations.place(step), values.place(value)) for step, value in curve], stroke=ACCENT, stroke_width=1.8)
    low, high = found.chosen
    if low == high:
        x = iterations.place(high)
        canvas.line(x, panel.top, x, panel.bottom, stroke=CONTROL, stroke_width=1.2, stroke_dasharray="4 3")


def _ends(shown: Sequence[comparing.GeneratorComparison], name: str) -> str:
    """Say where curves begin and end, for those who do not see them."""
    said = [f"{plain(each.name, 20)}, {plain(each.class_name, 20)}: {_from_to(each, name)}" for each in shown]
    return numbers.listing(said, 8) + "."


def _from_to(found: comparing.GeneratorComparison, name: str) -> str:
    curve = found.curves[name]
    return f"from {numbers.distance(curve[0][1])} to {numbers.distance(curve[-1][1])}"
