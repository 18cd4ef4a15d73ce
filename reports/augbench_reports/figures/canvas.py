"""A small SVG writer: shapes, text, groups and hatches, written down in the order in which they are drawn.

>>> from augbench_reports.figures.drawing import ACCENT
>>> canvas = Canvas(height=40)
>>> with canvas.group(row="ours", title="ours: 0.712"):
...     canvas.rect(20, 14, 100, 12, fill=canvas.hatch(ACCENT))
...     canvas.mark("diamond", 120, 20, fill=ACCENT, title="seed 0: 0.712")
>>> canvas.text(126, 20, "0.712 < 0.8", middle=True)
>>> drawing = canvas.drawing("Scores", "One row.")
>>> "0.712 &lt; 0.8" in drawing.inline("scores"), 'data-row="ours"' in drawing.file(dark=True)
(True, True)
"""

from __future__ import annotations

import html
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Literal, TypedDict, Unpack

from augbench_reports.figures.drawing import COLOURS, FONT, INK, OWN, Drawing
from augbench_reports.figures.lettering import LEADING, SIZE
from augbench_reports.words import plain

WIDTH = 960.0
"""Of every drawing; on a wide page one unit is about one pixel."""

Place = tuple[float, float]
Four = tuple[float, float, float, float]
Anchor = Literal["start", "middle", "end"]
Shape = Literal["circle", "square", "diamond", "triangle", "cross"]
"""What a mark looks like, beside its colour."""
# Around the place of the mark, for a mark of size 2, so that all look equally large; a circle is one arc that nearly closes.
_SHAPES: dict[Shape, tuple[Place, ...]] = {
    "square": ((-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)),
    "diamond": ((0, -1.3), (1.3, 0), (0, 1.3), (-1.3, 0)),
    "triangle": ((0, -1.25), (1.2, 0.95), (-1.2, 0.95)),
    "cross": (
        *((0, -0.45), (0.8, -1.25), (1.25, -0.8), (0.45, 0), (1.25, 0.8), (0.8, 1.25)),
        *((0, 0.45), (-0.8, 1.25), (-1.25, 0.8), (-0.45, 0), (-1.25, -0.8), (-0.8, -1.25)),
    ),
}
_UNSEEN = {"fill": "none", "stroke": "none", "pointer-events": "all"}
_NO_CHARACTERS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""That XML does not know."""


class Look(TypedDict, total=False):
    """How an element is painted and what it tells; a group's look holds for what is in it."""

    fill: str
    """A colour of ``drawing``, a hatch, or ``none``."""
    stroke: str
    stroke_width: float
    stroke_dasharray: str
    """Lengths of dash and gap: ``4 3``."""
    stroke_opacity: float
    fill_opacity: float
    opacity: float
    title: str
    """What hovering over it tells."""
    row: str
    """Name of the row: a page finds all marks of a row by it, on every data set."""


class Canvas:
    """Takes down the elements of one drawing; y grows downwards; elements at places that are not finite are left out."""

    def __init__(self, height: float, width: float = WIDTH) -> None:
        self.height = height
        self.width = width
        self._parts: list[str] = []
        self._definitions: dict[str, str] = {}

    @contextmanager
    def group(self, *, at: Place | None = None, **look: Unpack[Look]) -> Iterator[None]:
        """Keep what is drawn within together, moved to a place."""
        moved = {} if at is None else {"transform": f"translate({number(at[0])} {number(at[1])})"}
        self._parts.append(_opened("g", moved, look))
        yield
        self._parts.append("</g>")

    def line(self, x1: float, y1: float, x2: float, y2: float, **look: Unpack[Look]) -> None:
        """Draw a straight line."""
        self.lines([(x1, y1, x2, y2)], **look)

    def lines(self, ends: Iterable[Four], **look: Unpack[Look]) -> None:
        """Draw straight lines from x1, y1 to x2, y2, all of them as one element."""
        if path := "".join(_through([(x1, y1), (x2, y2)]) for x1, y1, x2, y2 in ends if _finite(x1, y1, x2, y2)):
            self._put("path", {"d": path}, look)

    def polyline(self, points: Iterable[Place], **look: Unpack[Look]) -> None:
        """Draw a line through points, broken where one is not finite."""
        self.polylines([points], **look)

    def polylines(self, several: Iterable[Iterable[Place]], **look: Unpack[Look]) -> None:
        """Draw several such lines as one element."""
        if path := "".join(_through(run) for points in several for run in _unbroken(points)):
            self._put("path", {"d": path, "fill": "none"}, look)

    def rect(self, x: float, y: float, width: float, height: float, **look: Unpack[Look]) -> None:
        """Draw a rectangle."""
        self.rects([(x, y, width, height)], **look)

    def rects(self, sides: Iterable[Four], **look: Unpack[Look]) -> None:
        """Draw rectangles of x, y, width and height, all of them as one element."""
        if path := "".join(_around(*four) for four in sides if _finite(*four)):
            self._put("path", {"d": path}, look)

    def area(self, points: Sequence[Place], **look: Unpack[Look]) -> None:
        """Fill what a line through points encloses."""
        if all(_finite(*point) for point in points):
            self._put("path", {"d": _through(points) + "z"}, look)

    def target(self, x: float, y: float, width: float, height: float, **look: Unpack[Look]) -> None:
        """Let a rectangle that is not seen tell its group's title, so that nobody has to hit a dot."""
        self._put("path", {"d": _around(x, y, width, height), **_UNSEEN}, look)

    def mark(self, shape: Shape, x: float, y: float, *, size: float = 5, **look: Unpack[Look]) -> None:
        """Draw a shape around a place."""
        self.marks(shape, [(x, y)], size=size, **look)

    def marks(self, shape: Shape, places: Iterable[Place], *, size: float = 5, **look: Unpack[Look]) -> None:
        """Draw the same shape around several places as one element, which is half as long as one for each."""
        if path := "".join(_mark(shape, x, y, size / 2) for x, y in places if _finite(x, y)):
            self._put("path", {"d": path}, look)

    def text(
        self,
        x: float,
        y: float,
        words: str | Sequence[str],
        *,
        anchor: Anchor = "start",
        size: float = SIZE,
        bold: bool = False,
        middle: bool = False,
        turn: float = 0,
        **look: Unpack[Look],
    ) -> None:
        """Write lines of text.

        ``y`` is the first line's base or, with ``middle``, the middle of all lines; ``turn`` is in degrees, clockwise.
        """
        lines = [words] if isinstance(words, str) else list(words)
        base = y + size * (0.36 - LEADING * (len(lines) - 1) / 2) if middle else y
        attributes = {
            **({"text-anchor": anchor} if anchor != "start" else {}),
            **({"font-size": number(size)} if size != SIZE else {}),
            **({"font-weight": "600"} if bold else {}),
            **({"transform": f"rotate({number(turn)} {number(x)} {number(y)})"} if turn else {}),
        }
        for place, line in enumerate(lines):
            if line and _finite(x, y):
                where = {"x": number(x), "y": number(base + place * LEADING * size)}
                self._put("text", where | attributes, look, escaped(plain(line, 300)))

    def hatch(self, colour: str) -> str:
        """Return a fill of oblique lines in a colour, over a tint of it."""
        name = f"hatch-{colour.strip('&;')}"
        self._definitions[name] = (
            f'<pattern id="{OWN}{name}" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
            f'<path d="M0 0h5v5h-5z" fill="{colour}" fill-opacity=".28"/>'
            f'<path d="M0 0v5" stroke="{colour}" stroke-opacity=".7" stroke-width="2.4"/></pattern>'
        )
        return f"url(#{OWN}{name})"

    @contextmanager
    def defined(self, name: str) -> Iterator[None]:
        """Keep what is drawn within under a name instead of showing it."""
        before, self._parts = self._parts, []
        yield
        self._definitions[name] = f'<g id="{OWN}{name}">{"".join(self._parts)}</g>'
        self._parts = before

    def again(self, name: str) -> None:
        """Show what is defined under a name, as often as wanted."""
        self._parts.append(f'<use href="#{OWN}{name}"/>')

    def drawing(self, title: str, description: str) -> Drawing:
        """Return the finished drawing."""
        head = f'viewBox="0 0 {number(self.width)} {number(self.height)}" font-family="{FONT}" font-size="{number(SIZE)}" fill="{INK}"'
        definitions = f"<defs>{''.join(self._definitions.values())}</defs>\n" if self._definitions else ""
        body = "\n".join(self._parts)
        svg = f'<svg xmlns="http://www.w3.org/2000/svg" {head}>\n{definitions}{body}\n</svg>'
        return Drawing(svg=svg, title=title, description=description)

    def _put(self, tag: str, attributes: dict[str, str], look: Look, inside: str = "") -> None:
        start = _opened(tag, attributes, look)
        told = bool(inside) or start.endswith("</title>")
        self._parts.append(f"{start}{inside}</{tag}>" if told else f"{start[:-1]}/>")


def number(value: float, decimals: int = 1) -> str:
    """Write a number with at most so many decimals, the same everywhere."""
    text = re.sub(r"\.?0+$", "", f"{value:.{decimals}f}")
    return {"-0": "0", "": "0"}.get(text, re.sub(r"^(-?)0\.", r"\1.", text))


def escaped(text: str) -> str:
    """Write text so that it is only text."""
    return html.escape(_NO_CHARACTERS.sub("", text))


def _opened(tag: str, attributes: dict[str, str], look: Look) -> str:
    said = {name.replace("_", "-"): value for name, value in look.items() if name not in ("title", "row")}
    row = {"data-row": look["row"]} if "row" in look else {}
    written = "".join(f' {name}="{_value(value)}"' for name, value in {**attributes, **said, **row}.items())
    title = f"<title>{escaped(plain(look['title'], 300))}</title>" if look.get("title") else ""
    return f"<{tag}{written}>{title}"


def _value(value: object) -> str:
    if isinstance(value, (int, float)):
        return number(value, 2)
    text = str(value)
    return text if text in COLOURS or text.startswith(f"url(#{OWN}") else escaped(text)


def _finite(*values: float) -> bool:
    return all(map(math.isfinite, values))


def _through(points: Sequence[Place]) -> str:
    return "M" + " ".join(f"{number(x)} {number(y)}" for x, y in points)


def _around(x: float, y: float, width: float, height: float) -> str:
    return f"M{number(x)} {number(y)}h{number(width)}v{number(height)}h{number(-width)}z"


def _unbroken(points: Iterable[Place]) -> Iterator[list[Place]]:
    """Yield the longest runs of finite points that have two or more."""
    run: list[Place] = []
    for point in [*points, (math.nan, math.nan)]:
        if _finite(*point):
            run.append(point)
            continue
        if len(run) > 1:
            yield run
        run = []


def _mark(shape: Shape, x: float, y: float, half: float) -> str:
    if shape == "circle":
        return f"M{number(x)} {number(y - half)}a{number(half)} {number(half)} 0 1 1-.01 0z"
    return _through([(x + across * half, y + down * half) for across, down in _SHAPES[shape]]) + "z"
