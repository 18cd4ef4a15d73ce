"""Which images of a data set are the same, or nearly: by digests, difference hashes and, in the end, by their pixels."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

Indices = NDArray[np.int64]
Take = Callable[[Indices], NDArray[Any]]
"""Returns the images at int64 indices [n], of one unsigned type and size, [n, C, H, W]."""

NEAR = 2 / 255
"""Images are nearly the same below this mean absolute difference of their pixels in [0, 1]: a little noise, or compression."""
OF_CONTRAST = 0.25
"""And below this share of either image's contrast: two nearly black pictures of other things do not differ by much either."""
DISTANCE = 2
"""Bits in which the difference hashes of images that are nearly the same may differ."""
_ROWS, _COLUMNS = 8, 9
_BANDS, _WIDTH = 4, 16
_IMAGES, _PAIRS, _CHECKS = 512, 1 << 20, 64
"""Images, pairs of numbers, and pairs of images that are looked at in one go."""
_SCALE = 1 << 30
_SLACK = 1e-5
"""What 32-bit floats may be off by: rather one comparison of pixels too many."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Fingerprints:
    """What tells images apart without their pixels: 316 bytes an image."""

    digests: NDArray[np.uint64]
    """[n, 2]: of an image's bytes."""
    hashes: NDArray[np.uint64]
    """[n]: whether the brightness rises by ``NEAR`` from a field of the thumbnail to the next, in 64 bits."""
    thumbnails: NDArray[np.float32]
    """[n, 72]: mean brightness, in [0, 1], of 8 x 9 fields."""
    contrasts: NDArray[np.float32]
    """[n]: mean absolute deviation of pixels from their channel's mean, in [0, 1]."""

    def chosen(self, indices: Indices) -> Fingerprints:
        """Return those of some images."""
        return Fingerprints(
            digests=self.digests[indices],
            hashes=self.hashes[indices],
            thumbnails=self.thumbnails[indices],
            contrasts=self.contrasts[indices],
        )


def fingerprints(take: Take, count: int, scale: float) -> Fingerprints:
    """Look once at so many images, a block at a time; ``scale`` is the value that means 1.0.

    Hashes are the same on every machine: they are made of sums of whole numbers, which floats hold exactly.
    """
    digests = np.empty((count, 2), np.uint64)
    hashes = np.empty(count, np.uint64)
    thumbnails = np.empty((count, _ROWS * _COLUMNS), np.float32)
    contrasts = np.empty(count, np.float32)
    for start in range(0, count, _IMAGES):
        part = slice(start, min(start + _IMAGES, count))
        images = np.ascontiguousarray(take(np.arange(part.start, part.stop)))
        digests[part] = [np.frombuffer(hashlib.blake2b(image.tobytes(), digest_size=16).digest(), np.uint64) for image in images]
        sums = _sums(images)
        whole = float(np.prod(images.shape[1:])) * scale
        hashes[part] = np.packbits(np.diff(sums) > NEAR * whole, axis=None).view(np.uint64)
        thumbnails[part] = sums.reshape(len(sums), -1) / whole
        contrasts[part] = _contrast(images) / scale
    return Fingerprints(digests=digests, hashes=hashes, thumbnails=thumbnails, contrasts=contrasts)


def alike(*lots: Fingerprints) -> list[Indices]:
    """Number the images of each lot so that those with equal pixels have equal numbers, whatever lot they are of."""
    digests = np.concatenate([lot.digests for lot in lots])
    numbers = np.unique(digests, axis=0, return_inverse=True)[1].reshape(-1).astype(np.int64)
    return np.split(numbers, np.cumsum([len(lot.digests) for lot in lots])[:-1])


def candidates(left: Fingerprints, right: Fingerprints) -> Iterator[Indices]:
    """Find the pairs (of left, of right) that may be nearly the same, in blocks [n, 2], each pair once.

    All pairs whose hashes differ in ``DISTANCE`` bits at most and whose thumbnails do not rule it out.  Of four bands of 16 bits,
    two are then equal: only pairs that share two bands are looked at, and of these only those of near brightness.
    """
    earlier: list[np.uint64] = []
    for first, second in combinations(range(_BANDS), 2):
        ours, theirs = _band(left.hashes, first, second), _band(right.hashes, first, second)
        for pairs in _joined(ours, left.thumbnails.mean(1), theirs, right.thumbnails.mean(1)):
            differing = left.hashes[pairs[:, 0]] ^ right.hashes[pairs[:, 1]]
            kept = _few(differing)
            for mask in earlier:
                kept &= (differing & mask) != 0
            pairs = pairs[kept]
            apart = np.abs(left.thumbnails[pairs[:, 0]] - right.thumbnails[pairs[:, 1]]).mean(1)
            least = np.minimum(left.contrasts[pairs[:, 0]], right.contrasts[pairs[:, 1]])
            # Means of fields are no further apart than the pixels are.
            yield pairs[apart < np.minimum(NEAR, OF_CONTRAST * least) + _SLACK]
        earlier.append(_mask(first) | _mask(second))


def near(take_left: Take, take_right: Take, pairs: Indices, scale: float) -> NDArray[np.bool_]:
    """Tell which pairs [n, 2] of images are just, or nearly, the same, by their pixels."""
    found = np.empty(len(pairs), np.bool_)
    for start in range(0, len(pairs), _CHECKS):
        part = slice(start, start + _CHECKS)
        ours, theirs = take_left(pairs[part, 0]), take_right(pairs[part, 1])
        apart = np.abs(ours.astype(np.int64) - theirs).reshape(len(ours), -1).mean(1)
        least = np.minimum(_contrast(ours), _contrast(theirs))
        found[part] = (apart == 0) | (apart < np.minimum(NEAR * scale, OF_CONTRAST * least))
    return found


def with_near(left: Fingerprints, take_left: Take, right: Fingerprints, take_right: Take, scale: float) -> NDArray[np.bool_]:
    """Tell which of the left images have one on the right that is nearly, or just, the same."""
    found = np.zeros(len(left.hashes), np.bool_)
    (numbers,) = alike(right)
    distinct = np.unique(numbers, return_index=True)[1]
    for block in candidates(left, right.chosen(distinct)):
        pairs = np.stack([block[:, 0], distinct[block[:, 1]]], axis=1)
        for start in range(0, len(pairs), _CHECKS):
            part = pairs[start : start + _CHECKS]
            # Of an image with many doubles, the first that is sure will do.
            part = part[~found[part[:, 0]]]
            found[part[near(take_left, take_right, part, scale), 0]] = True
    return found


def _contrast(images: NDArray[Any]) -> NDArray[np.float64]:
    """Return each image's mean absolute deviation from the means of its channels."""
    values = images.reshape(*images.shape[:2], -1).astype(np.float32)
    values -= values.mean(2, keepdims=True)
    return np.asarray(np.abs(values, out=values).mean((1, 2)), np.float64)


def _sums(images: NDArray[Any]) -> NDArray[np.float64]:
    """Add up the values of the pixels in each field of a thumbnail, [n, 8, 9], each pixel by the share that lies in it."""
    grey = images.sum(1, dtype=np.uint32).astype(np.float64)
    height, width = grey.shape[1:]
    return np.asarray(_overlaps(height, _ROWS) @ grey @ _overlaps(width, _COLUMNS).T)


def _overlaps(size: int, fields: int) -> NDArray[np.float64]:
    """Return how much of each pixel lies in each field, [fields, size], in whole numbers: each field has ``size`` of it."""
    field, pixel = np.arange(fields)[:, None] * size, np.arange(size)[None] * fields
    shared = np.minimum(field + size, pixel + fields) - np.maximum(field, pixel)
    return np.asarray(np.maximum(shared, 0), np.float64)


def _mask(band: int) -> np.uint64:
    return np.uint64(((1 << _WIDTH) - 1) << (_WIDTH * band))


def _band(hashes: NDArray[np.uint64], first: int, second: int) -> NDArray[np.uint64]:
    """Put two bands of each hash side by side, in the upper half of a number."""
    low, high = (hashes >> np.uint64(_WIDTH * band) & _mask(0) for band in (first, second))
    return low << np.uint64(32) | high << np.uint64(48)


def _few(differing: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Tell where at most ``DISTANCE`` bits are set."""
    for _ in range(DISTANCE):
        # Clears the lowest bit that is set.
        differing = differing & (differing - np.uint64(1))
    return np.asarray(differing == 0)


def _joined(
    left: NDArray[np.uint64], our_brightness: NDArray[np.float32], right: NDArray[np.uint64], their_brightness: NDArray[np.float32]
) -> Iterator[Indices]:
    """Pair what has the same band and nearly the same brightness, in blocks [n, 2]."""
    keys = right | _scaled(their_brightness)
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    from_, to = (left | _scaled(our_brightness + step) for step in (-NEAR - _SLACK, NEAR + _SLACK))
    first = np.searchsorted(keys, from_, side="left")
    ends = np.cumsum(np.searchsorted(keys, to, side="right") - first)
    total = int(ends[-1]) if len(ends) else 0
    for start in range(0, total, _PAIRS):
        places = np.arange(start, min(start + _PAIRS, total))
        ours = np.searchsorted(ends, places, side="right")
        begun = np.where(ours > 0, ends[ours - 1], 0)
        yield np.stack([ours, order[first[ours] + places - begun]], axis=1)


def _scaled(brightness: NDArray[np.float32]) -> NDArray[np.uint64]:
    """Write brightness as a whole number of 32 bits."""
    return (np.clip(brightness.astype(np.float64), 0, 1) * _SCALE).astype(np.uint64)
