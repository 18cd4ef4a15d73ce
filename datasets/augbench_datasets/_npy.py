"""Read pictures that NumPy saved: [H, W] or [H, W, C], uint8 or uint16; an array of objects is never unpickled."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from augbench import UnreadableImage
from augbench_datasets._kinds import Kind
from augbench_datasets._npy_header import ArrayHeader, array_header

_BYTES = {"u1": 1, "u2": 2}


def kind_of(found: ArrayHeader) -> Kind:
    """Return channels and bits of a picture."""
    return Kind(found.shape[2] if len(found.shape) == 3 else 1, 8 if found.type.endswith("u1") else 16)


def header(content: bytes, name: Path | str) -> ArrayHeader:
    """Return what a file says of itself.  Raise ``UnreadableImage`` where it is no picture, or not whole."""
    found = array_header(content)
    if found is None:
        raise UnreadableImage(name, "its header is not that of a plain NumPy array of two or three dimensions")
    _check(found, len(content) - found.start, name)
    return found


def pixels(content: bytes, found: ArrayHeader) -> NDArray[Any]:
    """Return the numbers, uint8 or uint16 [H, W, C]."""
    stored = np.frombuffer(content, dtype=found.type, offset=found.start).reshape(found.shape, order="F" if found.columns else "C")
    values = np.ascontiguousarray(stored, dtype=np.uint8 if kind_of(found).bits == 8 else np.uint16)
    return values if values.ndim == 3 else values[:, :, None]


def _check(found: ArrayHeader, there: int, name: Path | str) -> None:
    shape = " x ".join(map(str, found.shape))
    if (size := _BYTES.get(found.type.lstrip("<>=|"))) is None:
        raise UnreadableImage(name, f"its numbers are of type '{found.type}'; save it as uint8 or uint16")
    if len(found.shape) not in (2, 3) or 0 in found.shape:
        raise UnreadableImage(name, f"its shape is {shape}; save it as [H, W] or [H, W, C]")
    if len(found.shape) == 3 and found.shape[0] <= 4 < min(found.shape[1:]):
        raise UnreadableImage(name, f"its shape {shape} looks like [C, H, W]; save it as [H, W, C]")
    if (wanted := size * math.prod(found.shape)) != there:
        raise UnreadableImage(name, f"its shape {shape} takes {wanted:,} bytes, and there are {max(0, there):,}")
