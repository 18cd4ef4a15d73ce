"""Write on pictures: text of any script, cut to the room that it has."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Any

from PIL import ImageFont

# Pillow's own font, which is the same everywhere, holds the letters of English; these are asked for others.
_OTHERS = (
    "DejaVuSans.ttf",
    "NotoSans-Regular.ttf",
    "LiberationSans-Regular.ttf",
    "NotoSansCJK-Regular.ttc",
    "Arial Unicode.ttf",
    "arial.ttf",
    "msyh.ttc",
)
_MISSING = "\uffff"
_ELLIPSIS = "…"


def letters(text: str, size: int, room: float | None = None) -> tuple[str, Any]:
    """Return a text as it can be written, and the font: on one line, no wider than ``room``, with an ellipsis for what is cut."""
    font, plain = _font(text, size)
    return (plain if room is None else cut(plain, font, room)), font


def width(text: str, size: int) -> float:
    """Return how wide a text is."""
    written, font = letters(text, size)
    return float(font.getlength(written))


def cut(text: str, font: Any, room: float) -> str:
    """Return as much of a text's begin as there is room for."""
    if font.getlength(text) <= room:
        return text
    fewer, more = 0, len(text)
    while more - fewer > 1:
        middle = (fewer + more) // 2
        fewer, more = (middle, more) if font.getlength(text[:middle].rstrip() + _ELLIPSIS) <= room else (fewer, middle)
    return text[:fewer].rstrip() + _ELLIPSIS


def wrapped(text: str, size: int, room: float) -> list[str]:
    """Break a text into lines between its words."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width(longer, size) <= room:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _font(text: str, size: int) -> tuple[Any, str]:
    """Choose the first font that has all letters of a text; where none does, the letters become those that the first one has."""
    line = "".join(letter if letter.isprintable() else _escaped(letter) for letter in text)
    for name in (None, *_OTHERS):
        font = _loaded(name, size)
        if font is not None and all(_has(name, letter) for letter in set(line)):
            return font, line
    return _loaded(None, size), "".join(_nearest(letter) for letter in line)


def _nearest(letter: str) -> str:
    """Return a letter without its accents, or else its number."""
    if _has(None, letter):
        return letter
    bare = "".join(part for part in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(part))
    return bare if bare and all(_has(None, part) for part in bare) else _escaped(letter)


def _escaped(letter: str) -> str:
    return letter.encode("unicode_escape", "surrogatepass").decode("ascii")


@lru_cache(maxsize=64)
def _loaded(name: str | None, size: int) -> Any:
    if name is None:
        return ImageFont.load_default(size)
    try:
        return ImageFont.truetype(name, size)
    except (OSError, ValueError):
        return None


@lru_cache(maxsize=4096)
def _has(name: str | None, letter: str) -> bool:
    return letter == " " or _drawn(name, letter) != _drawn(name, _MISSING)


def _drawn(name: str | None, letter: str) -> tuple[Any, bytes]:
    mask = _loaded(name, 20).getmask(letter)
    return mask.size, bytes(mask)
