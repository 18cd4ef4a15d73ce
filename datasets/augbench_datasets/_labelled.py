"""Arrays of images with labels, as a data set: checked, counted, hashed, and made into splits."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from augbench import Probe, Split, Splits
from augbench_datasets._array_errors import BadArray
from augbench_datasets._counting import demand_all, groups_by_class
from augbench_datasets._numbers import Numbers

_MOST_CHANNELS = 4
"""A picture that is no higher, and has more channels, has them first."""
_TYPES = ("uint8", "uint16")


@dataclass(frozen=True, kw_only=True)
class Part:
    """One split: labels are read, images wait."""

    images: Callable[[], Sequence[NDArray[Any]]]
    """Gives arrays [H, W, C]."""
    labels: NDArray[np.int64]
    ids: tuple[str, ...]
    groups: tuple[str, ...] | None = None

    def split(self) -> Split:
        """Return the split, its pixels mapped."""
        return Split(images=self.images(), labels=self.labels, ids=self.ids, groups=self.groups)

    def only(self, places: Sequence[int]) -> Part:
        """Return the images at some places."""
        chosen = Split(images=(), labels=self.labels, ids=self.ids, groups=self.groups).only(places)
        return Part(images=lambda: self.split().only(places).images, labels=chosen.labels, ids=chosen.ids, groups=chosen.groups)


@dataclass(frozen=True, kw_only=True)
class Labelled:
    """Images in arrays."""

    path: Path
    classes: tuple[str, ...]
    shape: tuple[int, int, int]
    """Height, width and channels of every image."""
    parts: Mapping[str, Part]
    """By split: ``train``, ``test`` and maybe ``validation``."""
    sources: tuple[Numbers, ...]
    """What the pixels are made of."""
    notes: tuple[str, ...] = ()

    def probe(self, *settings: Any) -> Probe:
        """Hash pixels, labels and whatever settings decide them.  Raise ``EmptyClass`` where a class is missing."""
        counts = {name: tuple(np.bincount(part.labels, minlength=len(self.classes)).tolist()) for name, part in self.parts.items()}
        demand_all(self.classes, counts, self.path)
        height, width, channels = self.shape
        return Probe(
            classes=self.classes,
            counts=counts,
            channels=channels,
            size=(height, width),
            groups=self._groups(),
            digest=self._digest(settings),
            notes=self.notes,
        )

    def splits(self) -> Splits:
        """Return splits whose pixels are mapped."""
        made = {name: part.split() for name, part in self.parts.items()}
        return Splits(classes=self.classes, train=made["train"], validation=made.get("validation"), test=made["test"])

    def in_colour(self) -> Labelled:
        """Return the same with the one channel of grey images three times, which takes no memory."""
        if self.shape[2] != 1:
            return self
        shape = (*self.shape[:2], 3)
        parts = {name: replace(part, images=partial(_coloured, part.images)) for name, part in self.parts.items()}
        return replace(self, shape=shape, parts=parts)

    def _groups(self) -> tuple[int, ...] | None:
        if self.parts["train"].groups is None:
            return None
        learnt = [part for name, part in self.parts.items() if name != "test"]
        pairs = (pair for part in learnt for pair in zip(part.labels.tolist(), part.groups or (), strict=True))
        return groups_by_class(range(len(self.classes)), pairs)

    def _digest(self, settings: tuple[Any, ...]) -> str:
        found = hashlib.sha256(json.dumps([*settings, self.classes, self.shape]).encode())
        for numbers in self.sources:
            found.update(json.dumps([numbers.dtype.str, numbers.shape, numbers.columns]).encode())
            for block in numbers.blocks():
                found.update(block)
        for name, part in self.parts.items():
            found.update(json.dumps([name, part.ids, part.groups]).encode())
            found.update(part.labels.astype("<i8").tobytes())
        return found.hexdigest()


def _coloured(grey: Callable[[], Sequence[NDArray[Any]]]) -> Sequence[NDArray[Any]]:
    images = np.asarray(grey())
    coloured: Sequence[NDArray[Any]] = np.broadcast_to(images, (*images.shape[:3], 3))  # type: ignore[assignment]
    return coloured


def image_shape(numbers: Numbers, name: str, path: Path, *, channels_first: bool = False) -> tuple[int, int, int]:
    """Return height, width and channels of images [N, H, W] or [N, H, W, C] ([N, C, H, W]).  Raise ``BadArray``."""
    if str(numbers.dtype) not in _TYPES:
        raise BadArray(name, path, f"holds {numbers.dtype} numbers", _as_integers(numbers.dtype))
    if len(numbers.shape) not in (3, 4) or 0 in numbers.shape:
        hint = "images are [N, H, W] or [N, H, W, C], at least one"
        raise BadArray(name, path, f"has shape {numbers.shape}", hint)
    if len(numbers.shape) == 3:
        return (*numbers.shape[1:], 1)
    sides = numbers.shape[1:]
    channels, height, width = sides if channels_first else (sides[2], *sides[:2])
    if min(height, width) <= _MOST_CHANNELS < channels:
        other = "false" if channels_first else "true"
        hint = f"set channels-first = {other} if its shape {numbers.shape} is meant otherwise"
        raise BadArray(name, path, f"holds images of {height} x {width} pixels with {channels} channels", hint)
    return height, width, channels


def _as_integers(dtype: np.dtype[Any]) -> str:
    if dtype.kind == "f":
        return "save whole numbers, such as (255 * images).round().astype('uint8') where they are in [0, 1]"
    return "save it with .astype('uint8') or .astype('uint16')"


def pixels(images: NDArray[Any], *, channels_first: bool = False) -> NDArray[Any]:
    """Return a view [N, H, W, C]."""
    if images.ndim == 3:
        return images[..., None]
    return np.moveaxis(images, 1, -1) if channels_first else images


def labels_of(numbers: Numbers, name: str, path: Path, images: int) -> NDArray[np.int64]:
    """Read one label an image, [N] or [N, 1], none negative.  Raise ``BadArray``."""
    if len(numbers.shape) == 2 and numbers.shape[1] > 1:
        hint = "one number an image is needed: several labels an image cannot be compared, and one-hot rows become numbers by .argmax(1)"
        raise BadArray(name, path, f"has shape {numbers.shape}", hint)
    if numbers.shape not in ((images,), (images, 1)):
        raise BadArray(name, path, f"has shape {numbers.shape}", f"there are {images:,} images, and each needs one label")
    if numbers.dtype.kind not in "iub":
        hint = "number the classes from 0 and save them with .astype('int64')"
        raise BadArray(name, path, f"holds {numbers.dtype} numbers, not whole ones", hint)
    labels = numbers.read().reshape(-1).astype(np.int64)
    if labels.min() < 0:
        place = int(labels.argmin())
        raise BadArray(
            name, path, f"holds {labels[place]} at place {place}", "a label is 0 or more: number the classes from 0, or leave the image out"
        )
    return labels


def check_labels(labels: NDArray[np.int64], classes: int, name: str, path: Path) -> None:
    """Raise ``BadArray`` where a label is beyond the classes."""
    if labels.max() >= classes:
        place = int(labels.argmax())
        why = f"holds {labels[place]} at place {place}, and {classes} classes are numbered 0 to {classes - 1}"
        raise BadArray(name, path, why, "correct the label, or the names of classes")
