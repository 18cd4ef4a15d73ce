"""One picture as an image of another data set."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from augbench import OddImage, Resize, numbers
from augbench_datasets._kinds import Kind
from augbench_datasets._pictures import decode


def read_picture(path: Path, shape: tuple[int, int, int], scale: float, resize: Resize | None) -> NDArray[Any]:
    """Return a picture as an integer array [C, H, W] of the given shape.  Raise ``OddImage`` where it cannot be one."""
    channels, height, width = shape
    kind = Kind(1, 16) if scale != 255 else Kind(channels)
    image = decode(path, path, kind, None if scale != 255 else "rgb" if channels == 3 else "grey")
    if resize is not None:
        image = resize.apply(image)
    if image.shape != (height, width, channels):
        found = f"{image.shape[0]} x {image.shape[1]} pixels, {numbers.many(image.shape[2], 'channel')}"
        hint = f'set generator.resize = {{ use = "bilinear", size = {height} }}' if height == width else "bring it to size"
        raise OddImage(path, found, f"{height} x {width} pixels, {numbers.many(channels, 'channel')}", hint)
    return np.ascontiguousarray(np.moveaxis(image, 2, 0))
