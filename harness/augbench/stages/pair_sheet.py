"""Draw pairs of images side by side, with what each is called, so that an eye can judge what was found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from augbench.stages.lettering import cut, letters, wrapped

_INK, _MUTED, _RULE, _PAPER, _GRAVE = "#1f2328", "#59636e", "#d1d9e0", "#ffffff", "#b35900"
_DPI = 200
_TITLE, _HEAD, _TEXT, _SMALL = 40, 26, 21, 17
_MARGIN, _GUTTER, _GAP = 56, 40, 6
_LINE = 24
"""Height of a line below an image."""
_LEAST = 150
"""Pixels that an image has in width, so that there is room for its name."""
_AREA = 1400
"""Room for pairs, side by side."""


@dataclass(frozen=True, kw_only=True)
class Side:
    """One image of a pair."""

    pixels: NDArray[np.uint8]
    """Colours [h, w, 3]."""
    about: str
    """Its split and class."""
    name: str


@dataclass(frozen=True, kw_only=True)
class Section:
    """Pairs of one kind."""

    code: str
    grave: bool
    sentence: str
    pairs: tuple[tuple[Side, ...], ...]
    rest: str = ""
    """What is not shown, in words."""


def draw_pairs(title: str, facts: str, sections: Sequence[Section]) -> bytes:
    """Return a PNG of all sections, one below the other."""
    sheet = _Sheet(sections)
    image = Image.new("RGB", (sheet.width, sheet.height()), _PAPER)
    pen = ImageDraw.Draw(image)
    room = sheet.width - 2 * _MARGIN
    _write(pen, (_MARGIN, _MARGIN + 30), title, _TITLE, _INK, room)
    _write(pen, (_MARGIN, _MARGIN + 68), facts, _TEXT, _MUTED, room)
    top = _MARGIN + 96
    for section in sections:
        sheet.draw(section, image, pen, top)
        top += sheet.tall(section)
    buffer = BytesIO()
    image.save(buffer, format="PNG", optimize=True, dpi=(_DPI, _DPI))
    return buffer.getvalue()


class _Sheet:
    """Where what stands: every pair has the same room."""

    def __init__(self, sections: Sequence[Section]) -> None:
        shapes = [side.pixels.shape for section in sections for pair in section.pairs for side in pair]
        self._sections = sections
        self._high: int = max(shape[0] for shape in shapes)
        self._wide: int = max(_LEAST, *(shape[1] for shape in shapes))
        self._pair: int = 2 * self._wide + _GAP
        most = max(len(section.pairs) for section in sections)
        self._columns: int = max(1, min(most, (_AREA + _GUTTER) // (self._pair + _GUTTER)))
        self.width: int = max(1000, 2 * _MARGIN + self._columns * (self._pair + _GUTTER) - _GUTTER)

    def height(self) -> int:
        """Return the height of the whole."""
        return _MARGIN + 96 + sum(map(self.tall, self._sections)) + _MARGIN // 2

    def tall(self, section: Section) -> int:
        """Return the height of a section."""
        rows: int = -(-len(section.pairs) // self._columns)
        return self._head(section) + rows * self._row() + (30 if section.rest else 0) + 16

    def draw(self, section: Section, image: Image.Image, pen: ImageDraw.ImageDraw, top: int) -> None:
        """Draw a section from a height on."""
        pen.line((_MARGIN, top, self.width - _MARGIN, top), fill=_RULE, width=1)
        _write(pen, (_MARGIN, top + 38), section.code, _HEAD, _GRAVE if section.grave else _INK, self.width - 2 * _MARGIN)
        for number, line in enumerate(self._words(section)):
            _write(pen, (_MARGIN, top + 70 + 28 * number), line, _TEXT, _MUTED, self.width - 2 * _MARGIN)
        below = top + self._head(section)
        for place, pair in enumerate(section.pairs):
            row, column = divmod(place, self._columns)
            self._draw_pair(pair, image, pen, below + row * self._row(), _MARGIN + column * (self._pair + _GUTTER))
        _write(pen, (_MARGIN, top + self.tall(section) - 22), section.rest, _TEXT, _MUTED, self.width - 2 * _MARGIN)

    def _draw_pair(self, pair: Sequence[Side], image: Image.Image, pen: ImageDraw.ImageDraw, top: int, left: int) -> None:
        for number, side in enumerate(pair):
            x = left + number * (self._wide + _GAP)
            image.paste(Image.fromarray(side.pixels), (x, top + self._high - side.pixels.shape[0]))
            _write(pen, (x, top + self._high + _LINE), side.about, _SMALL, _INK, self._wide)
            _write(pen, (x, top + self._high + 2 * _LINE), _tail(side.name, self._wide), _SMALL, _MUTED, self._wide)

    def _row(self) -> int:
        return self._high + 2 * _LINE + 30

    def _head(self, section: Section) -> int:
        return 62 + 28 * len(self._words(section))

    def _words(self, section: Section) -> list[str]:
        return wrapped(section.sentence, _TEXT, self.width - 2 * _MARGIN)


def _tail(name: str, room: int) -> str:
    """Return the end of a name, which tells it from its neighbours, where there is no room for all of it."""
    written, font = letters(name, _SMALL)
    return cut(written[::-1], font, room)[::-1]


def _write(pen: ImageDraw.ImageDraw, where: tuple[float, float], text: str, size: int, colour: str, room: float) -> None:
    written, font = letters(text, size, room)
    pen.text(where, written, fill=colour, font=font, anchor="ls")
