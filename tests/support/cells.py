"""Pictures of drawn cells, and what happens to pictures."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

from augbench_datasets.phantom import Phantom


def phantoms(count: int, size: int) -> np.ndarray:
    """Draw cells of all classes in turn, uint8 [count, size, size, 3]."""
    each = -(-count // 7)
    images = Phantom(size=size, train=(each,) * 7).load().train.images
    drawn = np.stack([images[index] for index in range(7 * each)])
    return drawn.reshape(7, each, *drawn.shape[1:]).swapaxes(0, 1).reshape(-1, *drawn.shape[1:])[:count]


def jpeg(image: np.ndarray, quality: int) -> np.ndarray:
    """Save an image [H, W, C] as JPEG and read it again."""
    file = io.BytesIO()
    Image.fromarray(image).save(file, "JPEG", quality=quality)
    return np.asarray(Image.open(file))
