"""Read pictures that NumPy saved: [H, W] or [H, W, C], uint8 or uint16.

The header is matched, not evaluated as NumPy would, and an array of objects is never unpickled.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from augbench import UnreadableImage
from augbench_datasets._kinds import Kind

MAGIC = b"\x93NUMPY"
_TYPE = re.compile(rb"'descr'\s*:\s*'([^']*)'")
_ORDER = re.compile(rb"'fortran_order'\s*:\s*(True|False)\b")
_SHAPE = re.compile(rb"'shape'\s*:\s*\((\s*\d{1,18}\s*(?:,\s*\d{1,18}\s*)*),?\s*\)")
_BYTES = {"u1": 1, "u2": 2}


@dataclass(frozen=True, kw_only=True)
class Header:
    """What an array's file says of it."""

    shape: tuple[int, ...]
    type: str
    order: Literal["C", "F"]
    start: int
    """Where its numbers begin."""

    @property
    def kind(self) -> Kind:
        """Return channels and bits."""
        return Kind(self.shape[2] if len(self.shape) == 3 else 1, 8 if self.type.endswith("u1") else 16)


def header(content: bytes, name: Path | str) -> Header:
    """Return what a file says of itself.  Raise ``UnreadableImage`` where it is no picture, or not whole."""
    # Versions 2 and 3 have more room for the header, of which a picture's needs little.
    width = 2 if content[6:7] == b"\x01" else 4
    start = 8 + width + int.from_bytes(content[8 : 8 + width], "little")
    text = content[8 + width : min(start, 4096)]
    numbers, order, shape = _TYPE.search(text), _ORDER.search(text), _SHAPE.search(text)
    if numbers is None or order is None or shape is None:
        raise UnreadableImage(name, "its header is not that of a plain NumPy array of two or three dimensions")
    found = Header(
        shape=tuple(int(part) for part in shape[1].split(b",")),
        type=numbers[1].decode("ascii", "replace"),
        order="F" if order[1] == b"True" else "C",
        start=start,
    )
    _check(found, len(content) - start, name)
    return found


def pixels(content: bytes, found: Header) -> NDArray[Any]:
    """Return the numbers, uint8 or uint16 [H, W, C]."""
    stored = np.frombuffer(content, dtype=found.type, offset=found.start).reshape(found.shape, order=found.order)
    values = np.ascontiguousarray(stored, dtype=np.uint8 if found.kind.bits == 8 else np.uint16)
    return values if values.ndim == 3 else values[:, :, None]


def _check(found: Header, there: int, name: Path | str) -> None:
    shape = " x ".join(map(str, found.shape))
    if (size := _BYTES.get(found.type.lstrip("<>=|"))) is None:
        raise UnreadableImage(name, f"its numbers are of type '{found.type}'; save it as uint8 or uint16")
    if len(found.shape) not in (2, 3) or 0 in found.shape:
        raise UnreadableImage(name, f"its shape is {shape}; save it as [H, W] or [H, W, C]")
    if len(found.shape) == 3 and found.shape[0] <= 4 < min(found.shape[1:]):
        raise UnreadableImage(name, f"its shape {shape} looks like [C, H, W]; save it as [H, W, C]")
    if (wanted := size * math.prod(found.shape)) != there:
        raise UnreadableImage(name, f"its shape {shape} takes {wanted:,} bytes, and there are {max(0, there):,}")
