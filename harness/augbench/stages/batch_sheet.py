"""Draw what a sampler puts into batches: a square an image, in the colour of its class, and bars of class shares."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from augbench.stages.lettering import width
from augbench.stages.page import INK, MUTED, PAPER, Page
from augbench.stages.sections import COLOURS, SMALL, Section, draw_shares

_LABEL = 190
"""Room for words left of strips and bars."""
_WIDE = 960
_CELL, _LEAST_CELL, _GAP = 22, 3, 2
_BORDER = 10
"""Between two groups of a batch."""
_PITCH, _BAR, _THIN = 34, 15, 5
_LEGEND, _WORDS = 30, 34
_REST = "#b8bec5"


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One image of a batch."""

    classes: tuple[int, ...]
    """Of its sources."""
    synthetic: bool = False


@dataclass(frozen=True, kw_only=True)
class Shares:
    """How much each class counts, by class, in what is drawn and as the sampler declares it."""

    label: str
    drawn: tuple[float, ...]
    declared: tuple[float, ...] = ()


@dataclass(frozen=True, kw_only=True)
class BatchSection(Section):
    """A sampler."""

    classes: tuple[str, ...]
    batches: tuple[tuple[tuple[Cell, ...], ...], ...]
    """The first batches, each in groups."""
    groups: str
    """What the groups are, in words."""
    shares: tuple[Shares, ...]

    @property
    def size(self) -> tuple[int, int]:
        """Return the width and height of legend, batches and bars."""
        rows = len(self.batches) + len(self.shares)
        return _LABEL + max(_WIDE, self._strip), _LEGEND * (self._legend[-1][2] + 1) + 2 * _WORDS + _PITCH * rows

    @cached_property
    def _cell(self) -> int:
        images = sum(map(len, self.batches[0]))
        return max(_LEAST_CELL, min(_CELL, (_WIDE - _BORDER * len(self.batches[0])) // images - _GAP))

    @property
    def _strip(self) -> int:
        groups = self.batches[0]
        return sum(map(len, groups)) * (self._cell + _GAP) + _BORDER * (len(groups) - 1)

    @cached_property
    def _legend(self) -> list[tuple[str, int, int]]:
        """Return names of classes, with where each stands: its place in a row, and the row."""
        names = list(self.classes[: len(COLOURS)])
        if len(self.classes) > len(COLOURS):
            names = [*names[:-1], f"{len(self.classes) - len(COLOURS) + 1} others"]
        found, left, row = [], 0, 0
        for name in names:
            wide = 26 + round(width(name, SMALL)) + 24
            if left and left + wide > _LABEL + _WIDE:
                left, row = 0, row + 1
            found.append((name, left, row))
            left += wide
        return found

    def draw(self, page: Page, left: int, top: int) -> None:
        """Draw legend, batches and bars."""
        for number, (name, along, row) in enumerate(self._legend):
            x, y = left + along, top + _LEGEND * row
            page.draw.rectangle((x, y, x + 15, y + 15), fill=self._colour(number))
            page.write((x + 24, y + 14), name, SMALL, INK, room=_WIDE)
        top += _LEGEND * (self._legend[-1][2] + 1)
        page.write((left, top + 20), self.groups, SMALL, MUTED, room=self.size[0])
        top += _WORDS
        for number, batch in enumerate(self.batches):
            page.write((left, top + _CELL // 2), f"batch {number + 1}", SMALL, MUTED, anchor="lm")
            self._batch(page, batch, left + _LABEL, top)
            top += _PITCH
        page.write((left, top + 20), "how much each class counts", SMALL, MUTED)
        top += _WORDS
        for shares in self.shares:
            page.write((left, top + _BAR // 2), shares.label, SMALL, MUTED, anchor="lm", room=_LABEL - 10)
            self._bar(page, shares.drawn, left + _LABEL, top, _BAR)
            self._bar(page, shares.declared, left + _LABEL, top + _BAR + 2, _THIN)
            top += _PITCH

    def _batch(self, page: Page, batch: Sequence[Sequence[Cell]], left: int, top: int) -> None:
        for group in batch:
            for cell in group:
                self._square(page, cell, left, top)
                left += self._cell + _GAP
            left += _BORDER

    def _square(self, page: Page, cell: Cell, left: int, top: int) -> None:
        side, parts = self._cell, len(cell.classes)
        for number, label in enumerate(cell.classes):
            box = (left + side * number // parts, top, left + side * (number + 1) // parts - 1, top + _CELL - 1)
            page.draw.rectangle(box, fill=self._colour(label))
        if cell.synthetic:
            middle, radius = (left + (side - 1) / 2, top + (_CELL - 1) / 2), min(side, _CELL) / 6
            page.draw.ellipse((middle[0] - radius, middle[1] - radius, middle[0] + radius, middle[1] + radius), fill=PAPER)

    def _bar(self, page: Page, shares: Sequence[float], left: int, top: int, height: int) -> None:
        draw_shares(page, [(share, self._colour(label)) for label, share in enumerate(shares)], left, top, _WIDE, height)

    def _colour(self, label: int) -> str:
        if len(self.classes) > len(COLOURS) and label >= len(COLOURS) - 1:
            return _REST
        return COLOURS[label]
