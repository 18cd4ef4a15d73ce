"""Draw contact sheets: a line for each class, with its name, bars of its counts in each split, and images."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from augbench.stages.lettering import letters, width, wrapped
from augbench.stages.mosaic import mosaic
from augbench.values.numbers import count

_INK, _MUTED, _RULE, _PAPER = "#1f2328", "#59636e", "#d1d9e0", "#ffffff"
# Okabe and Ito's: told apart by every eye, and in print without colours.
_COLOURS = {"train": "#0072b2", "validation": "#56b4e9", "test": "#d55e00"}
_SHORT = {"train": "train", "validation": "val", "test": "test"}
_DPI = 200

_TITLE, _NAME, _TEXT, _SMALL = 40, 26, 21, 18
_MARGIN, _GUTTER, _PAD = 56, 44, 14
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
_LEAST = 1000
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
        return max(_LEAST, 2 * _MARGIN + _LEFT + _GUTTER + self.columns * (self.cell[1] + _GAP) - _GAP)


def draw_contact(contact: Contact) -> list[bytes]:
    """Return one PNG, or more where many classes are too many for a page."""
    pages = _pages(contact)
    return [_png(_page(replace(contact, lines=lines), contact, place, len(pages))) for place, lines in enumerate(pages)]


def _png(image: Image.Image) -> bytes:
    buffer = BytesIO()
    image.save(buffer, format="PNG", optimize=True, dpi=(_DPI, _DPI))
    return buffer.getvalue()


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


def _page(page: Contact, whole: Contact, place: int, pages: int) -> Image.Image:
    scale = _Scale(max((number for line in whole.lines for number in line.counts.values()), default=1), _least(whole))
    notes = wrapped(" ".join((scale.words(), *page.notes)), _TEXT, whole.width - 2 * _MARGIN)
    top = _MARGIN + 96 + _AXIS
    bottom = top + sum(_height(line, whole) for line in page.lines)
    height = bottom + _PAD + len(notes) * 30 + _MARGIN
    image = Image.new("RGB", (whole.width, height), _PAPER)
    pen = _Pen(ImageDraw.Draw(image))
    pen.head(whole, f"page {place + 1} of {pages}" if pages > 1 else "")
    pen.axis(scale, top)
    for line in page.lines:
        pen.line(line, scale, top, whole)
        _paste(image, line, whole, top + _PAD)
        top += _height(line, whole)
    pen.rule(bottom, whole.width)
    for number, row in enumerate(notes):
        pen.write((_MARGIN, bottom + _PAD + 24 + 30 * number), row, _TEXT, _MUTED)
    return image


def _least(contact: Contact) -> int:
    return min((number for line in contact.lines for number in line.counts.values() if number), default=1)


def _paste(image: Image.Image, line: Line, whole: Contact, top: int) -> None:
    if not line.pictures:
        return
    cells = [_centred(picture, whole.cell) for picture in line.pictures]
    rows = [cells[start : start + whole.columns] for start in range(0, len(cells), whole.columns)]
    image.paste(Image.fromarray(mosaic(rows, _GAP)), (_MARGIN + _LEFT + _GUTTER, top))


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
    """Draws text, bars and rules on a page."""

    def __init__(self, draw: ImageDraw.ImageDraw) -> None:
        self._draw = draw

    def write(self, where: tuple[float, float], text: str, size: int, colour: str, anchor: str = "ls", room: float | None = None) -> None:
        """Write a text on its baseline."""
        written, font = letters(text, size, room)
        self._draw.text(where, written, fill=colour, font=font, anchor=anchor)

    def head(self, whole: Contact, page: str) -> None:
        """Write the title, the facts and, of several, the page's number."""
        room = whole.width - 2 * _MARGIN
        aside = width(page, _TEXT) + _GUTTER if page else 0
        self.write((_MARGIN, _MARGIN + 30), whole.title, _TITLE, _INK, room=room - aside)
        self.write((whole.width - _MARGIN, _MARGIN + 30), page, _TEXT, _MUTED, anchor="rs")
        self.write((_MARGIN, _MARGIN + 68), whole.facts, _TEXT, _MUTED, room=room)

    def axis(self, scale: _Scale, top: int) -> None:
        """Write round numbers above the bars."""
        for tick in scale.ticks():
            self.write((_MARGIN + _SPLIT + scale.at(tick), top - 10), count(tick), _SMALL, _MUTED, anchor="ms")

    def rule(self, top: int, page: int) -> None:
        """Draw a line across a page."""
        self._draw.line((_MARGIN, top, page - _MARGIN, top), fill=_RULE, width=1)

    def line(self, line: Line, scale: _Scale, top: int, whole: Contact) -> None:
        """Draw the left part of a class's line: its name, and a bar for each split."""
        self.rule(top, whole.width)
        self.write((_MARGIN, top + _PAD + 22), line.name, _NAME, _INK, room=_LEFT)
        begin = top + _PAD + _HEAD
        for tick in scale.ticks():
            x = _MARGIN + _SPLIT + scale.at(tick)
            self._draw.line((x, begin, x, begin + whole.pitch * len(line.counts)), fill=_RULE, width=1)
        for number, (split, images) in enumerate(line.counts.items()):
            middle = begin + whole.pitch * number + whole.pitch // 2
            self._bar(split, images, scale, middle, round(whole.pitch * _BAR))

    def _bar(self, split: str, images: int, scale: _Scale, middle: int, height: int) -> None:
        start = _MARGIN + _SPLIT
        self.write((_MARGIN, middle), _SHORT.get(split, split), _SMALL, _MUTED, anchor="lm", room=_SPLIT - 8)
        end = start + scale.at(images)
        if images:
            box = (start, middle - height // 2, max(end, start + 2), middle + height // 2)
            self._draw.rectangle(box, fill=_COLOURS.get(split, _MUTED))
        text = count(images)
        self._draw.rectangle((end + 4, middle - 9, end + 10 + width(text, _SMALL), middle + 9), fill=_PAPER)
        self.write((end + 8, middle), text, _SMALL, _INK, anchor="lm")
