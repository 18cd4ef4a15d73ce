"""Drawn blood cells: a data set for trials and tests that needs no files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from threading import local
from typing import TYPE_CHECKING, Annotated, Any

from annotated_types import Ge, Le, Len

from augbench import Card, Dataset, Probe, Split, Splits

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

CLASSES = ("smooth", "oval", "granular", "crenated", "banded", "lobed", "twin")
"""Named by what is drawn; no cell type is meant."""

Counts = Annotated[tuple[Annotated[int, Ge(1)], ...], Len(7, 7)]


@dataclass(frozen=True, kw_only=True)
class Phantom(Dataset):
    """Stained cells on a pale background, in seven classes whose cues overlap: outline, nucleus, texture, stain, neighbours.

    A cell depends on the seed, its split, its class and its number alone: more images of a class leave the others as
    they are, and another size shows the same cells.
    """

    size: Annotated[int, Ge(8), Le(1024)] = 32
    """Height and width of an image, in pixels."""
    train: Counts = (600, 360, 360, 60, 24, 14, 10)
    """Training images of smooth, oval, granular, crenated, banded, lobed and twin cells."""
    test: Counts = (600, 360, 360, 60, 30, 30, 30)
    """Test images of each class."""
    validation: Counts | None = None
    """Validation images of each class; a third of the training images, at least 3, unless given."""
    seed: Annotated[int, Ge(0)] = 0
    """Another seed draws other cells of the same kinds."""

    def card(self) -> Card:
        """Say that nothing here is a real cell."""
        return Card(
            title="Phantom: drawn blood cells in seven overlapping classes",
            source="drawn by augbench; no real cell was looked at",
            licence="Apache-2.0",
            notes=("Classes are named by their looks and mean no cell type: results on them say nothing about medicine.",),
        )

    def probe(self) -> Probe:
        """Return what is drawn, without drawing it."""
        from augbench_datasets._cells import REVISION

        return Probe(classes=CLASSES, counts=self._counts(), channels=3, size=(self.size, self.size), digest=_digest(REVISION, self))

    def load(self) -> Splits:
        """Return splits whose images are drawn when asked for."""
        train, validation, test = (self._split(number, name) for number, name in enumerate(self._counts()))
        return Splits(classes=CLASSES, train=train, validation=validation, test=test)

    def _counts(self) -> dict[str, tuple[int, ...]]:
        validation = self.validation or tuple(max(3, count // 3) for count in self.train)
        # The order is part of the seed of every cell.
        return {"train": self.train, "validation": validation, "test": self.test}

    def _split(self, number: int, name: str) -> Split:
        import numpy as np

        counts = self._counts()[name]
        return Split(
            images=_Drawn(self.seed, number, counts, self.size),
            labels=np.repeat(np.arange(len(counts), dtype=np.int64), counts),
            ids=tuple(f"{name}/{CLASSES[label]}/{index:05d}" for label, count in enumerate(counts) for index in range(count)),
        )


class _Drawn(Sequence[Any]):
    """Images of one split; drawn, and kept, a block at a time."""

    def __init__(self, seed: int, split: int, counts: tuple[int, ...], size: int) -> None:
        self._seed, self._split, self._size = seed, split, size
        self._members = [(label, index) for label, count in enumerate(counts) for index in range(count)]
        # A block's planes fit a processor's cache.
        self._at_once = max(1, 2**15 // size**2)
        # One a thread: two that read different places would draw each other's blocks again and again.
        self._kept = local()

    def __len__(self) -> int:
        return len(self._members)

    def __getitem__(self, index: Any) -> Any:
        place = range(len(self))[index]
        number = place // self._at_once
        if getattr(self._kept, "number", None) != number:
            self._kept.number, self._kept.block = number, self._draw(number)
        return self._kept.block[place % self._at_once]

    def __iter__(self) -> Iterator[Any]:
        return (self[index] for index in range(len(self)))

    def _draw(self, number: int) -> NDArray[np.uint8]:
        from augbench_datasets._cells import draw_cells

        members = self._members[number * self._at_once :][: self._at_once]
        labels, numbers = zip(*members, strict=True)
        return draw_cells(self._seed, self._split, labels, numbers, self._size)


def _digest(revision: int, phantom: Phantom) -> str:
    import hashlib
    import json

    settings = asdict(phantom) | {"validation": phantom._counts()["validation"]}
    return hashlib.sha256(json.dumps(["phantom", revision, settings], sort_keys=True).encode()).hexdigest()
