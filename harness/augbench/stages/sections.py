"""Draw what components do, one below the other on a page."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

from augbench.stages.lettering import width, wrapped
from augbench.stages.page import HEAD, INK, LEAST, MARGIN, MUTED, NAME, TEXT, Page

SMALL = 17
# Okabe and Ito's, then paler ones: told apart by every eye, and in print.
COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#d55e00", "#56b4e9", "#f0e442", "#7f7f7f", "#332288", "#aa4499")
_TITLE = 52
_LINE = 28
_PAD = 26


@dataclass(frozen=True, kw_only=True)
class Section(ABC):
    """One component: its name, what is set, and a drawing."""

    name: str
    aside: str = ""
    """What stands behind the name, such as a slot's pairing."""
    about: str
    """A sentence below."""

    @property
    @abstractmethod
    def size(self) -> tuple[int, int]:
        """Return the width and height of the drawing."""

    @abstractmethod
    def draw(self, page: Page, left: int, top: int) -> None:
        """Draw it."""

    def lines(self, room: int) -> list[str]:
        """Break the sentence."""
        return wrapped(self.about, TEXT, room)


def draw_shares(page: Page, shares: Sequence[tuple[float, str]], left: int, top: int, wide: float, height: int) -> None:
    """Draw shares of a width side by side, each in its colour."""
    start = 0.0
    for share, colour in shares:
        end = start + share * wide
        if round(end) > round(start):
            page.draw.rectangle((left + round(start), top, left + round(end) - 1, top + height - 1), fill=colour)
        start = end


def draw_sections(title: str, facts: str, sections: Sequence[Section], notes: Sequence[str]) -> bytes:
    """Return a PNG of all sections, with sentences at the foot."""
    wide = max(LEAST, 2 * MARGIN + max(section.size[0] for section in sections))
    room = wide - 2 * MARGIN
    foot = wrapped(" ".join(notes), TEXT, room)
    heights = [_head(section, room) + section.size[1] + _PAD for section in sections]
    page = Page(wide, HEAD + sum(heights) + 2 * _PAD + _LINE * len(foot) + MARGIN // 2)
    page.head(title, facts)
    top = HEAD
    for section, height in zip(sections, heights, strict=True):
        page.rule(top)
        _write_head(section, page, top)
        section.draw(page, MARGIN, top + _head(section, room))
        top += height
    page.rule(top)
    for number, line in enumerate(foot):
        page.write((MARGIN, top + _PAD + 24 + _LINE * number), line, TEXT, MUTED)
    return page.png()


def _head(section: Section, room: int) -> int:
    return _TITLE + _LINE * len(section.lines(room)) + 14


def _write_head(section: Section, page: Page, top: int) -> None:
    page.write((MARGIN, top + 40), section.name, NAME, INK, room=page.room)
    behind = width(section.name, NAME) + 18
    if behind < page.room:
        page.write((MARGIN + behind, top + 40), section.aside, TEXT, MUTED, room=page.room - behind)
    for number, line in enumerate(section.lines(page.room)):
        page.write((MARGIN, top + _TITLE + 22 + _LINE * number), line, TEXT, MUTED)
