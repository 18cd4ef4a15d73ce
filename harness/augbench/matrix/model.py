"""The matrix: rows, columns, seeds and the settings of each cell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from augbench.config.snapshots import Snapshot
from augbench.values.errors import Position
from augbench.values.settings import Column, ReportSettings, Row, Settings, Trial

Cell = tuple[str, str]
"""Row name, column name."""


@dataclass(frozen=True, kw_only=True)
class Named:
    """A class that the matrix names, and where."""

    name: str
    where: Position
    columns: tuple[str, ...]
    """The data sets of which one should have it."""


@dataclass(frozen=True, kw_only=True)
class Places:
    """What can only be checked with the data at hand."""

    minority: Mapping[str, tuple[Named, ...]] = field(default_factory=dict)
    """By column: the names in its list."""
    below: Mapping[str, Position | None] = field(default_factory=dict)
    """By column: where its share of the largest class was written; None for the default."""
    per_class: tuple[Named, ...] = ()
    columns: Mapping[str, Position] = field(default_factory=dict)
    """Where each data set was named."""


@dataclass(frozen=True, kw_only=True)
class Matrix:
    """A validated matrix file."""

    path: Path
    text: str
    """The file's own text, then those of the files that it extends."""
    title: str
    rows: tuple[Row, ...]
    columns: tuple[Column, ...]
    seeds: tuple[int, ...]
    report: ReportSettings
    cells: Mapping[Cell, Settings]
    """By row and column name; what is excluded or not selected is absent."""
    notes: tuple[str, ...] = ()
    """Remarks for the plan."""
    plugins: tuple[str, ...] = ()
    """Files and modules to load beside the installed plugins, as paths or names."""
    snapshot: Snapshot = field(compare=False)
    """What it was read from."""
    _dropped: frozenset[tuple[str, str, int]] = frozenset()
    """Row, column and seed of trials that are excluded one by one."""
    _places: Places = field(default_factory=Places)

    @property
    def data_sets(self) -> tuple[str, ...]:
        """Return the names of all data sets of the file, whether any row is selected on them or not."""
        return tuple(self._places.columns)

    def trials(self) -> tuple[Trial, ...]:
        """Return every trial, in the order of columns, seeds, rows, folds."""
        return tuple(
            Trial(row=row.name, column=column.name, seed=seed, fold=fold, settings=self.cells[row.name, column.name])
            for column in self.columns
            for seed in self.seeds
            for row in self.rows
            if (row.name, column.name) in self.cells and (row.name, column.name, seed) not in self._dropped
            for fold in (range(column.folds) if column.folds else (None,))
        )
