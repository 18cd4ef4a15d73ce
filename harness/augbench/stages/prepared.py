"""The prepared data set: one array of pixels a split, all of one size, with labels and what is known of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from augbench.quality.auditing import Part, audit
from augbench.stages.contents import save_array
from augbench.store.files import write_json
from augbench.values.auditing import Finding
from augbench.values.data import SCALES, Resize, Split, Splits
from augbench.values.errors import DataError, EmptyClass, OddImage, OddPixels, RefusedImage
from augbench.values.numbers import many
from augbench.values.ordered import in_order
from augbench.values.synthesis import Progress

_META = "meta.json"


@dataclass(frozen=True, kw_only=True)
class PreparedSplit:
    """One split: ``pixels`` stays in its file until rows are asked for."""

    pixels: NDArray[Any]
    """uint8 or uint16 [N, C, H, W]."""
    labels: NDArray[np.int64]
    ids: tuple[str, ...]
    groups: tuple[str, ...] | None = None


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """A data set, ready for the device."""

    classes: tuple[str, ...]
    shape: tuple[int, int, int]
    """Channels, height and width of every image."""
    scale: float
    """The integer value that means 1.0: 255 or 65535."""
    mean: tuple[float, ...]
    """Mean of the training images, by channel, in [0, 1]."""
    sd: tuple[float, ...]
    """Standard deviation of the training images' pixels, by channel."""
    train: PreparedSplit
    test: PreparedSplit
    validation: PreparedSplit | None = None
    audit: tuple[Finding, ...] = ()
    """What a user should know of the images, such as that some are in training and test."""

    def images(self) -> str:
        """Say what every image is, in words."""
        return _words(self.shape, self.train.pixels.itemsize)


def write_prepared(splits: Splits, resize: Resize | None, folder: Path, name: str, progress: Progress) -> None:
    """Decode, resize and store every image of a data set called ``name``; equal images give equal bytes.

    Raise ``OddImage`` where one differs from the first in size or type, ``OddPixels`` where they are neither uint8 nor
    uint16, ``EmptyClass`` where the training or test split lacks a class.
    """
    _check_classes(splits, name)
    total, done = sum(len(split.ids) for split in splits.parts.values()), 0
    first = _preparing(splits.train, resize)(0)
    moments = _Moments(first.shape[0])
    for part, split in splits.parts.items():
        with (folder / f"{part}.npy").open("wb") as file:
            _write_header(file, first, len(split.ids))
            images = in_order(_preparing(split, resize), len(split.ids), size=first.nbytes)
            for image, identity in zip(images, split.ids, strict=True):
                _check(image, first, identity)
                # A mapped file would die of SIGBUS on a full disk; a written one raises.
                file.write(image.tobytes())
                if part == "train":
                    moments.add(image)
                done += 1
                progress(done, total)
        _write_labels(folder, part, split)
    _write_meta(folder, splits, first, moments)


def read_prepared(folder: Path) -> Prepared:
    """Return what ``write_prepared`` left; pixels are mapped, not read."""
    meta = json.loads((folder / _META).read_text(encoding="utf-8"))
    channels, height, width = meta["shape"]
    return Prepared(
        classes=tuple(meta["classes"]),
        shape=(channels, height, width),
        scale=meta["scale"],
        mean=tuple(meta["mean"]),
        sd=tuple(meta["sd"]),
        train=_read_split(folder, "train"),
        test=_read_split(folder, "test"),
        validation=_read_split(folder, "validation") if "validation" in meta["counts"] else None,
        audit=tuple(map(Finding.read, meta["audit"])),
    )


class _Moments:
    """Sums of training pixels by channel: whole numbers, so exact and free of order."""

    def __init__(self, channels: int) -> None:
        self.count = 0
        self.sums, self.squares = [0] * channels, [0] * channels

    def add(self, image: NDArray[Any]) -> None:
        """Count the pixels of one image [C, H, W]."""
        values = image.reshape(len(image), -1).astype(np.int64)
        self.count += values.shape[1]
        for channel, (total, square) in enumerate(zip(values.sum(1), (values * values).sum(1), strict=True)):
            self.sums[channel] += int(total)
            self.squares[channel] += int(square)

    def mean(self, scale: float) -> list[float]:
        """Return the mean by channel, in [0, 1]."""
        return [total / (self.count * scale) for total in self.sums]

    def sd(self, scale: float) -> list[float]:
        """Return the standard deviation by channel, in [0, 1]."""
        # Over n, in whole numbers up to the root: a difference of large floats would lose its digits.
        pairs = zip(self.sums, self.squares, strict=True)
        return [float(np.sqrt((self.count * square - total * total) / self.count**2)) / scale for total, square in pairs]


def _check_classes(splits: Splits, name: str) -> None:
    counts = splits.counts
    for part in ("train", "test"):
        for class_name, count in zip(splits.classes, counts[part], strict=True):
            if count == 0:
                raise EmptyClass(class_name, part, name)


def resized(split: Split, index: int, resize: Resize | None) -> NDArray[Any]:
    """Return one image of a split [H, W, C], brought to size.  Raise ``RefusedImage`` where the resize cannot do so."""
    image = split.images[index]
    try:
        return image if resize is None else resize.apply(image)
    except DataError as error:
        raise RefusedImage(split.ids[index], error) from error


def _preparing(split: Split, resize: Resize | None) -> Callable[[int], NDArray[Any]]:
    """Return what makes one image of a split, [C, H, W]."""
    # Contiguous, here already: copying is work for the threads, too.
    return lambda index: np.ascontiguousarray(np.moveaxis(resized(split, index, resize), 2, 0))


def _check(image: NDArray[Any], first: NDArray[Any], identity: str) -> None:
    if str(image.dtype) not in SCALES:
        raise OddPixels(identity, str(image.dtype))
    if image.shape == first.shape and image.dtype == first.dtype:
        return
    hint = 'set resize, such as { use = "bilinear", size = 64 }' if image.shape[1:] != first.shape[1:] else "convert it"
    raise OddImage(identity, _described(image), _described(first), hint)


def _described(image: NDArray[Any]) -> str:
    channels, height, width = image.shape
    return _words((channels, height, width), image.itemsize)


def _words(shape: tuple[int, int, int], size: int) -> str:
    channels, height, width = shape
    return f"{height} x {width} pixels, {many(channels, 'channel')}, {8 * size} bit"


def _write_header(file: Any, first: NDArray[Any], count: int) -> None:
    description = {"descr": np.lib.format.dtype_to_descr(first.dtype), "fortran_order": False, "shape": (count, *first.shape)}
    np.lib.format.write_array_header_1_0(file, description)


def _write_labels(folder: Path, part: str, split: Split) -> None:
    save_array(folder / f"{part}.labels.npy", np.asarray(split.labels, dtype=np.int64))
    write_json(folder / f"{part}.json", {"ids": split.ids, "groups": split.groups})


def _write_meta(folder: Path, splits: Splits, first: NDArray[Any], moments: _Moments) -> None:
    scale = SCALES[str(first.dtype)]
    written = {part: _read_split(folder, part) for part in splits.parts}
    meta = {
        "classes": splits.classes,
        "counts": splits.counts,
        "shape": first.shape,
        "scale": scale,
        "mean": moments.mean(scale),
        "sd": moments.sd(scale),
        "audit": [finding.brief() for finding in _audited(written, splits.classes, scale)],
    }
    write_json(folder / _META, meta)


def _audited(splits: Mapping[str, PreparedSplit], classes: Sequence[str], scale: float) -> tuple[Finding, ...]:
    """Tell what a user should know of prepared images, by their pixels as a classifier sees them."""
    parts = [
        Part(name=name, take=split.pixels.__getitem__, labels=split.labels, ids=split.ids, groups=split.groups)
        for name, split in splits.items()
    ]
    return audit(parts, classes, scale)


def _read_split(folder: Path, part: str) -> PreparedSplit:
    notes = json.loads((folder / f"{part}.json").read_text(encoding="utf-8"))
    return PreparedSplit(
        pixels=np.load(folder / f"{part}.npy", mmap_mode="r", allow_pickle=False),
        labels=np.load(folder / f"{part}.labels.npy", allow_pickle=False),
        ids=tuple(notes["ids"]),
        groups=None if notes["groups"] is None else tuple(notes["groups"]),
    )
