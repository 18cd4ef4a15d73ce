"""Numbers of images' pixels, and whether two images show the same."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

FIELDS = 8
"""A thumbnail has as many rows and columns."""
_FRAME = 8
"""A frame along the edges is as wide as the shorter side divided by this, and 1 at least."""
_BRIGHTER = 8 / 255
"""Images whose mean brightness differs by more, in [0, 1], do not show the same."""
_FIELD, _OF_CONTRAST = 6 / 255, 0.5
"""Nor do those of which a field, brightness apart, differs by more, or by more than this share of the contrast: something small differs."""
_RELATED = 0.9
"""Nor those whose pixels are less correlated: JPEG of quality 75 leaves 0.92 of pictures of cells at least."""
_MOVED, _EXPLAINED = 0.97, 0.4
"""A moved image is correlated by as much, and the move leaves this share at most of what was unexplained without it."""
_FINE, _REACH = 96, 16
"""For that, images are scaled down to a shorter side of 96, and moved by a sixteenth of it, 2 at least, to either side."""


def contrast(images: NDArray[Any]) -> NDArray[np.float64]:
    """Return the mean absolute deviation of each image [C, H, W] from the means of its channels, [n]."""
    values = images.reshape(*images.shape[:2], -1).astype(np.float32)
    values -= values.mean(2, keepdims=True)
    return np.asarray(np.abs(values, out=values).mean((1, 2)), np.float64)


def moments(values: NDArray[Any]) -> NDArray[np.float64]:
    """Return mean and standard deviation of each channel's whole numbers [n, C, m], as [n, 2C]."""
    count = values.shape[2]
    # 255 squared fits 16 bits, and 65535 squared 32; sums of them may need 64.
    wide: NDArray[Any] = values.astype(np.uint16 if values.itemsize == 1 else np.uint32)
    means, squares = values.sum(2, dtype=np.uint64) / count, (wide * wide).sum(2, dtype=np.uint64) / count
    return np.concatenate([np.asarray(means), np.sqrt(np.maximum(squares - means**2, 0))], axis=1)


def border(images: NDArray[Any]) -> NDArray[Any]:
    """Return the pixels of a frame along the edges of images [n, C, H, W], as [n, C, m]."""
    count, channels, height, width = images.shape
    thick = max(1, min(height, width) // _FRAME)
    rows, sides = np.r_[:thick, max(thick, height - thick) : height], slice(thick, max(thick, height - thick))
    columns = np.r_[:thick, max(thick, width - thick) : width]
    parts = (images[:, :, rows], images[:, :, sides][..., columns])
    return np.concatenate([part.reshape(count, channels, -1) for part in parts], axis=2)


def thumbnails(images: NDArray[Any]) -> NDArray[np.float64]:
    """Return the mean of each field of images [n, C, H, W], all channels together, [n, 64]; a pixel counts by the share that lies in it."""
    # Sums of whole numbers, which floats hold exactly, are the same on every machine.
    return np.asarray(_fields(images.sum(1, dtype=np.uint32).astype(np.float64)) / images.shape[1])


def same(left: NDArray[Any], right: NDArray[Any], scale: float) -> bool:
    """Tell whether two images [C, H, W] show the same, but for compression, a little noise, a little light, or their size."""
    ours, theirs = _to_one_size(left, right)
    difference = ours - theirs
    if not difference.any():
        return True
    brighter, least = difference.mean(), min(contrast(np.stack([ours, theirs])))
    by_field = np.abs(_fields((difference - brighter).mean(0)[None])).max()
    return bool(
        abs(brighter) < _BRIGHTER * scale and by_field < min(_FIELD * scale, _OF_CONTRAST * least) and _correlation(ours, theirs) > _RELATED
    )


def moved(left: NDArray[Any], right: NDArray[Any]) -> bool:
    """Tell whether two images [C, H, W] of one size show the same, moved by a few pixels."""
    if left.shape != right.shape:
        return False
    share = min(1.0, _FINE / min(left.shape[1:]))
    height, width = (round(side * share) for side in left.shape[1:])
    ours, theirs = _scaled(left, height, width), _scaled(right, height, width)
    grey = ours.mean(0, keepdims=True), theirs.mean(0, keepdims=True)
    down, across = max(_moves(ours.shape), key=lambda move: _correlation(*_overlap(*grey, *move)))
    still, then = _correlation(ours, theirs), _correlation(*_overlap(ours, theirs, down, across))
    return then > _MOVED and 1 - then < _EXPLAINED * (1 - still)


def _moves(shape: tuple[int, ...]) -> list[tuple[int, int]]:
    reach = max(2, min(shape[1:]) // _REACH)
    reach = min(reach, min(shape[1:]) - 1)
    steps = range(-reach, reach + 1)
    return list(product(steps, steps))


def _overlap(left: NDArray[Any], right: NDArray[Any], down: int, across: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return what both images [C, H, W] show where the right one lies so many pixels below and right of the left one."""
    height, width = left.shape[1:]
    ours = left[:, max(0, down) : height + min(0, down), max(0, across) : width + min(0, across)]
    theirs = right[:, max(0, -down) : height + min(0, -down), max(0, -across) : width + min(0, -across)]
    return ours, theirs


def _correlation(left: NDArray[Any], right: NDArray[Any]) -> float:
    """Correlate the pixels of two images [C, H, W], each channel's mean taken off; 0 where one shows nothing."""
    ours, theirs = left - left.mean((1, 2), keepdims=True), right - right.mean((1, 2), keepdims=True)
    lengths = float((ours * ours).sum()) * float((theirs * theirs).sum())
    return float((ours * theirs).sum()) / lengths**0.5 if lengths > 0 else 0.0


def _to_one_size(left: NDArray[Any], right: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    height, width = np.minimum(left.shape[1:], right.shape[1:])
    return _scaled(left, height, width), _scaled(right, height, width)


def _scaled(image: NDArray[Any], height: int, width: int) -> NDArray[Any]:
    """Average an image [C, H, W] down to a size, as float32."""
    floats = image.astype(np.float32)
    if floats.shape[1:] == (height, width):
        return floats
    return np.asarray(_overlaps(floats.shape[1], height) @ floats @ _overlaps(floats.shape[2], width).T, np.float32)


def _fields(grey: NDArray[np.float64]) -> NDArray[np.float64]:
    """Average images [n, H, W] in 8 x 8 fields, [n, 64]."""
    rows, columns = (_overlaps(size, FIELDS, whole=True) for size in grey.shape[1:])
    return np.asarray((rows @ grey @ columns.T).reshape(len(grey), -1) / (grey.shape[1] * grey.shape[2]))


def _overlaps(size: int, fields: int, *, whole: bool = False) -> NDArray[np.float64]:
    """Return which share of each field each pixel is, [fields, size]; as ``whole`` numbers, all times ``size``."""
    field, pixel = np.arange(fields)[:, None] * size, np.arange(size)[None] * fields
    shared = np.maximum(np.minimum(field + size, pixel + fields) - np.maximum(field, pixel), 0)
    return np.asarray(shared if whole else shared / size, np.float64)
