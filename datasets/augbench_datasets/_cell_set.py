"""Cells with their splits, ready to be probed and loaded."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from augbench import Lazy, OddImage, Split, Splits
from augbench_datasets._cell_files import Cell
from augbench_datasets._counting import demand_all, groups_by_class
from augbench_datasets._headers import headers
from augbench_datasets._kinds import Kind, check_kind
from augbench_datasets._pictures import Header, decode, inspect

Fit = Callable[[NDArray[Any]], NDArray[Any]]
SPLITS = ("train", "validation", "test")


@dataclass(frozen=True, kw_only=True)
class CellSet:
    """Cells of known classes below one folder."""

    root: Path
    classes: tuple[str, ...]
    cells: tuple[Cell, ...]

    def __post_init__(self) -> None:
        """Raise ``EmptyClass`` where the training or test split lacks a class."""
        demand_all(self.classes, self.counts(), self.root)

    def files(self) -> list[str]:
        """Return all files of all cells."""
        return [name for cell in self.cells for name in cell.files]

    def without(self, dropped: Collection[str]) -> CellSet:
        """Leave cells out.  Raise ``EmptyClass`` where a class is left without."""
        return replace(self, cells=tuple(cell for cell in self.cells if cell.identity not in dropped))

    def look(self) -> dict[str, Header]:
        """Look at every file that has changed since the last look.  Raise ``UnreadableImage`` for a broken one."""
        files = self.files()
        return dict(zip(files, headers(self.root, files), strict=True))

    def counts(self) -> dict[str, tuple[int, ...]]:
        """Count the cells of each class by split."""
        counts = {split: dict.fromkeys(self.classes, 0) for split in SPLITS}
        for cell in self.cells:
            counts[cell.split][cell.label] += 1
        return {split: tuple(found.values()) for split, found in counts.items() if split != "validation" or any(found.values())}

    def groups(self) -> tuple[int, ...]:
        """Count the groups of each class over training and validation."""
        return groups_by_class(self.classes, ((cell.label, cell.group) for cell in self.cells if cell.split != "test"))

    def digest(self, settings: Sequence[object], seen: Mapping[str, Header]) -> str:
        """Return the sha256 of settings, cells and the content of their files."""
        content = hashlib.sha256(json.dumps(settings).encode() + b"\n")
        for cell in self.cells:
            said = [cell.identity, cell.split, cell.label, cell.group, *(seen[name].sha256.hex() for name in cell.files)]
            content.update(json.dumps(said).encode() + b"\n")
        return content.hexdigest()

    def check(self, seen: Mapping[str, Header], channels: Literal["grey"] | None) -> Kind:
        """Return the kind of all pictures.  Raise ``OddImage`` where one is of another, or of another size than its cell's first."""
        first = seen[self.cells[0].files[0]].kind
        for cell in self.cells:
            for name in cell.files:
                check_kind(seen[name].kind, name, first, channels)
                if (found := seen[name].size) != (expected := seen[cell.files[0]].size):
                    raise _odd_size(name, found, expected)
        return first

    def load(self, channels: Literal["grey"] | None, fit: Fit) -> Splits:
        """Return splits whose pictures are decoded, and brought to size by ``fit``, when asked for."""
        first = self.cells[0].files[0]
        kind = inspect(self.root / first, first).kind
        train, validation, test = (self._split(name, kind, channels, fit) for name in SPLITS)
        return Splits(classes=self.classes, train=train, validation=validation if validation.ids else None, test=test)

    def _split(self, name: str, kind: Kind, channels: Literal["grey"] | None, fit: Fit) -> Split:
        cells = [cell for cell in self.cells if cell.split == name]
        number = {label: index for index, label in enumerate(self.classes)}
        return Split(
            images=Lazy(len(cells), lambda index: fit(self._stacked(cells[index], kind, channels))),
            labels=np.array([number[cell.label] for cell in cells], dtype=np.int64),
            ids=tuple(cell.identity for cell in cells),
            groups=tuple(str(cell.group) for cell in cells) if self.cells[0].group is not None else None,
        )

    def _stacked(self, cell: Cell, kind: Kind, channels: Literal["grey"] | None) -> NDArray[Any]:
        """Decode the pictures of a cell and stack their channels."""
        planes = [decode(self.root / name, name, kind, channels) for name in cell.files]
        for name, plane in zip(cell.files, planes, strict=True):
            if plane.shape != planes[0].shape:
                raise _odd_size(name, plane.shape[:2], planes[0].shape[:2])
        return np.concatenate(planes, axis=2)


def _odd_size(name: str, found: tuple[int, ...], expected: tuple[int, ...]) -> OddImage:
    return OddImage(
        name, f"{found[0]} x {found[1]} pixels", f"{expected[0]} x {expected[1]}", "all channels of a cell are of one size: mend the file"
    )
