"""Tables as booktabs sets them: rules above, between and below, none upright."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from augbench_reports.document import Cell, Table
from augbench_reports.tex.letters import LONG, escaped

ROOM = 107
"""Letters of a line: footnote size on A4 with margins of 2 cm."""
GAP = 2
WIDEST = 36
"""Letters of a column before its lines break."""
COMFORT = 12
"""Letters that a column gets before its lines break, the first one twice as many."""
LONGEST = 40
"""Lines of a table that floats; longer ones break over pages."""
_ARROWS = {"better": r"$\uparrow$ ", "worse": r"$\downarrow$ "}


def tabular(table: Table) -> str:
    """Write a table, in several parts where it is wider than a page; each needs booktabs, wrapped columns array, long ones longtable."""
    parts = _parts(table)
    return "\n".join(_one(part, place, len(parts)) for place, part in enumerate(parts))


def _parts(table: Table) -> list[Table]:
    """Split a table by columns; each part begins with the first one."""
    narrowest = [_narrowest(table, place) + GAP for place in range(len(table.head))]
    parts: list[list[int]] = [[0]]
    for place in range(1, len(table.head)):
        if len(parts[-1]) > 1 and sum(narrowest[each] for each in parts[-1]) + narrowest[place] > ROOM:
            parts.append([0])
        parts[-1].append(place)
    return [_some(table, places) for places in parts] if len(parts) > 1 else [table]


def _some(table: Table, places: Sequence[int]) -> Table:
    return Table(
        slug=table.slug,
        caption=table.caption,
        head=tuple(table.head[place] for place in places),
        rows=tuple(tuple(row[place] for place in places) for row in table.rows),
        marked=table.marked,
        note=table.note,
    )


def _cells(table: Table, place: int) -> list[Cell]:
    return [table.head[place], *(row[place] for row in table.rows)]


def _narrowest(table: Table, place: int) -> int:
    """Count the letters below which a column cannot be read: those of a word, of a short number with all that belongs to it."""
    cells = _cells(table, place)
    words = [word for cell in cells for word in f"{cell.text} {cell.note}".split()]
    whole = [cell.text for cell in cells[1:] if cell.numeric and len(cell.text) <= LONG]
    comfort = min(_widest(table, place), COMFORT if place else 2 * COMFORT)
    return max(comfort, min(LONG, max(map(len, [*words, *whole]), default=1)))


def _widest(table: Table, place: int) -> int:
    return max(max(len(cell.text), len(cell.note)) for cell in _cells(table, place))


def _widths(table: Table) -> list[int]:
    """Choose the letters of each column: as many as it wants, and where there is no room for all, the widest are cut to one width."""
    places = range(len(table.head))
    least = [_narrowest(table, place) for place in places]
    wanted = [_widest(table, place) for place in places]
    for most in range(WIDEST, 0, -1):
        widths = [max(low, min(most, high)) for low, high in zip(least, wanted, strict=True)]
        if sum(widths) + GAP * len(widths) <= ROOM:
            return widths
    return least


def _one(table: Table, part: int, parts: int) -> str:
    widths = _widths(table)
    wrapped = [_wraps(table, place, widths[place]) for place in range(len(widths))]
    columns = "".join(_column(cell, width, wraps) for cell, width, wraps in zip(table.head, widths, wrapped, strict=True))
    which = f", part {part + 1} of {parts}" if parts > 1 else ""
    label = table.slug + (f"-{part + 1}" if part else "")
    caption = rf"\caption{{{escaped(table.caption + which)}}}\label{{tab:{label}}}"
    head = _line(table.head)
    rows = [_line(row, index in table.marked) for index, row in enumerate(table.rows)]
    note = rf"{{\scriptsize\raggedright {escaped(table.note)}\par}}" if table.note and part + 1 == parts else ""
    write = _long if sum(_height(row, widths) for row in table.rows) > LONGEST else _floating
    return write(columns, caption, head, rows, note)


def _wraps(table: Table, place: int, width: int) -> bool:
    return any(cell.note or len(cell.text) > width for cell in _cells(table, place))


def _column(head: Cell, width: int, wraps: bool) -> str:
    if not wraps:
        return "r" if head.numeric else "l"
    side = "left" if head.numeric else "right"
    return rf">{{\ragged{side}\arraybackslash}}p{{{width / ROOM:.3f}\linewidth}}"


def _height(row: Sequence[Cell], widths: Sequence[int]) -> int:
    return max(ceil(len(cell.text) / width) + ceil(len(cell.note) / width) for cell, width in zip(row, widths, strict=True))


def _line(cells: Sequence[Cell], marked: bool = False) -> str:
    first, *others = [_cell(cell, marked and not place) for place, cell in enumerate(cells)]
    return " & ".join([first, *others]) + r" \\"


def _cell(cell: Cell, marked: bool) -> str:
    text = escaped(cell.text)
    if marked and text:
        text = rf"\textbf{{{text}}}"
    note = rf"\par{{\scriptsize {escaped(cell.note)}}}" if cell.note else ""
    return arrow(cell.text, cell.tone) + text + note


def arrow(word: str, tone: str) -> str:
    """Show beside a verdict what its word says; nothing beside other words."""
    return _ARROWS.get(word, "") if tone in ("good", "worse") else ""


def _floating(columns: str, caption: str, head: str, rows: Sequence[str], note: str) -> str:
    return "\n".join(
        [
            r"\begin{table}[!htbp]",
            r"\centering\footnotesize\setlength{\tabcolsep}{4pt}",
            caption,
            rf"\begin{{tabular}}{{{columns}}}",
            r"\toprule",
            head,
            r"\midrule",
            *rows,
            r"\bottomrule",
            r"\end{tabular}",
            *([rf"\par\smallskip\begin{{minipage}}{{\linewidth}}{note}\end{{minipage}}"] if note else []),
            r"\end{table}",
            "",
        ]
    )


def _long(columns: str, caption: str, head: str, rows: Sequence[str], note: str) -> str:
    return "\n".join(
        [
            r"\begingroup\footnotesize\setlength{\tabcolsep}{4pt}\setlength{\LTcapwidth}{\linewidth}",
            rf"\begin{{longtable}}{{{columns}}}",
            rf"{caption}\\",
            r"\toprule",
            head,
            r"\midrule",
            r"\endfirsthead",
            r"\toprule",
            head,
            r"\midrule",
            r"\endhead",
            r"\bottomrule",
            r"\endfoot",
            *rows,
            r"\end{longtable}",
            *([note] if note else []),
            r"\endgroup",
            "",
        ]
    )
