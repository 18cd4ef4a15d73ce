"""Data sets, their splits and the images behind ``take``."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from augbench.values.components import Component, Kind
from augbench.values.synthesis import Progress

if TYPE_CHECKING:
    import numpy as np
    import torch
    from numpy.typing import NDArray
    from torch import Tensor


@dataclass(frozen=True, kw_only=True)
class Probe:
    """What a data set tells about itself before it is loaded."""

    classes: tuple[str, ...]
    """Names, in the order of the labels."""
    counts: Mapping[str, tuple[int, ...]]
    """Images of each class, by split: ``train``, ``test`` and, where it exists, ``validation``."""
    channels: int
    size: tuple[int, int] | None
    """Height and width, or None where images differ."""
    groups: tuple[int, ...] | None = None
    """How many groups (patients, slides, source pictures) each class has over training and validation, which folds keep
    together; None where images come without."""
    digest: str
    """sha256 of everything that decides pixels, labels, splits and groups."""
    notes: tuple[str, ...] = ()
    """What a user should know before anything is trained, such as how images without splits were divided: told by the plan
    and the report."""

    def pooled(self) -> tuple[int, ...]:
        """Count the images of each class that folds are made of: training and validation together."""
        splits = [self.counts[split] for split in ("train", "validation") if split in self.counts]
        return tuple(sum(parts) for parts in zip(*splits, strict=True))


class Lazy(Sequence[Any]):
    """So many members, each made anew whenever it is asked for, by several threads at once: images that wait to be decoded."""

    def __init__(self, count: int, make: Callable[[int], Any]) -> None:
        self._count, self._make = count, make

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, index: Any) -> Any:
        return self._make(range(self._count)[index])


@dataclass(frozen=True, kw_only=True)
class Split:
    """Images with labels; ``images[i]`` is one uint8 or uint16 array [H, W, C], decoded when asked for."""

    images: Sequence[NDArray[Any]]
    labels: NDArray[np.int64]
    """Class indices, int64 [N]."""
    ids: tuple[str, ...]
    """A name for each image, unique in the data set: pairs predictions across trials."""
    groups: tuple[str, ...] | None = None
    """What each image belongs to, such as a patient or slide, which folds keep together; None where nobody knows."""

    def only(self, places: Sequence[int]) -> Split:
        """Return the images at some places, in this order; none is decoded before it is asked for."""
        return Split(
            images=Lazy(len(places), lambda index: self.images[places[index]]),
            labels=self.labels[list(places)],
            ids=tuple(self.ids[place] for place in places),
            groups=None if self.groups is None else tuple(self.groups[place] for place in places),
        )


@dataclass(frozen=True, kw_only=True)
class Card:
    """What a reader should know of a data set."""

    title: str
    source: str = ""
    """Who made the images, and where they can be had."""
    licence: str = ""
    """As SPDX names it, or in words."""
    citation: str = ""
    images: str = ""
    """Number, size and channels, in words: ``17,092 colour images of 28 x 28``."""
    groups: str = ""
    """What groups stand for, such as patients or slides, in words; empty where none are known."""
    counts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """Images of each class by split, as published: ``{"train": {"basophil": 852}}``; empty where nobody says."""
    traps: tuple[str, ...] = ()
    """What has misled users of these images, a sentence each."""
    notes: tuple[str, ...] = ()
    """What else a user should know, a sentence each."""


@dataclass(frozen=True, kw_only=True)
class Splits:
    """A loaded data set."""

    classes: tuple[str, ...]
    """Names, in the order of the labels."""
    train: Split
    test: Split
    validation: Split | None = None
    """None where there is none: nothing is then chosen by it."""

    @property
    def parts(self) -> dict[str, Split]:
        """Return the splits that there are, by name: ``train``, maybe ``validation``, ``test``."""
        named = {"train": self.train, "validation": self.validation, "test": self.test}
        return {name: split for name, split in named.items() if split is not None}

    @property
    def counts(self) -> dict[str, tuple[int, ...]]:
        """Count the images of each class, by split."""
        import numpy as np

        return {name: tuple(np.bincount(split.labels, minlength=len(self.classes)).tolist()) for name, split in self.parts.items()}


@dataclass(frozen=True, kw_only=True)
class Download:
    """A file that a data set is made of, and where it can be had."""

    url: str
    to: Path
    """Where it belongs."""
    checksum: str | None = None
    """``sha256:...`` or ``md5:...``, as published; None where nobody has published one."""
    bytes: int | None = None
    """Its size, where it is known."""


SCALES = {"uint8": 255.0, "uint16": 65535.0}
"""Types of pixels, and the number that means 1.0."""


def data_folder() -> Path:
    """Return where files go that are fetched: ``AUGBENCH_DATA``, or the user's cache folder."""
    if path := os.environ.get("AUGBENCH_DATA"):
        return Path(path)
    from platformdirs import user_cache_path

    return user_cache_path("augbench") / "data"


class Dataset(Component, ABC):
    """A source of labelled images."""

    kind: ClassVar[Kind] = "dataset"

    def card(self) -> Card:
        """Return what a reader of the report should know, without reading any file."""
        return Card(title=type(self).__name__)

    @abstractmethod
    def probe(self) -> Probe:
        """Look, cheaply: classes, counts, sizes, digest.  Raise a ``DataError`` on anything unusable, ``NotFetched`` without files.

        It reaches for no network, and neither does ``load``: what is missing is fetched by ``bench datasets fetch``.
        """

    @abstractmethod
    def load(self) -> Splits:
        """Return the splits; decoding may wait until an image is asked for.

        Images of a split may be asked for by several threads at once.  Raise ``UnreadableImage`` for one that cannot be decoded.
        """

    def downloads(self) -> tuple[Download, ...]:
        """Name the files that ``bench datasets fetch`` brings, without looking for them; none unless a data set says so."""
        return ()

    def unpack(self, progress: Progress) -> None:
        """Make what ``load`` reads out of what was downloaded; what is there already is left alone."""


class Resize(Component, ABC):
    """Brings every image of a data set to one size."""

    kind: ClassVar[Kind] = "resize"

    @abstractmethod
    def shape(self) -> tuple[int, int]:
        """Return the height and width of every result."""

    @abstractmethod
    def apply(self, image: NDArray[Any]) -> NDArray[Any]:
        """Resize one image [H, W, C], uint8 or uint16, to ``shape``, keeping its type; it is not written to."""

    def check(self, height: int, width: int) -> None:
        """Raise a ``DataError`` for images of a size that this cannot resize: before any is read, where all are of one size."""


class Images(Protocol):
    """Prepared images of one split, resident on the device or memory-mapped."""

    @property
    def shape(self) -> tuple[int, int, int]:
        """Channels, height and width."""

    @property
    def scale(self) -> float:
        """The integer value that means 1.0: 255 or 65535."""

    @property
    def indices_on(self) -> torch.device:
        """Where indices are best, so that ``take`` waits for no copy."""

    def __len__(self) -> int: ...

    def take(self, indices: Tensor) -> Tensor:
        """Return the images at int64 indices [n], in the data set's own type, [n, C, H, W], on the device."""
