"""Lay images in rows, as one picture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

_WHITE = 255


def mosaic(rows: Sequence[Sequence[NDArray[Any]]], gap: int) -> NDArray[np.uint8]:
    """Return uint8 images [h, w, C] of one size side by side, rows below one another, with white between them and where there is none."""
    height, width, channels = next(image for row in rows for image in row).shape
    shape = (len(rows) * (height + gap) - gap, max(map(len, rows)) * (width + gap) - gap, channels)
    canvas = np.full(shape, _WHITE, dtype=np.uint8)
    for y, row in enumerate(rows):
        for x, image in enumerate(row):
            top, left = y * (height + gap), x * (width + gap)
            canvas[top : top + height, left : left + width] = image
    return canvas
