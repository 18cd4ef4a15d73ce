"""How much room words take: the reader's font is not known, so a wide common one is measured."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

SIZE = 12.0
"""Letters' usual height, in the units of a drawing."""
SMALL = 11.0
LEADING = 1.2
"""From line to line, in letters' heights."""

# Hundredths of the size for each of the letters from the blank to the tilde: DejaVu Sans, whose advances are as wide as Verdana's and
# wider than those of Helvetica, Arial, Segoe UI and San Francisco.
_WIDTHS = [
    int(width)
    for line in (
        "32 40 46 84 64 95 78 27 39 39 50 84 32 36 32 34 64 64 64 64 64 64 64 64 64 64 34 34 84 84 84 53",
        "100 68 69 70 77 63 58 77 75 29 29 66 56 86 75 79 60 79 69 63 61 73 68 99 69 61 69 39 34 39 84 50",
        "50 61 63 55 63 62 35 63 63 28 28 58 28 97 63 61 63 63 41 52 39 63 59 82 59 59 52 64 34 64 84",
    )
    for width in line.split()
]
_OTHER, _WIDE, _BOLD = 70, 105, 1.12


def text_width(text: str, size: float = SIZE, *, bold: bool = False) -> float:
    """Return about how wide a line of text is, rather too much than too little."""
    return sum(map(_hundredths, text)) * size / 100 * (_BOLD if bold else 1)


@lru_cache(maxsize=4096)
def _hundredths(letter: str) -> int:
    if " " <= letter <= "~":
        return _WIDTHS[ord(letter) - ord(" ")]
    if unicodedata.combining(letter):
        return 0
    return _WIDE if unicodedata.east_asian_width(letter) in "WF" else _OTHER


def shortened(text: str, width: float, size: float = SIZE, *, bold: bool = False) -> str:
    """Return text that fits a width, its end replaced by an ellipsis where it does not."""
    if text_width(text, size, bold=bold) <= width:
        return text
    while text and text_width(text + "…", size, bold=bold) > width:
        text = text[:-1]
    return text.rstrip() + "…"


def wrapped(text: str, width: float, size: float = SIZE, *, most: int = 2, bold: bool = False) -> list[str]:
    """Break text into at most so many lines of a width, between words where that is possible."""
    lines: list[str] = []
    rest = text.strip()
    while rest and len(lines) < most - 1 and text_width(rest, size, bold=bold) > width:
        line = _first_line(rest, width, size, bold)
        lines.append(line)
        rest = rest[len(line) :].lstrip()
    return [*lines, shortened(rest, width, size, bold=bold)] if rest else lines


def _first_line(text: str, width: float, size: float, bold: bool) -> str:
    end = next((end for end in range(1, len(text)) if text_width(text[: end + 1], size, bold=bold) > width), len(text))
    blank = text.rfind(" ", 0, end + 1)
    return text[: blank if blank > 0 else end].rstrip()
