"""One matplotlib drawing as SVG text, until the last figure is drawn by the canvas."""

from __future__ import annotations

import html
import io
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from augbench_reports.figures import drawing

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# Stand-ins that no plot uses otherwise; each is replaced by a theme's colour or a CSS variable.
INK = "#010203"
MUTED = "#020304"
GRID = "#030405"
PAPER = "#040506"
ACCENT = "#050607"
CONTROL = "#060708"
SOFT = "#070809"

_NAMES = {INK: "ink", MUTED: "muted", GRID: "grid", PAPER: "paper", ACCENT: "accent", CONTROL: "control", SOFT: "soft"}
# Okabe-Ito blue and vermillion on white; its sky blue and orange on dark: both pairs keep 3:1 against the page.
_LIGHT = {INK: "#1f2328", MUTED: "#59636e", GRID: "#d1d9e0", PAPER: "#ffffff", ACCENT: "#0072b2", CONTROL: "#d55e00", SOFT: "#c3cad1"}
_DARK = {INK: "#e6edf3", MUTED: "#9da7b1", GRID: "#3d444d", PAPER: "#0d1117", ACCENT: "#56b4e9", CONTROL: "#e69f00", SOFT: "#59626c"}
_FILE_FONT = "system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif"

_STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "augbench",
    # Names may hold dollars and backslashes.
    "text.parse_math": False,
    "font.family": "DejaVu Sans",
    "font.size": 8.5,
    "axes.titlesize": 8.5,
    "axes.titlelocation": "left",
    "axes.labelsize": 8.5,
    "axes.edgecolor": MUTED,
    "axes.labelcolor": MUTED,
    "axes.titlecolor": INK,
    "axes.facecolor": "none",
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.major.size": 2.5,
    "ytick.major.size": 0,
    "xtick.labelsize": 8,
    "ytick.labelsize": 8,
    "text.color": INK,
    "grid.color": GRID,
    "grid.linewidth": 0.6,
    "figure.facecolor": "none",
    "hatch.linewidth": 0.9,
    "hatch.color": MUTED,
}


@dataclass(frozen=True, kw_only=True)
class Drawing(drawing.Drawing):
    """An SVG with stand-ins for colours, and its words for those who do not see it."""

    def inline(self, prefix: str) -> str:
        """Return an element for a page: its ids begin with ``prefix``, its colours and font are the page's."""
        text = _own_ids(self.svg, prefix)
        text = re.sub(r"<style[^>]*>.*?</style>", "", text, flags=re.DOTALL)
        for stand_in, name in _NAMES.items():
            text = text.replace(stand_in, f"var(--{name})")
        text = text.replace("'DejaVu Sans'", "var(--sans)")
        return self._with_words(text, prefix, 'class="figure" ')

    def file(self, dark: bool) -> str:
        """Return a file's text in one theme, on a transparent ground."""
        text = self.svg
        for stand_in, colour in (_DARK if dark else _LIGHT).items():
            text = text.replace(stand_in, colour)
        text = text.replace("'DejaVu Sans'", _FILE_FONT)
        return '<?xml version="1.0" encoding="utf-8"?>\n' + self._with_words(text, "figure", "")

    def _with_words(self, text: str, prefix: str, extra: str) -> str:
        head = f'<svg {extra}role="img" aria-labelledby="{prefix}-title {prefix}-desc" '
        title = f'<title id="{prefix}-title">{html.escape(self.title)}</title>'
        description = f'<desc id="{prefix}-desc">{html.escape(self.description)}</desc>'
        text = text.replace("<svg ", head, 1)
        end = text.index(">") + 1
        return text[:end] + "\n" + title + description + text[end:]


def _own_ids(text: str, prefix: str) -> str:
    """Put a prefix before every id: several drawings share a page, and matplotlib numbers each from 1."""
    text = re.sub(r'\bid="', f'id="{prefix}-', text)
    text = re.sub(r'href="#', f'href="#{prefix}-', text)
    return re.sub(r"url\(#", f"url(#{prefix}-", text)


@contextmanager
def drawing_style() -> Iterator[None]:
    """Draw in the report's style and leave matplotlib's own settings alone."""
    import matplotlib as mpl

    with mpl.rc_context(_STYLE), warnings.catch_warnings():
        # A glyph that the measuring font lacks is still written as text for the reader's font.
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        yield


def text_width(text: str, size: float) -> float:
    """Return how many inches a line of text takes, in the font that figures are measured with."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import TextToPath

    width, _, _ = TextToPath().get_text_width_height_descent(text, FontProperties(size=size), ismath=False)
    return float(width) / 72


@dataclass(frozen=True, kw_only=True)
class Placing:
    """Where a grid of panels stands in its figure, in inches: matplotlib's own layout engines draw everything twice."""

    across: int
    down: int
    panel: float
    """Height of a panel."""
    left: float
    right: float
    top: float
    bottom: float
    beside: float
    """Between panels beside each other."""
    below: float = 0.0
    """Between panels below each other."""

    def figure(self, width: float) -> Figure:
        """Make the figure that holds the panels."""
        from matplotlib.figure import Figure

        height = self.top + self.bottom + self.down * self.panel + (self.down - 1) * self.below
        room = (width - self.left - self.right - (self.across - 1) * self.beside) / self.across
        figure = Figure(figsize=(width, height))
        figure.subplots_adjust(
            left=self.left / width,
            right=1 - self.right / width,
            top=1 - self.top / height,
            bottom=self.bottom / height,
            wspace=self.beside / room,
            hspace=self.below / self.panel,
        )
        return figure


def finished(figure: Figure, title: str, description: str) -> Drawing:
    """Write a figure as SVG, without dates, versions or sizes that would differ between two machines."""
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    text = buffer.getvalue()
    text = text[text.index("<svg ") :]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = re.sub(r'(<svg [^>]*?) width="[^"]*"', r"\1", text, count=1)
    text = re.sub(r'(<svg [^>]*?) height="[^"]*"', r"\1", text, count=1)
    return Drawing(svg=text, title=title, description=description)
