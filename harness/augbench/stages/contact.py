"""Draw contact sheets: a line for each class, with its name, bars of its counts in each split, and images."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from augbench.stages.lettering import width, wrapped
from augbench.stages.mosaic import mosaic
from augbench.stages.page import HEAD, INK, LEAST, MARGIN, MUTED, NAME, PAPER, RULE, TEXT, Page
from augbench.values.numbers import count

# Okabe and Ito's: told apart by every eye, and in print without colours.
_COLOURS = {"train": "#0072b2", "validation": "#56b4e9", "test": "#d55e00"}
_SHORT = {"train": "train", "validation": "val", "test": "test"}

_SMALL = 18
_GUTTER, _PAD = 44, 14
_SPLIT, _BARS, _NUMBER = 62, 270, 84
"""Widths of a split's word, of the longest bar, and of the number behind it."""
_PITCHES, _BAR = (22, 29), 0.56
"""Height of a split's place, the least and the most, and the part of it that its bar fills."""
_HEAD = 38
"""Height of a class's name above its bars."""
_AXIS = 30
_LEFT = _SPLIT + _BARS + _NUMBER
_AREA = 1190
"""Room for images, in a line."""
_GAP = 6
_PAGE = 2400
"""Height beyond which another page begins."""
_LOG_FROM = 20
"""Ratio of counts from which bars are logarithmic."""
_FLOOR = 0.5
"""Where a logarithmic axis begins, so that a single image has a bar, too."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """A class."""

    name: str
    counts: Mapping[str, int]
    """By split."""
    pictures: Sequence[NDArray[np.uint8]]
    """Colours [h, w, 3]."""


@dataclass(frozen=True, kw_only=True)
class Contact:
    """What stands on the sheets of one data set."""

    title: str
    facts: str
    """One line below the title."""
    lines: tuple[Line, ...]
    notes: tuple[str, ...]
    """Sentences at the foot of each page."""

    @cached_property
    def cell(self) -> tuple[int, int]:
        """Return the height and width that hold every picture."""
        shapes = [picture.shape for line in self.lines for picture in line.pictures] or [(1, 1, 3)]
        return max(shape[0] for shape in shapes), max(shape[1] for shape in shapes)

    @cached_property
    def columns(self) -> int:
        """Return how many pictures stand side by side."""
        most = max((len(line.pictures) for line in self.lines), default=1)
        room = max(1, (_AREA + _GAP) // (self.cell[1] + _GAP))
        # No more than it takes for as many lines: ten are two times five, not eight and two.
        return math.ceil(most / math.ceil(most / room)) if most else 1

    @cached_property
    def pitch(self) -> int:
        """Return how far the bars of two splits are apart: as far as a line of pictures has room."""
        least, most = _PITCHES
        splits = max((len(line.counts) for line in self.lines), default=1)
        block = max((_block(line, self) for line in self.lines), default=0)
        return max(least, min(most, (block - _HEAD) // splits))

    @property
    def width(self) -> int:
        """Return the width of a page."""
        return max(LEAST, 2 * MARGIN + _LEFT + _GUTTER + self.columns * (self.cell[1] + _GAP) - _GAP)


def draw_contact(contact: Contact) -> list[bytes]:
    """Return one PNG, or more where many classes are too many for a page."""
    pages = _pages(contact)
    return [_page(replace(contact, lines=lines), contact, place, len(pages)).png() for place, lines in enumerate(pages)]


def _pages(contact: Contact) -> list[tuple[Line, ...]]:
    heights = [_height(line, contact) for line in contact.lines]
    # As even as may be: a last page of one class would look lost.
    share = sum(heights) / max(1, math.ceil(sum(heights) / _PAGE))
    pages: list[list[Line]] = [[]]
    filled = 0.0
    for line, height in zip(contact.lines, heights, strict=True):
        if pages[-1] and filled + height / 2 > share * len(pages):
            pages.append([])
        pages[-1].append(line)
        filled += height
    return [tuple(page) for page in pages]


def _height(line: Line, contact: Contact) -> int:
    return max(_HEAD + contact.pitch * len(line.counts), _block(line, contact)) + 2 * _PAD


def _block(line: Line, contact: Contact) -> int:
    """Return the height of a line's pictures."""
    return math.ceil(len(line.pictures) / contact.columns) * (contact.cell[0] + _GAP) - _GAP


def _page(part: Contact, whole: Contact, place: int, pages: int) -> Page:
    scale = _Scale(max((number for line in whole.lines for number in line.counts.values()), default=1), _least(whole))
    notes = wrapped(" ".join((scale.words(), *part.notes)), TEXT, whole.width - 2 * MARGIN)
    top = HEAD + _AXIS
    bottom = top + sum(_height(line, whole) for line in part.lines)
    page = Page(whole.width, bottom + _PAD + len(notes) * 30 + MARGIN)
    _write_head(page, whole, f"page {place + 1} of {pages}" if pages > 1 else "")
    pen = _Pen(page, scale, whole.pitch)
    pen.axis(top)
    for line in part.lines:
        pen.line(line, top)
        _paste(page, line, whole, top + _PAD)
        top += _height(line, whole)
    page.rule(bottom)
    for number, row in enumerate(notes):
        page.write((MARGIN, bottom + _PAD + 24 + 30 * number), row, TEXT, MUTED)
    return page


def _write_head(page: Page, whole: Contact, number: str) -> None:
    """Write the title, the facts and, of several pages, the number of this one."""
    page.head(whole.title, whole.facts, width(number, TEXT) + _GUTTER if number else 0)
    page.write((page.width - MARGIN, MARGIN + 30), number, TEXT, MUTED, anchor="rs")


def _least(contact: Contact) -> int:
    return min((number for line in contact.lines for number in line.counts.values() if number), default=1)


def _paste(page: Page, line: Line, whole: Contact, top: int) -> None:
    if not line.pictures:
        return
    cells = [_centred(picture, whole.cell) for picture in line.pictures]
    rows = [cells[start : start + whole.columns] for start in range(0, len(cells), whole.columns)]
    page.image.paste(Image.fromarray(mosaic(rows, _GAP)), (MARGIN + _LEFT + _GUTTER, top))


def _centred(picture: NDArray[np.uint8], cell: tuple[int, int]) -> NDArray[np.uint8]:
    height, width, _ = picture.shape
    above, left = (cell[0] - height) // 2, (cell[1] - width) // 2
    around = (above, cell[0] - height - above), (left, cell[1] - width - left), (0, 0)
    return np.pad(picture, around, constant_values=255)


class _Scale:
    """Where a count lies along a bar."""

    def __init__(self, largest: int, smallest: int) -> None:
        self.largest = max(1, largest)
        self.logarithmic = self.largest / smallest > _LOG_FROM

    def at(self, number: float) -> int:
        """Return pixels from the bar's start."""
        if not number:
            return 0
        share = math.log(number / _FLOOR) / math.log(self.largest / _FLOOR) if self.logarithmic else number / self.largest
        return round(_BARS * share)

    def words(self) -> str:
        """Say what bars are."""
        return f"Bars: images of each split{', on a logarithmic scale' * self.logarithmic}."

    def ticks(self) -> list[int]:
        """Return a few round numbers up to the largest count."""
        if self.logarithmic:
            powers = [10**power for power in range(int(math.log10(self.largest)) + 1)]
            return powers[:: max(1, math.ceil(len(powers) / 4))]
        step = _round(self.largest / 2)
        return [number for number in (0, step, 2 * step) if number <= self.largest]


def _round(value: float) -> int:
    """Return the largest of 1, 2 or 5 times a power of ten that is no larger."""
    power = int(10 ** int(math.log10(max(1.0, value))))
    return next(factor * power for factor in (5, 2, 1) if factor * power <= max(1.0, value))


class _Pen:
    """Draws the left parts of lines: names, and bars with their axis."""

    def __init__(self, page: Page, scale: _Scale, pitch: int) -> None:
        self._page, self._scale, self._pitch = page, scale, pitch

    def axis(self, top: int) -> None:
        """Write round numbers above the bars."""
        for tick in self._scale.ticks():
            self._page.write((MARGIN + _SPLIT + self._scale.at(tick), top - 10), count(tick), _SMALL, MUTED, anchor="ms")

    def line(self, line: Line, top: int) -> None:
        """Draw the left part of a class's line: its name, and a bar for each split."""
        self._page.rule(top)
        self._page.write((MARGIN, top + _PAD + 22), line.name, NAME, INK, room=_LEFT)
        begin = top + _PAD + _HEAD
        for tick in self._scale.ticks():
            x = MARGIN + _SPLIT + self._scale.at(tick)
            self._page.draw.line((x, begin, x, begin + self._pitch * len(line.counts)), fill=RULE, width=1)
        for number, (split, images) in enumerate(line.counts.items()):
            self._bar(split, images, begin + self._pitch * number + self._pitch // 2)

    def _bar(self, split: str, images: int, middle: int) -> None:
        start, height, draw = MARGIN + _SPLIT, round(self._pitch * _BAR), self._page.draw
        self._page.write((MARGIN, middle), _SHORT.get(split, split), _SMALL, MUTED, anchor="lm", room=_SPLIT - 8)
        end = start + self._scale.at(images)
        if images:
            box = (start, middle - height // 2, max(end, start + 2), middle + height // 2)
            draw.rectangle(box, fill=_COLOURS.get(split, MUTED))
        text = count(images)
        draw.rectangle((end + 4, middle - 9, end + 10 + width(text, _SMALL), middle + 9), fill=PAPER)
        self._page.write((end + 8, middle), text, _SMALL, INK, anchor="lm")
