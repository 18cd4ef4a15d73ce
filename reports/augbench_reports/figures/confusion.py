"""Which classes are taken for which: the control's confusion matrix, and what every other row changes in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from augbench import comparing, evidence, numbers
from augbench_reports.figures.canvas import Canvas, Four
from augbench_reports.figures.drawing import ACCENT, CONTROL, GRID, INK, MUTED, SOFT, Drawing
from augbench_reports.figures.lettering import LEADING, SMALL, shortened, text_width, wrapped
from augbench_reports.figures.panels import Grid
from augbench_reports.figures.rows import Shown, shown_note, shown_rows
from augbench_reports.words import plain

MOST = 12
"""Panels of one figure: the control, and the rows that differ most from it."""
CLASSES = 12
"""Of one matrix: minority classes first, then the most frequent ones."""
TOLD = 0.05
"""Change of a share from which on it is written into its cell."""
FULL = 0.4
"""Change of a share that has the strongest tint."""
LEVELS = 6
"""Tints: cells of one tint are one element."""
STRONGEST = 0.5
"""Opacity of a tint, on which words can still be read."""
FEW = 8
"""Classes up to which four panels stand beside each other, with both share and number in a cell."""
NAMES = 104.0
"""Room for the name of a class."""
LEGEND = 26.0
TINY = 9.5
"""Size of the letters in a cell."""

Matrix = Sequence[Sequence[float]]


@dataclass(frozen=True, kw_only=True)
class _Cells:
    """Where the cells of a panel stand; the same in all panels."""

    width: float
    height: float
    names: Sequence[str]
    """Of the classes that are drawn."""
    chosen: Sequence[int]
    """Their places among all classes."""

    def at(self, row: int, column: int) -> Four:
        """Return x, y, width and height, a little apart from the neighbours."""
        return column * self.width + 0.5, row * self.height + 0.5, self.width - 1, self.height - 1

    def places(self) -> Iterator[tuple[int, int]]:
        """Yield (row, column) line by line."""
        return ((row, column) for row in range(len(self.chosen)) for column in range(len(self.chosen)))

    def of(self, matrix: Matrix, row: int, column: int) -> float:
        """Return a matrix' value at a place."""
        return matrix[self.chosen[row]][self.chosen[column]]


def confusion_rows(column: comparing.ColumnComparison) -> list[Shown]:
    """Return the rows that are drawn, the control first."""
    return sorted(shown_rows(column.rows, MOST, lambda row: row.confusion), key=lambda each: not each.row.is_control)


def confusion_classes(classes: Sequence[comparing.ClassFacts]) -> list[int]:
    """Return the classes that are drawn, in the data set's order."""
    first = sorted(range(len(classes)), key=lambda index: (not classes[index].minority, -(classes[index].test or 0), index))
    return sorted(first[:CLASSES])


def confusion_note(column: comparing.ColumnComparison) -> str:
    """Say in a caption which classes and rows are drawn; nothing where all are."""
    having = [row for row in column.rows if row.confusion]
    total = len(column.classes)
    classes = (
        f" {CLASSES} of {numbers.count(total)} classes: minority classes first, then the most frequent ones." if total > CLASSES else ""
    )
    return classes + shown_note(having, MOST, "report.json")


def confusion_figure(column: comparing.ColumnComparison) -> Drawing:
    """Draw small multiples: shares of each true class, and for rows with a control beside them the change of these shares."""
    shown = confusion_rows(column)
    grid, cells, labels = _layout(column, shown)
    canvas = Canvas(grid.height)
    with canvas.defined("cells"):
        canvas.rects([cells.at(*place) for place in cells.places()], fill="none", stroke=GRID, stroke_width=0.8)
        # What is right stands out, also where nothing is tinted.
        canvas.rects([cells.at(place, place) for place in range(len(cells.chosen))], fill="none", stroke=SOFT, stroke_width=1.6)
    if any(each.row.confusion and each.row.confusion.against for each in shown):
        _legend(canvas, grid.left)
    for place, (each, lines, panel) in enumerate(zip(shown, labels, grid.panels(), strict=True)):
        with canvas.group(at=(panel.left, panel.top)):
            _panel(canvas, each, cells, lines)
            if grid.is_left(place):
                _true_names(canvas, cells)
            if grid.is_low(place):
                _predicted_names(canvas, cells)
    return canvas.drawing(f"Confusion matrices on {plain(column.label)}", _description(shown))


def _layout(column: comparing.ColumnComparison, shown: Sequence[Shown]) -> tuple[Grid, _Cells, list[list[str]]]:
    chosen = confusion_classes(column.classes)
    names = [shortened(plain(column.classes[index].name, 40), NAMES, SMALL) for index in chosen]
    room = max((text_width(name, SMALL) for name in names), default=0)
    few = len(chosen) <= FEW
    height = 27.0 if few else 19.0
    grid = Grid(count=len(shown), across=4 if few else 3, panel=height * len(chosen), left=room + 34, right=16, top=0, bottom=0, beside=16)
    width = grid.panels()[0].width
    labels = [wrapped(each.name, width, SMALL, bold=each.row.is_control) for each in shown]
    head = 10 + max(map(len, labels)) * LEADING * SMALL
    # Names of predicted classes hang below the lowest panels.
    grid = replace(grid, top=LEGEND + head, below=head + 8, bottom=room + 36)
    return grid, _Cells(width=width / len(chosen), height=height, names=names, chosen=chosen), labels


def _legend(canvas: Canvas, left: float) -> None:
    """Say what the tints of a change mean."""
    better, worse = "better: more of a class found, or fewer taken for another", "worse"
    for fill, stroke, words in ((ACCENT, ACCENT, better), (canvas.hatch(CONTROL), CONTROL, worse)):
        canvas.rect(left, 5, 13, 13, fill=fill, fill_opacity=STRONGEST if fill == ACCENT else 1, stroke=stroke, stroke_width=1)
        canvas.text(left + 19, 11.5, words, size=SMALL, middle=True, fill=MUTED)
        left += 19 + text_width(words, SMALL) + 24


def _panel(canvas: Canvas, each: Shown, cells: _Cells, lines: Sequence[str]) -> None:
    """Draw one row's matrix below its name."""
    found = each.row.confusion
    if found is None:
        return
    control = each.row.is_control
    with canvas.group(row=each.row.name, title=f"{each.name}: {_most(found)}"):
        top = -8 - (len(lines) - 1) * LEADING * SMALL
        canvas.text(0, top, lines, size=SMALL, bold=control, fill=CONTROL if control else INK)
        with canvas.group(stroke="none"):
            canvas.again("cells")
            if found.against and not control:
                _changes(canvas, found, found.against, cells)
            else:
                _shares(canvas, found, cells)


def _shares(canvas: Canvas, found: evidence.Confusion, cells: _Cells) -> None:
    """Tint cells by their share of the true class, and write it with the number of images."""
    _tinted(canvas, cells, found.shares, MUTED, full=1.0)
    for row, column in cells.places():
        share, count = cells.of(found.shares, row, column), int(cells.of(found.counts, row, column))
        if not count:
            continue
        written = f"{100 * share:.0f}%"
        if len(cells.chosen) <= FEW:
            _write(canvas, cells, row, column, [written, numbers.count(count)])
        elif share >= TOLD:
            _write(canvas, cells, row, column, [written[:-1]])


def _changes(canvas: Canvas, found: evidence.Confusion, against: Matrix, cells: _Cells) -> None:
    """Tint cells by how much better or worse than the control's they are, and write large changes in points."""
    better = [[value if row == column else -value for column, value in enumerate(line)] for row, line in enumerate(against)]
    worse = [[-value for value in line] for line in better]
    _tinted(canvas, cells, better, ACCENT, full=FULL)
    _tinted(canvas, cells, worse, canvas.hatch(CONTROL), full=FULL)
    told = [place for place in cells.places() if abs(cells.of(against, *place)) >= TOLD]
    for matrix, colour in ((better, ACCENT), (worse, CONTROL)):
        canvas.rects([cells.at(*place) for place in told if cells.of(matrix, *place) > 0], fill="none", stroke=colour, stroke_width=1)
    for row, column in told:
        value = cells.of(against, row, column)
        _write(canvas, cells, row, column, [f"{'+' if value > 0 else numbers.MINUS}{100 * abs(value):.0f}"])
        share = numbers.percent(cells.of(found.shares, row, column))
        title = f"{cells.names[row]} as {cells.names[column]}: {share}, {numbers.points(value)} points"
        canvas.target(*cells.at(row, column), title=title)


def _tinted(canvas: Canvas, cells: _Cells, matrix: Matrix, colour: str, full: float) -> None:
    """Fill cells of values above 0, those of a level as one element."""
    levels: dict[int, list[Four]] = {}
    for place in cells.places():
        level = round(LEVELS * min(1.0, cells.of(matrix, *place) / full))
        if level > 0:
            levels.setdefault(level, []).append(cells.at(*place))
    strongest = STRONGEST if colour in (ACCENT, MUTED) else 0.85
    for level, sides in sorted(levels.items()):
        canvas.rects(sides, fill=colour, fill_opacity=0.06 + (strongest - 0.06) * level / LEVELS)


def _write(canvas: Canvas, cells: _Cells, row: int, column: int, lines: Sequence[str]) -> None:
    x, y, width, height = cells.at(row, column)
    canvas.text(x + width / 2, y + height / 2, lines, anchor="middle", size=TINY, middle=True)


def _true_names(canvas: Canvas, cells: _Cells) -> None:
    for place, name in enumerate(cells.names):
        canvas.text(-8, (place + 0.5) * cells.height, name, anchor="end", size=SMALL, middle=True)
    x = -16 - max(text_width(name, SMALL) for name in cells.names)
    canvas.text(x, len(cells.names) * cells.height / 2, "true class", anchor="middle", size=SMALL, turn=-90, fill=MUTED)


def _predicted_names(canvas: Canvas, cells: _Cells) -> None:
    bottom = len(cells.names) * cells.height
    for place, name in enumerate(cells.names):
        # Upright: oblique ones would reach below the panel at the left.
        canvas.text((place + 0.5) * cells.width + 4, bottom + 8, name, anchor="end", size=SMALL, turn=-90)
    below = bottom + 28 + max(text_width(name, SMALL) for name in cells.names)
    canvas.text(len(cells.names) * cells.width / 2, below, "predicted class", anchor="middle", size=SMALL, fill=MUTED)


def _most(found: evidence.Confusion) -> str:
    """Name the pair of classes that is confused most."""
    if not found.confused:
        return "no class is taken for another"
    first = found.confused[0]
    return f"{plain(first.true, 40)} taken for {plain(first.predicted, 40)} in {numbers.percent(first.share)}"


def _description(shown: Sequence[Shown]) -> str:
    said = [f"{each.name}: {_most(each.row.confusion)}" for each in shown if each.row.confusion]
    return (
        "Shares of each true class by predicted class for the control, and their change for every other row. The most frequent confusion "
        f"of each: {numbers.listing(said, 12)}. The tables have every number."
    )
