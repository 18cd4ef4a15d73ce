"""Write images as PNG without loss: also those of 16 bits and three channels, which Pillow cannot write."""

from __future__ import annotations

import struct
import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_GREY, _COLOUR = 0, 2
CHANNELS = {1: _GREY, 3: _COLOUR}
"""Types of PNG by the channels of an image."""


def png(image: NDArray[Any]) -> bytes:
    """Return a PNG of a uint8 or uint16 image [C, H, W] of one or three channels."""
    channels, height, width = image.shape
    depth = 8 * image.dtype.itemsize
    rows = np.ascontiguousarray(np.moveaxis(image, 0, 2)).astype(image.dtype.newbyteorder(">")).reshape(height, -1)
    # Each line as its difference from the one above (PNG's filter 2): neighbours are alike, and so it shrinks.
    lines = rows.view(np.uint8).reshape(height, -1)
    filtered = np.diff(lines, axis=0, prepend=np.zeros_like(lines[:1]))
    data = np.concatenate([np.full((height, 1), 2, np.uint8), filtered], axis=1).tobytes()
    header = struct.pack(">IIBBBBB", width, height, depth, CHANNELS[channels], 0, 0, 0)
    return _SIGNATURE + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(data, 9)) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
