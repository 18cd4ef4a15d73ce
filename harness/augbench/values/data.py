"""Data sets, their splits and the images behind ``take``."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from augbench.values.components import Component, Kind

if TYPE_CHECKING:
    import numpy as np
    import torch
    from numpy.typing import NDArray
    from torch import Tensor


@dataclass(frozen=True, kw_only=True)
class Probe:
    """What a data set tells about itself before it is loaded."""

    classes: tuple[str, ...]
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

    def pooled(self) -> tuple[int, ...]:
        """Count the images of each class that folds are made of: training and validation together."""
        splits = [self.counts[split] for split in ("train", "validation") if split in self.counts]
        return tuple(sum(parts) for parts in zip(*splits, strict=True))


@dataclass(frozen=True, kw_only=True)
class Split:
    """Images with labels; ``images[i]`` is one uint8 or uint16 array [H, W, C], decoded when asked for."""

    images: Sequence[NDArray[Any]]
    labels: NDArray[np.int64]
    ids: tuple[str, ...]
    """A name for each image, unique in the data set: pairs predictions across trials."""
    groups: tuple[str, ...] | None = None


@dataclass(frozen=True, kw_only=True)
class Card:
    """What a reader should know of a data set."""

    title: str
    source: str = ""
    licence: str = ""
    citation: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Splits:
    """A loaded data set."""

    classes: tuple[str, ...]
    train: Split
    test: Split
    validation: Split | None = None


class Dataset(Component, ABC):
    """A source of labelled images."""

    kind: ClassVar[Kind] = "dataset"

    def card(self) -> Card:
        """Return what a reader of the report should know, without reading any file."""
        return Card(title=type(self).__name__)

    @abstractmethod
    def probe(self) -> Probe:
        """Look, cheaply: classes, counts, sizes, digest.  Raise a ``DataError`` on anything unusable."""

    @abstractmethod
    def load(self) -> Splits:
        """Return the splits; decoding may wait until an image is asked for."""


class Resize(Component, ABC):
    """Brings every image of a data set to one size."""

    kind: ClassVar[Kind] = "resize"

    @abstractmethod
    def shape(self) -> tuple[int, int]:
        """Return the height and width of every result."""

    @abstractmethod
    def apply(self, image: NDArray[Any]) -> NDArray[Any]:
        """Resize one image [H, W, C], keeping its type."""


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
