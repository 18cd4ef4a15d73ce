"""A picture of generated images beside real ones."""

from __future__ import annotations

from io import BytesIO

import numpy as np
from PIL import Image
from torch import Tensor

from augbench.stages.mosaic import mosaic

GAP = 2
"""White pixels between images."""


def draw_sheet(real: Tensor, synthetic: Tensor, nearest: Tensor, scale: float) -> bytes:
    """Return a PNG of three rows of integer images [n, C, H, W] in [0, scale]: real, synthetic, the nearest real one of each synthetic."""
    canvas = mosaic([list(_pictures(images, scale)) for images in (real, synthetic, nearest)], GAP)
    buffer = BytesIO()
    Image.fromarray(canvas if canvas.shape[2] == 3 else canvas[..., 0]).save(buffer, format="PNG", optimize=True)
    return buffer.getvalue()


def _pictures(images: Tensor, scale: float) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """Return uint8 [n, H, W, C]: three channels are colour, any other number is shown as their mean."""
    levels = images.to("cpu").numpy().astype(np.float64) * (255 / scale)
    if levels.shape[1] != 3:
        levels = levels.mean(1, keepdims=True)
    return np.moveaxis(levels.round().astype(np.uint8), 1, 3)
