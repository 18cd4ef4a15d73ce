"""Names as people wrote them, made safe to show: what they hold stays visible, what they do does not."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

LONGEST = 100
"""Letters of a name that a page shows; JSON and CSV hold all of it."""


def plain(text: str, most: int = LONGEST) -> str:
    """Return text on one line, without control or direction-changing characters, cut off after ``most`` letters."""
    shown = " ".join("".join(map(_shown, text)).split())
    return shown if len(shown) <= most else shown[: most - 1].rstrip() + "…"


def lines(text: str) -> str:
    """Return text of several lines in the same way, its indentation kept."""
    return "\n".join("".join(map(_shown, line.expandtabs(4))) for line in text.splitlines())


def _shown(letter: str) -> str:
    if letter in "\t\r\n":
        return " "
    # Cc: control, Cf: direction and joiners (U+202E turns a page around), Cs, Co: no characters at all.
    return "" if unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Co") else letter


def slugs(names: Iterable[str]) -> list[str]:
    """Return one file and anchor name for each name, all different."""
    found: list[str] = []
    for name in names:
        base = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40] or "data"
        slug, number = base, 1
        while slug in found:
            number += 1
            slug = f"{base}-{number}"
        found.append(slug)
    return found
