"""Turn what people call things into names of files that every system and every archive can hold."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from urllib.parse import quote

_LONGEST = 100
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


def file_name(text: str) -> str:
    """Write a text so that it can name a file: odd characters as ``%2F``, and what would be too long by its hash."""
    name = quote(text, safe=" =,+()[]") or "%00"
    if _RESERVED.fullmatch(name) or name[0] in ". ":
        name = f"%{ord(name[0]):02X}{name[1:]}"
    if name[-1] in ". ":
        name = f"{name[:-1]}%{ord(name[-1]):02X}"
    return name if len(name) <= _LONGEST else f"{name[:_LONGEST]}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"


def file_names(texts: Iterable[str]) -> dict[str, str]:
    """Name several files of one folder; names that some systems take for equal get a number."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for text in dict.fromkeys(texts):
        name, number = file_name(text), 1
        while name.casefold() in taken:
            number += 1
            name = f"{file_name(text)}~{number}"
        taken.add(name.casefold())
        found[text] = name
    return found
