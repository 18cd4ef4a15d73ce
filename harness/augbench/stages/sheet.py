"""A picture of generated images beside real ones."""

from __future__ import annotations

from io import BytesIO

import numpy as np
from PIL import Image
from torch import Tensor

GAP = 2
"""White pixels between images."""


def draw_sheet(real: Tensor, synthetic: Tensor, nearest: Tensor, scale: float) -> bytes:
    """Return a PNG of three rows of integer images [n, C, H, W] in [0, scale]: real, synthetic, the nearest real one of each synthetic."""
    rows = [_pictures(images, scale) for images in (real, synthetic, nearest)]
    _, height, width, channels = rows[0].shape
    columns = max(map(len, rows))
    shape = (3 * (height + GAP) - GAP, columns * (width + GAP) - GAP, channels)
    canvas = np.full(shape, 255, dtype=np.uint8)
    for y, pictures in enumerate(rows):
        for x, picture in enumerate(pictures):
            top, left = y * (height + GAP), x * (width + GAP)
            canvas[top : top + height, left : left + width] = picture
    buffer = BytesIO()
    Image.fromarray(canvas if channels == 3 else canvas[..., 0]).save(buffer, format="PNG", optimize=True)
    return buffer.getvalue()


def _pictures(images: Tensor, scale: float) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """Return uint8 [n, H, W, C]: three channels are colour, any other number is shown as their mean."""
    levels = images.to("cpu").numpy().astype(np.float64) * (255 / scale)
    if levels.shape[1] != 3:
        levels = levels.mean(1, keepdims=True)
    return np.moveaxis(levels.round().astype(np.uint8), 1, 3)
