"""Draw pairs of images side by side, with what each is called, so that an eye can judge what was found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from augbench.stages.lettering import cut, letters, wrapped
from augbench.stages.page import HEAD, INK, LEAST, MARGIN, MUTED, NAME, TEXT, Page

_GRAVE = "#b35900"
_SMALL = 17
_GUTTER, _GAP = 40, 6
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
    page = Page(sheet.width, sheet.height())
    page.head(title, facts)
    top = HEAD
    for section in sections:
        sheet.draw(section, page, top)
        top += sheet.tall(section)
    return page.png()


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
        self.width: int = max(LEAST, 2 * MARGIN + self._columns * (self._pair + _GUTTER) - _GUTTER)

    def height(self) -> int:
        """Return the height of the whole."""
        return HEAD + sum(map(self.tall, self._sections)) + MARGIN // 2

    def tall(self, section: Section) -> int:
        """Return the height of a section."""
        rows: int = -(-len(section.pairs) // self._columns)
        return self._head(section) + rows * self._row() + (30 if section.rest else 0) + 16

    def draw(self, section: Section, page: Page, top: int) -> None:
        """Draw a section from a height on."""
        page.rule(top)
        page.write((MARGIN, top + 38), section.code, NAME, _GRAVE if section.grave else INK, room=page.room)
        for number, line in enumerate(self._words(section)):
            page.write((MARGIN, top + 70 + 28 * number), line, TEXT, MUTED, room=page.room)
        below = top + self._head(section)
        for place, pair in enumerate(section.pairs):
            row, column = divmod(place, self._columns)
            self._draw_pair(pair, page, below + row * self._row(), MARGIN + column * (self._pair + _GUTTER))
        page.write((MARGIN, top + self.tall(section) - 22), section.rest, TEXT, MUTED, room=page.room)

    def _draw_pair(self, pair: Sequence[Side], page: Page, top: int, left: int) -> None:
        for number, side in enumerate(pair):
            x = left + number * (self._wide + _GAP)
            page.image.paste(Image.fromarray(side.pixels), (x, top + self._high - side.pixels.shape[0]))
            page.write((x, top + self._high + _LINE), side.about, _SMALL, INK, room=self._wide)
            page.write((x, top + self._high + 2 * _LINE), _tail(side.name, self._wide), _SMALL, MUTED, room=self._wide)

    def _row(self) -> int:
        return self._high + 2 * _LINE + 30

    def _head(self, section: Section) -> int:
        return 62 + 28 * len(self._words(section))

    def _words(self, section: Section) -> list[str]:
        return wrapped(section.sentence, TEXT, self.width - 2 * MARGIN)


def _tail(name: str, room: int) -> str:
    """Return the end of a name, which tells it from its neighbours, where there is no room for all of it."""
    written, font = letters(name, _SMALL)
    return cut(written[::-1], font, room)[::-1]
