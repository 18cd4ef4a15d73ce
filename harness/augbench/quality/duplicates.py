"""Which images of a data set are the same, or nearly: by digests, thumbnails that are hashed to waves and, in the end, by their pixels."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from augbench.quality.pixels import FIELDS, border, contrast, moments, thumbnails

Indices = NDArray[np.int64]
Take = Callable[[Indices], Sequence[NDArray[Any]] | NDArray[Any]]
"""Returns the images at int64 indices [n], of one unsigned type, each [C, H, W]."""

CLOSE = 0.008
"""Thumbnails of images that are nearly the same are at most this far apart: 1 - their correlation."""
LOOSE = 0.1
"""And those of images that may show the same thing, moved a little."""
MANY = 64
"""From so many images on, what all have in common, such as one background, is taken off before two are compared."""
NEIGHBOURS = 16
"""Images of one split that are looked at beside each: of what is there hundreds of times, not all pairs are listed."""
_FLAT = 0.25 / 255
"""Thumbnails that differ less from what all have in common, by field, show nothing by which to tell images."""
_IMAGES, _BYTES, _QUERIES = 128, 1 << 22, 8192
"""Images, bytes of images, and thumbnails that are looked at in one go."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Fingerprints:
    """What tells images apart without their pixels: 330 bytes for a colour image."""

    digests: NDArray[np.uint64]
    """[n, 2]: of an image's size and bytes."""
    thumbnails: NDArray[np.float32]
    """[n, 64]: mean brightness, in [0, 1], of 8 x 8 fields."""
    contrasts: NDArray[np.float32]
    """[n]: mean absolute deviation of pixels from their channel's mean, in [0, 1]."""
    colours: NDArray[np.float32]
    """[n, 2C]: mean and standard deviation of each channel, in [0, 1]."""
    borders: NDArray[np.float32]
    """[n, 2C]: the same of a frame along the edges."""

    def chosen(self, indices: Indices) -> Fingerprints:
        """Return those of some images."""
        return Fingerprints(**{each.name: getattr(self, each.name)[indices] for each in fields(self)})


def fingerprints(take: Take, count: int, scale: float, seen: Callable[[int], None] = lambda count: None) -> Fingerprints:
    """Look once at so many images, a block at a time; ``scale`` is the value that means 1.0, ``seen`` is told how many are done."""
    if not count:
        return _nothing()
    first = take(np.arange(1))[0]
    found = _room(_block(first[None], scale), count)
    at_once = max(1, min(_IMAGES, _BYTES // first.nbytes))
    for start in range(0, count, at_once):
        end = min(start + at_once, count)
        block = _block(take(np.arange(start, end)), scale)
        for each in fields(block):
            getattr(found, each.name)[start:end] = getattr(block, each.name)
        seen(end)
    return found


def alike(*lots: Fingerprints) -> list[Indices]:
    """Number the images of each lot so that those with equal pixels have equal numbers, whatever lot they are of."""
    digests = np.concatenate([lot.digests for lot in lots])
    numbers = np.unique(digests, axis=0, return_inverse=True)[1].reshape(-1).astype(np.int64)
    return np.split(numbers, np.cumsum([len(lot.digests) for lot in lots])[:-1])


def common(lots: Sequence[Fingerprints]) -> NDArray[np.float64]:
    """Return the thumbnail that all images have in common, [64], brightness apart; nothing where they are few."""
    count = sum(len(lot.digests) for lot in lots)
    if count < MANY:
        return np.zeros(FIELDS * FIELDS)
    mean = sum(lot.thumbnails.sum(0, dtype=np.float64) for lot in lots) / count
    return np.asarray(mean - np.mean(mean))


def candidates(
    left: Fingerprints, right: Fingerprints, centre: NDArray[np.float64], limit: float
) -> Iterator[tuple[Indices, NDArray[Any]]]:
    """Find the pairs (of left, of right) whose thumbnails are less than ``limit`` apart.

    In blocks: pairs [n, 2] and how far they are apart [n], as 1 - correlation; of each left image with its nearest ``NEIGHBOURS`` only.
    ``centre`` is what all images have in common.
    """
    from scipy.spatial import KDTree

    columns, waves = _in_waves(right, centre)
    if not len(columns):
        return
    tree = KDTree(waves)
    for start in range(0, len(left.digests), _QUERIES):
        rows, waves = _in_waves(left.chosen(np.arange(start, min(start + _QUERIES, len(left.digests)))), centre)
        # Waves make no distance longer than it is: what is near is among what is found.
        found = np.asarray(tree.query(waves, k=NEIGHBOURS, distance_upper_bound=(2 * limit) ** 0.5 + 1e-9, workers=-1)[1])
        own, place = np.nonzero(found < len(columns))
        pairs = np.stack([rows[own] + start, columns[found[own, place]]], axis=1)
        ours, theirs = (_directions(lot.thumbnails[pairs[:, side]], centre) for side, lot in enumerate((left, right)))
        apart = 1 - (ours * theirs).sum(1)
        kept = apart < limit
        yield pairs[kept], apart[kept]


def turned(prints: Fingerprints, transpose: bool, flip_rows: bool, flip_columns: bool) -> Fingerprints:
    """Return the fingerprints, as far as ``candidates`` reads them, of images that were mirrored or turned by quarters."""
    grid = np.arange(FIELDS * FIELDS).reshape(FIELDS, FIELDS)
    order = turn(grid, transpose, flip_rows, flip_columns).reshape(-1)
    return Fingerprints(**{**vars(prints), "thumbnails": prints.thumbnails[:, order]})


def turn(image: NDArray[Any], transpose: bool, flip_rows: bool, flip_columns: bool) -> NDArray[Any]:
    """Mirror or turn an image by quarters in its last two dimensions."""
    image = image.swapaxes(-1, -2) if transpose else image
    return image[..., :: -1 if flip_rows else 1, :: -1 if flip_columns else 1]


def _block(images: Sequence[NDArray[Any]] | NDArray[Any], scale: float) -> Fingerprints:
    shapes = {image.shape for image in images}
    if len(shapes) < 2:
        return _same_size(np.ascontiguousarray(images), scale)
    # Images of several sizes: one at a time, which is slower.
    return _joined([_same_size(np.ascontiguousarray(image)[None], scale) for image in images])


def _same_size(images: NDArray[Any], scale: float) -> Fingerprints:
    size = str(images.shape[1:]).encode()
    digests = [np.frombuffer(hashlib.blake2b(image.tobytes() + size, digest_size=16).digest(), np.uint64) for image in images]
    values = images.reshape(*images.shape[:2], -1)
    return Fingerprints(
        digests=np.array(digests, np.uint64).reshape(-1, 2),
        thumbnails=(thumbnails(images) / scale).astype(np.float32),
        contrasts=(contrast(images) / scale).astype(np.float32),
        colours=(moments(values) / scale).astype(np.float32),
        borders=(moments(border(images)) / scale).astype(np.float32),
    )


def _nothing() -> Fingerprints:
    widths = {"thumbnails": (FIELDS * FIELDS,), "contrasts": (), "colours": (0,), "borders": (0,)}
    return Fingerprints(digests=np.zeros((0, 2), np.uint64), **{name: np.zeros((0, *width), np.float32) for name, width in widths.items()})


def _room(one: Fingerprints, count: int) -> Fingerprints:
    """Return room for the fingerprints of so many images like one."""
    arrays = {each.name: getattr(one, each.name) for each in fields(one)}
    return Fingerprints(**{name: np.empty((count, *array.shape[1:]), array.dtype) for name, array in arrays.items()})


def _joined(blocks: Sequence[Fingerprints]) -> Fingerprints:
    return Fingerprints(**{each.name: np.concatenate([getattr(block, each.name) for block in blocks]) for each in fields(Fingerprints)})


def _in_waves(prints: Fingerprints, centre: NDArray[np.float64]) -> tuple[Indices, NDArray[np.float64]]:
    """Return the images that show something [m], and their thumbnails as weights of the slowest waves [m, 16].

    What shows nothing is near to all others of its kind, and none of them is found.
    """
    shown, waves = [np.zeros(0, np.int64)], [np.zeros((0, 16))]
    for start in range(0, len(prints.digests), _QUERIES):
        # A part at a time: in double precision, all would take as much memory again.
        directions = _directions(prints.thumbnails[start : start + _QUERIES], centre)
        some = np.flatnonzero(directions.any(1))
        shown.append(some + start)
        waves.append(directions[some] @ _waves())
    return np.concatenate(shown), np.concatenate(waves)


def _directions(thumbnails: NDArray[np.float32], centre: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return what is a thumbnail's own, as a vector of length 1, [n, 64]; 0 where it shows nothing."""
    own = thumbnails.astype(np.float64)
    own -= own.mean(1, keepdims=True) + centre
    lengths = np.linalg.norm(own, axis=1, keepdims=True)
    return np.asarray(np.where(lengths > _FLAT * FIELDS, own / np.maximum(lengths, 1e-12), 0.0))


def _waves() -> NDArray[np.float64]:
    """Return the slowest 16 waves of a discrete cosine transform over 8 x 8 fields, as columns of length 1, [64, 16]."""
    place, frequency = np.arange(FIELDS) + 0.5, np.arange(4)[:, None]
    waves = np.cos(np.pi * place * frequency / FIELDS)
    waves /= np.linalg.norm(waves, axis=1, keepdims=True)
    return np.asarray(np.einsum("ay,bx->yxab", waves, waves).reshape(FIELDS * FIELDS, -1))
