"""Draw what an augmenter does: source images on the left, then what several draws make of them, each with its label."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from augbench.stages.lettering import width
from augbench.stages.page import INK, MUTED, TEXT, Page
from augbench.stages.sections import COLOURS, SMALL, Section, draw_shares
from augbench.values.numbers import many

_GAP, _GUTTER = 8, 44
_BAR, _THIN = 9, 4
"""Heights of the bar of a label, and of that of pixels where they differ."""
_FOOT = 44
"""Height below an image: its bars, and numbers or a class's name."""
_HEADS = 30
_TITLE = 270
_AREA = 1500
"""Room for draws, side by side."""


@dataclass(frozen=True, kw_only=True)
class Picture:
    """One image, and how much each class counts in it."""

    pixels: NDArray[np.uint8]
    """Colours [h, w, 3]."""
    label: tuple[float, ...]
    """By class of the line."""
    shows: tuple[float, ...]
    """How much of each class its pixels show."""


@dataclass(frozen=True, kw_only=True)
class Mixing:
    """The sources of one image, and what several draws make of them."""

    classes: tuple[str, ...]
    """The different classes of the sources."""
    sources: tuple[tuple[NDArray[np.uint8], int], ...]
    """Colours [h, w, 3], and which of ``classes`` it is."""
    draws: tuple[Picture, ...]
    extremes: tuple[Picture, ...] = ()
    """The draws of many that change the first source least and most."""
    title: str = ""
    """What stands left of it, where each line shows another augmenter."""


@dataclass(frozen=True, kw_only=True)
class MixingSection(Section):
    """An augmenter."""

    mixings: tuple[Mixing, ...]

    @cached_property
    def _cell(self) -> tuple[int, int]:
        shapes = [pixels.shape for mixing in self.mixings for pixels, _ in mixing.sources]
        return max(shape[0] for shape in shapes), max(shape[1] for shape in shapes)

    @cached_property
    def _columns(self) -> int:
        most = max(len(mixing.draws) for mixing in self.mixings)
        return max(1, min(most, (_AREA + _GAP) // (self._cell[1] + _GAP)))

    @property
    def size(self) -> tuple[int, int]:
        """Return the width and height of all lines."""
        return self._starts[3] - _GUTTER, _HEADS + sum(self._height(mixing) for mixing in self.mixings)

    @cached_property
    def _starts(self) -> tuple[int, int, int, int]:
        """Return where sources, draws and extremes begin, and where what would follow."""
        found = [_TITLE if any(mixing.title for mixing in self.mixings) else 0]
        for number in (len(self.mixings[0].sources), self._columns, len(self.mixings[0].extremes)):
            found.append(found[-1] + (number * (self._cell[1] + _GAP) - _GAP + _GUTTER if number else 0))
        return found[0], found[1], found[2], found[3]

    def draw(self, page: Page, left: int, top: int) -> None:
        """Draw a line for each set of sources."""
        heads = ("source" if len(self.mixings[0].sources) == 1 else "sources", "draws", "least and most changed")
        for start, end, head in zip(self._starts, self._starts[1:], heads, strict=False):
            if start < end:
                page.write((left + start, top + 18), head, SMALL, MUTED)
        top += _HEADS
        for mixing in self.mixings:
            self._line(mixing, page, left, top)
            top += self._height(mixing)

    def _line(self, mixing: Mixing, page: Page, left: int, top: int) -> None:
        page.write((left, top + self._cell[0] // 2), mixing.title, TEXT, INK, anchor="lm", room=_TITLE - 16)
        for number, (pixels, place) in enumerate(mixing.sources):
            x = left + self._starts[0] + number * (self._cell[1] + _GAP)
            _paste(page, pixels, x, top)
            if self._bare:
                continue
            whole = tuple(float(place == other) for other in range(len(mixing.classes)))
            self._bar(page, whole, x, top + self._cell[0] + 4, _BAR)
            page.write((x, top + self._cell[0] + 34), mixing.classes[place], SMALL, INK, room=self._cell[1])
        for number, picture in enumerate(mixing.draws):
            row, column = divmod(number, self._columns)
            self._made(page, picture, left + self._starts[1] + column * (self._cell[1] + _GAP), top + row * self._pitch)
        for number, picture in enumerate(mixing.extremes):
            self._made(page, picture, left + self._starts[2] + number * (self._cell[1] + _GAP), top)

    def _made(self, page: Page, picture: Picture, left: int, top: int) -> None:
        _paste(page, picture.pixels, left, top)
        below = top + self._cell[0] + 4
        if len(picture.label) == 1:
            return
        apart = any(abs(label - shown) > 0.005 for label, shown in zip(picture.label, picture.shows, strict=True))
        self._bar(page, picture.label, left, below, _BAR - _THIN if apart else _BAR)
        if apart:
            self._bar(page, picture.shows, left, below + _BAR - _THIN + 1, _THIN - 1)
        page.write((left, top + self._cell[0] + 34), _numbers(picture.label, self._cell[1]), SMALL, INK, room=self._cell[1])

    def _bar(self, page: Page, parts: Sequence[float], left: int, top: int, height: int) -> None:
        """Draw shares side by side, in the colours of the line's classes."""
        whole = sum(max(0.0, part) for part in parts) or 1.0
        shares = [(max(0.0, part) / whole, COLOURS[place % len(COLOURS)]) for place, part in enumerate(parts)]
        draw_shares(page, shares, left, top, self._cell[1], height)

    @cached_property
    def _bare(self) -> bool:
        """Tell whether nothing need stand below images: many augmenters, which leave every label alone."""
        return all(mixing.title and len(mixing.sources) == 1 for mixing in self.mixings)

    @property
    def _pitch(self) -> int:
        return self._cell[0] + (_GAP if self._bare else _FOOT)

    def _height(self, mixing: Mixing) -> int:
        return -(-len(mixing.draws) // self._columns) * self._pitch


def merged(sections: Sequence[Section]) -> list[Section]:
    """Join augmenters of equally many sources, each line under its own name; other sections come last, as they are."""
    alike: dict[int, list[MixingSection]] = {}
    for section in sections:
        if isinstance(section, MixingSection):
            alike.setdefault(len(section.mixings[0].sources), []).append(section)
    joined: list[Section] = [
        MixingSection(
            name=f"augmenters of {many(number, 'image')}",
            about="",
            mixings=tuple(replace(mixing, title=section.name) for section in group for mixing in section.mixings),
        )
        for number, group in alike.items()
    ]
    return [*joined, *(section for section in sections if not isinstance(section, MixingSection))]


def _paste(page: Page, pixels: NDArray[np.uint8], left: int, top: int) -> None:
    page.image.paste(Image.fromarray(pixels), (left, top))


def _numbers(parts: Sequence[float], room: float) -> str:
    """Write shares with two digits; where there is no room, without zeros before the point, or in hundredths."""
    plain = " ".join(f"{part:.2f}" for part in parts)
    texts = (plain, plain.replace("0.", "."), " ".join(f"{100 * part:.0f}" for part in parts))
    return next((text for text in texts if width(text, SMALL) <= room), texts[-1])
