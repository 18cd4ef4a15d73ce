"""A report as a sequence of blocks: what Markdown and HTML both write down."""

from __future__ import annotations

from dataclasses import dataclass

from augbench import comparing
from augbench_reports.figures.drawing import Drawing


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One place of a table."""

    text: str
    numeric: bool = False
    note: str = ""
    """A reason or explanation, smaller, below the text."""
    tone: str = ""
    """``good``, ``worse``, ``bad``, ``open`` or ``refused``: a verdict; ``control``, ``minority`` or ``quoted``: a mark."""
    order: float | None = None
    """The number before rounding, to sort by; None where there is none, or where the text is its own order."""
    row: str = ""
    """Name of the row of the matrix that this heads, the same in all tables and figures; empty for other headings."""


@dataclass(frozen=True, kw_only=True)
class Table:
    """Cells under headings; the first cell of each row is its heading."""

    slug: str
    """File and anchor name, one of its own in the document."""
    caption: str
    head: tuple[Cell, ...]
    rows: tuple[tuple[Cell, ...], ...]
    marked: frozenset[int] = frozenset()
    """Rows to set apart: the control."""
    note: str = ""
    sortable: bool = False
    """Whether its rows may stand in any order."""
    folded: bool = False
    """Whether it is folded away under its caption: few readers need it."""


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A drawing with its caption."""

    slug: str
    caption: str
    drawing: Drawing


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A picture that lies in the run folder."""

    path: str
    """Below the run folder, with slashes."""
    alternative: str
    caption: str
    need: int = 0
    """Which pictures come first where there is no room for all: 0 does."""


@dataclass(frozen=True, kw_only=True)
class Text:
    """One paragraph."""

    text: str


@dataclass(frozen=True, kw_only=True)
class Flags:
    """What to know before believing a number."""

    flags: tuple[comparing.Flag, ...]


@dataclass(frozen=True, kw_only=True)
class Code:
    """Text to print as it is."""

    text: str
    summary: str
    """What it is: the block is folded away under these words."""


Block = Table | Figure | Picture | Text | Flags | Code


@dataclass(frozen=True, kw_only=True)
class Section:
    """A heading and what stands under it; ``level`` 2 begins a data set or an appendix, 3 a part of it."""

    slug: str
    title: str
    level: int
    blocks: tuple[Block, ...]


@dataclass(frozen=True, kw_only=True)
class Statement:
    """What can be said of one row, in one sentence."""

    text: str
    """All but the verdict: ``WGAN-div + mixup: macro-F1 0.021 higher [−0.030, 0.069], sign-flip p = 0.312, 5 seeds``."""
    word: str
    """The verdict, with its reason where it is refused."""
    tone: str
    """As in a cell."""


@dataclass(frozen=True, kw_only=True)
class Card:
    """What can be claimed on one data set, at a glance."""

    slug: str
    title: str
    headline: str
    observed: str
    claim: str
    facts: tuple[tuple[str, str], ...]
    """(name, value)."""
    settled: bool
    """Whether there are seeds enough for a claim."""
    statements: tuple[Statement, ...] = ()
    """One for each row against the control."""
    folded: str = ""
    """Words under which the statements are folded away; empty where they are few enough to stand open."""
    noise: str = ""
    """What chance alone does, in a sentence."""


@dataclass(frozen=True, kw_only=True)
class Document:
    """A whole report."""

    title: str
    summary: str
    flags: tuple[comparing.Flag, ...]
    cards: tuple[Card, ...]
    sections: tuple[Section, ...]
