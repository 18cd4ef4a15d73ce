"""A finished figure: SVG text that goes into a page with the page's colours, or into a file in a light or dark theme."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

# Stand-ins that no escaped text can hold: a bare ampersand is always written as &amp;.
INK = "&ink;"
MUTED = "&muted;"
GRID = "&grid;"
PAPER = "&paper;"
ACCENT = "&accent;"
CONTROL = "&control;"
SOFT = "&soft;"
FONT = "&font;"
OWN = "&own;"
"""Begins every id, so that drawings on one page keep theirs apart."""

COLOURS = (INK, MUTED, GRID, PAPER, ACCENT, CONTROL, SOFT)
# Okabe-Ito blue and a darker vermillion on white, sky blue and orange on dark: marks keep 3:1 against the page, words 4.5:1.
_LIGHT = {INK: "#1f2328", MUTED: "#59636e", GRID: "#d1d9e0", PAPER: "#ffffff", ACCENT: "#0072b2", CONTROL: "#b34700", SOFT: "#c3cad1"}
_DARK = {INK: "#e6edf3", MUTED: "#9da7b1", GRID: "#3d444d", PAPER: "#0d1117", ACCENT: "#56b4e9", CONTROL: "#e69f00", SOFT: "#59626c"}
_PAGE = {colour: f"var(--{colour[1:-1]})" for colour in COLOURS}
_FILE_FONT = "system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif"


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """An SVG with stand-ins for colours, font and ids, and its words for those who do not see it."""

    svg: str
    title: str
    description: str

    def inline(self, prefix: str) -> str:
        """Return an element for a page: its ids begin with ``prefix``, its colours and font are the page's."""
        return self._labelled(prefix, 'class="figure" ', _PAGE | {FONT: "inherit"})

    def file(self, dark: bool) -> str:
        """Return a file's text in one theme, on a transparent ground."""
        theme = (_DARK if dark else _LIGHT) | {FONT: _FILE_FONT}
        return '<?xml version="1.0" encoding="utf-8"?>\n' + self._labelled("figure", "", theme) + "\n"

    def _labelled(self, prefix: str, extra: str, theme: dict[str, str]) -> str:
        known = theme | {OWN: f"{prefix}-"}
        text = re.sub(r"&\w+;", lambda found: known.get(found[0], found[0]), self.svg)
        title = f'<title id="{prefix}-title">{html.escape(self.title)}</title>'
        description = f'<desc id="{prefix}-desc">{html.escape(self.description)}</desc>'
        start, end = len("<svg "), text.index(">") + 1
        head = f'<svg {extra}role="img" aria-labelledby="{prefix}-title {prefix}-desc" '
        return f"{head}{text[start:end]}\n{title}{description}{text[end:]}"
