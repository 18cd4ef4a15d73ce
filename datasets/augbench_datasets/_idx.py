"""Read idx files, as MNIST and its kin have them, plain or gzipped: one header, and exactly the numbers that it announces."""

from __future__ import annotations

import gzip
import struct
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import numpy as np

from augbench import NotFetched, UnreadableData
from augbench_datasets._labelled import Labelled, check_labels, image_shape, labels_of
from augbench_datasets._named import Named, given
from augbench_datasets._numbers import Numbers, plain, readable

_UINT8 = 0x08
MNIST = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")
"""The four files of MNIST and of what takes its place: images and labels to train on, then those to test on."""


def folder_with(folders: Iterable[Path], files: Sequence[str], name: str) -> Path:
    """Return the first folder that holds all files, plain or gzipped.  Raise ``NotFetched`` for the data set of that name."""
    folders = tuple(folders)
    for folder in folders:
        if all(_file(folder, file) for file in files):
            return folder
    raise NotFetched(folders[0] / files[0], name)


def read_four(folder: Path, files: Sequence[str], classes: Sequence[str], *, first: int = 0) -> Labelled:
    """Read headers and labels of training and test files; ``first`` is the label of the first class."""
    return given(
        folder, [_named(folder, prefix, files[at : at + 2], classes, first) for prefix, at in (("train", 0), ("test", 2))], classes
    )


def _named(folder: Path, prefix: str, files: Sequence[str], classes: Sequence[str], first: int) -> Named:
    pictures, marks = (_read_header(folder, file, dimensions) for file, dimensions in zip(files, (3, 1), strict=True))
    labels = labels_of(marks, files[1], folder, pictures.shape[0]) - first
    check_labels(labels, len(classes), files[1], folder)
    return Named(prefix=prefix, images=pictures, shape=image_shape(pictures, files[0], folder), labels=labels, groups=None)


def _read_header(folder: Path, file: str, dimensions: int) -> Numbers:
    """Read the header of a file, plain or gzipped.  Raise ``UnreadableData``."""
    path = _file(folder, file)
    if path is None:
        raise NotFetched(folder / file, file)
    packed = path.suffix == ".gz"
    with readable(path), _open(path) as stream:
        shape = _shape(stream, path, dimensions)
    start = 4 * (1 + dimensions)
    if not packed:
        return plain(path, np.uint8, shape, start)

    @contextmanager
    def opened() -> Iterator[IO[bytes]]:
        with _open(path) as stream:
            stream.read(start)
            yield stream

    numbers = Numbers(path=path, name="", dtype=np.dtype(np.uint8), shape=shape, opened=opened)
    numbers.check_growth(path.stat().st_size)
    return numbers


def _file(folder: Path, name: str) -> Path | None:
    return next((path for path in (folder / name, folder / f"{name}.gz") if path.is_file()), None)


def _open(path: Path) -> IO[bytes]:
    return gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb")  # type: ignore[return-value]


def _shape(stream: IO[bytes], path: Path, dimensions: int) -> tuple[int, ...]:
    magic = stream.read(4)
    if magic != bytes([0, 0, _UINT8, dimensions]):
        raise UnreadableData(
            path, f"it begins with {magic.hex(' ') or 'nothing'}, an idx file of {dimensions} dimensions with 00 00 08 0{dimensions}"
        )
    sides = stream.read(4 * dimensions)
    if len(sides) < 4 * dimensions:
        raise UnreadableData(path, "it ends within its header")
    return struct.unpack(f">{dimensions}I", sides)
