"""Make a data set of arrays that go by MedMNIST's names, or by plain ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from augbench_datasets._array_errors import BadArray, TwoDivisions
from augbench_datasets._division import Division
from augbench_datasets._labelled import Labelled, Part, check_labels, image_shape, labels_of, pixels
from augbench_datasets._npz import Arrays, open_arrays
from augbench_datasets._numbers import Numbers

_SPLITS = {"train": "train", "val": "validation", "test": "test"}


@dataclass(frozen=True, kw_only=True)
class Named:
    """Images, labels and maybe groups that share a prefix."""

    prefix: str
    images: Numbers
    shape: tuple[int, int, int]
    labels: NDArray[np.int64]
    groups: tuple[str, ...] | None


def read_arrays(
    path: Path,
    classes: Sequence[str] | None,
    *,
    channels_first: bool = False,
    division: Division | None = None,
    again: str = "save it again",
) -> Labelled:
    """Read labels and headers; pixels wait.  Raise a ``DataError`` for whatever cannot be used."""
    arrays = open_arrays(path, again)
    if "images" in arrays and "train_images" not in arrays:
        return _divided(path, _read_named(arrays, "", channels_first=channels_first), classes, division or Division(), channels_first)
    if division is not None:
        raise TwoDivisions(path)
    wanted = [prefix for prefix in _SPLITS if prefix != "val" or "val_images" in arrays]
    return given(path, [_read_named(arrays, prefix, channels_first=channels_first) for prefix in wanted], classes, channels_first)


def _read_named(arrays: Arrays, prefix: str, *, channels_first: bool = False) -> Named:
    """Read the arrays of one prefix."""
    start = f"{prefix}_" if prefix else ""
    images = arrays[f"{start}images"]
    shape = image_shape(images, f"{start}images", arrays.path, channels_first=channels_first)
    labels = labels_of(arrays[f"{start}labels"], f"{start}labels", arrays.path, images.shape[0])
    name = f"{start}groups"
    groups = _groups(arrays[name], name, arrays.path, len(labels)) if name in arrays else None
    return Named(prefix=prefix, images=images, shape=shape, labels=labels, groups=groups)


def _groups(numbers: Numbers, name: str, path: Path, images: int) -> tuple[str, ...]:
    if numbers.shape not in ((images,), (images, 1)) or numbers.dtype.kind not in "iuU":
        why = f"has shape {numbers.shape} of {numbers.dtype}"
        raise BadArray(name, path, why, f"there are {images:,} images, and each needs one whole number or text")
    values = numbers.read().reshape(-1)
    try:
        groups = tuple(map(str, values.tolist()))
        "".join(groups).encode()
    # NumPy takes any number for a letter, and Python says so with either.
    except (SystemError, ValueError) as error:
        raise BadArray(name, path, "holds numbers that stand for no letters", "save it again") from error
    return groups


def given(path: Path, found: Sequence[Named], classes: Sequence[str] | None, channels_first: bool = False) -> Labelled:
    """Make a data set of its splits.  Raise ``BadArray`` where they are not alike, or a label is beyond the classes."""
    _check_alike(path, found)
    names = _classes(found, classes, path)
    return Labelled(
        path=path,
        classes=names.classes,
        shape=found[0].shape,
        parts={_SPLITS[named.prefix]: _whole(named, names, channels_first) for named in found},
        sources=tuple(named.images for named in found),
    )


def _whole(named: Named, names: _Classes, channels_first: bool) -> Part:
    return Part(
        images=_mapped(named.images, channels_first),
        labels=names.numbers(named.labels),
        ids=tuple(f"{named.prefix or 'images'}/{index}" for index in range(len(named.labels))),
        groups=named.groups,
    )


def _mapped(numbers: Numbers, channels_first: bool) -> Callable[[], Any]:
    return lambda: pixels(numbers.array(), channels_first=channels_first)


def _divided(path: Path, found: Named, classes: Sequence[str] | None, division: Division, channels_first: bool) -> Labelled:
    names = _classes([found], classes, path)
    everything = _whole(found, names, channels_first)
    divided = division.divide(everything.labels, found.groups, names.classes, path)
    # Mapped once: the parts of a .npz file share what it was unpacked to.
    opened = replace(everything, images=cache(everything.images))
    return Labelled(
        path=path,
        classes=names.classes,
        shape=found.shape,
        parts={split: opened.only(places.tolist()) for split, places in divided.items()},
        sources=(found.images,),
        notes=division.told(divided, everything.labels, found.groups, names.classes),
    )


def _check_alike(path: Path, found: Sequence[Named]) -> None:
    """Raise ``BadArray`` where splits differ in what their images are."""
    first = found[0]
    for other in found[1:]:
        if (other.shape, other.images.dtype) != (first.shape, first.images.dtype):
            why = f"holds {_described(other)}"
            raise BadArray(f"{other.prefix}_images", path, why, f"{first.prefix}_images holds {_described(first)}: save all alike")
        if (other.groups is None) != (first.groups is None):
            without, given = (other, first) if other.groups is None else (first, other)
            hint = f"there is {given.prefix}_groups: save groups for every split, or for none"
            raise BadArray(f"{without.prefix}_groups", path, "is missing", hint)


def _described(named: Named) -> str:
    height, width, channels = named.shape
    return f"{height} x {width} pixels with {channels} channel{'s' * (channels != 1)} ({named.images.dtype})"


@dataclass(frozen=True, kw_only=True)
class _Classes:
    """Names of classes, and the labels that stand for them."""

    classes: tuple[str, ...]
    labels: NDArray[np.int64]
    """Ascending; the place of a label is the number of its class."""

    def numbers(self, labels: NDArray[np.int64]) -> NDArray[np.int64]:
        """Number classes from 0."""
        return np.searchsorted(self.labels, labels).astype(np.int64)


def _classes(found: Sequence[Named], names: Sequence[str] | None, path: Path) -> _Classes:
    if names is None:
        seen = np.unique(np.concatenate([named.labels for named in found]))
        return _Classes(classes=tuple(map(str, seen.tolist())), labels=seen)
    for named in found:
        check_labels(named.labels, len(names), f"{named.prefix}_labels".lstrip("_"), path)
    return _Classes(classes=tuple(names), labels=np.arange(len(names)))
