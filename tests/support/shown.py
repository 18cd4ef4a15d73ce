"""What a report shows, read back from its files as a reader sees it."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser

from markdown_it import MarkdownIt

Tables = dict[str, list[list[str]]]
"""By caption: rows of cells, the headings first; a cell's note stands after a slash."""


class Page(HTMLParser):
    """The tables and lists of an HTML page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tables: Tables = {}
        self.items: list[str] = []
        self._caption: list[str] | None = None
        self._rows: list[list[str]] = []
        self._cell: list[str] | None = None
        self._item: list[str] | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag == "caption":
            self._caption = self._cell = []
        elif tag == "tr":
            self._rows.append([])
        elif tag in ("th", "td"):
            self._cell = []
        elif tag == "li":
            self._item = []
        elif tag == "small" and self._cell is not None:
            self._cell.append(" / ")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("th", "td") and self._cell is not None:
            self._rows[-1].append(" ".join("".join(self._cell).split()))
            self._cell = None
        elif tag == "caption":
            self._cell = None
        elif tag == "table" and self._caption is not None:
            self.tables["".join(self._caption)] = self._rows
            self._rows = []
        elif tag == "li" and self._item is not None:
            self.items.append(" ".join("".join(self._item).split()))
            self._item = None

    def handle_data(self, data: str) -> None:
        for place in (self._cell, self._item):
            if place is not None:
                place.append(data)


class MarkdownPage:
    """The tables and lists of a Markdown page, as a renderer shows them."""

    def __init__(self, text: str) -> None:
        rendered = MarkdownIt("commonmark").enable("table").render(text)
        self.items = [" ".join(_words(item).split()) for item in re.findall(r"<li>(.*?)</li>", rendered, flags=re.DOTALL)]
        self.tables: Tables = {}
        for caption, table in re.findall(r"<p><strong>([^<]*)</strong></p>\s*<table>(.*?)</table>", rendered, flags=re.DOTALL):
            rows = re.findall(r"<tr>(.*?)</tr>", table, flags=re.DOTALL)
            self.tables[html.unescape(caption)] = [[_words(cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)] for row in rows]


def _words(markup: str) -> str:
    text = re.sub(r"</?[a-z]+>", "", re.sub(r"<br ?/?>", " / ", markup))
    return html.unescape(text).replace("\u2060", "")


def says(printed: str, values: list[float | None]) -> bool:
    """Tell whether text holds exactly these numbers, each within half a unit of its last digit."""
    known = [value for value in values if value is not None]
    if not known:
        return printed.startswith("–")
    found = re.findall(r"(?:< ?)?[+−-]?\d[\d,]*(?:\.\d+)?(?:e-?\d+)?", printed)
    return len(found) == len(known) and all(_is(one, value) for one, value in zip(found, known, strict=True))


def _is(printed: str, value: float) -> bool:
    text = printed.replace(",", "").replace("−", "-")
    if text.startswith("<"):
        return value < float(text[1:])
    digits, _, exponent = text.partition("e")
    unit = 10.0 ** (int(exponent or 0) - len(digits.partition(".")[2]))
    return abs(float(text) - value) <= 0.5000001 * unit
