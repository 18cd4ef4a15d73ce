"""The header of NumPy's files: matched, not evaluated as NumPy would, so that nothing in it can run or grow."""

from __future__ import annotations

import re
from dataclasses import dataclass

MAGIC = b"\x93NUMPY"
LONGEST = 4096
"""Bytes from the start of a file within which its header says all that it says of a plain array."""
_TYPE = re.compile(rb"'descr'\s*:\s*'([^']*)'")
_ORDER = re.compile(rb"'fortran_order'\s*:\s*(True|False)\b")
_SHAPE = re.compile(rb"'shape'\s*:\s*\((\s*\d{1,18}\s*(?:,\s*\d{1,18}\s*)*),?\s*\)")


@dataclass(frozen=True, kw_only=True)
class ArrayHeader:
    """What an array's file says of it."""

    shape: tuple[int, ...]
    type: str
    columns: bool
    """Whether the first index moves fastest (Fortran's order)."""
    start: int
    """Where its numbers begin."""


def array_header(content: bytes) -> ArrayHeader | None:
    """Return what the first bytes of a file say, or None where they are not those of a plain array of one dimension or more."""
    if not content.startswith(MAGIC):
        return None
    # Versions 2 and 3 have more room for the header, of which a plain array's needs little.
    width = 2 if content[6:7] == b"\x01" else 4
    start = 8 + width + int.from_bytes(content[8 : 8 + width], "little")
    text = content[8 + width : min(start, LONGEST)]
    numbers, order, shape = _TYPE.search(text), _ORDER.search(text), _SHAPE.search(text)
    if numbers is None or order is None or shape is None:
        return None
    return ArrayHeader(
        shape=tuple(int(part) for part in shape[1].split(b",")),
        type=numbers[1].decode("ascii", "replace"),
        columns=order[1] == b"True",
        start=start,
    )
