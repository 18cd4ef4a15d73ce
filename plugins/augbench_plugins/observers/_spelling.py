"""Names as other programs take them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TypeVar

_REFUSED = re.compile(r"[^\w.\- :/]")
Value = TypeVar("Value")


def tidy(name: str, longest: int) -> str:
    """Return a name of letters, digits and ``_.- :/``, whose parts between slashes could be folders."""
    parts = [part if part.strip(". ") else "_" for part in _REFUSED.sub("_", name).split("/")]
    return "/".join(parts)[:longest].rstrip("/ ") or "_"


def spelled(values: Mapping[str, Value], spell: Callable[[str], str]) -> dict[str, Value]:
    """Return values under names as they may be spelled, all different."""
    found: dict[str, Value] = {}
    for name, value in values.items():
        plain, number = spell(name), 1
        written = plain
        while written in found:
            number += 1
            written = f"{plain} {number}"
        found[written] = value
    return found
