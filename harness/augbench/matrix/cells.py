"""Come to the settings of every cell: lay what the sections of a file say over one another, and build what they come to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from augbench.config.build import Builder, Owner
from augbench.config.layers import Layer, Layers, Stack
from augbench.matrix.columns import ColumnSource
from augbench.matrix.model import Cell
from augbench.matrix.notes import notes
from augbench.matrix.rows import Expanded
from augbench.matrix.select import Exclusion, Selection, dropped
from augbench.values.settings import Settings


@dataclass(frozen=True, kw_only=True)
class Said:
    """What one section says."""

    label: str
    """Which section it is: ``rows.ours``."""
    layer: Layer
    lenient: bool = False
    """Whether it means all rows, and need not make sense for each."""


@dataclass(frozen=True, kw_only=True)
class Filled:
    """The cells of a matrix."""

    cells: Mapping[Cell, Settings]
    notes: tuple[str, ...]
    dropped: frozenset[tuple[str, str, int]]


@dataclass(frozen=True, kw_only=True)
class Cells:
    """What rows and data sets say."""

    layers: Layers
    builder: Builder
    base: Layer
    told: Layer
    """What --set says of all rows."""
    selection: Selection
    exclusions: Sequence[Exclusion]
    rows: Sequence[Expanded]
    columns: Sequence[ColumnSource]

    def fill(self) -> Filled:
        """Build every cell; those that are not selected only to check them."""
        cells: dict[Cell, Settings] = {}
        remarks: dict[str, None] = {}
        gone: set[tuple[str, str, int]] = set()
        base = self.layers.over(Stack(), self.base)
        for column in self.columns:
            stack = self.layers.over(base, column.layer)
            for row in self.rows:
                final = stack
                for said in self.of_row(row, column.name):
                    final = self.over(final, said)
                excluded = [one for one in self.exclusions if one.matches(row, column.name, final.plain, self.layers.table)]
                if any(one.seeds is None for one in excluded):
                    continue
                settings = self.builder.settings(final.plain, final.classes, _owner(column))
                if settings is not None and self.selection(row.row.name, column.name):
                    cells[row.row.name, column.name] = settings
                    remarks.update(dict.fromkeys(notes(row, column, final, settings)))
                    gone.update(trial for one in excluded for trial in dropped(one, row.row.name, column.name))
        return Filled(cells=cells, notes=tuple(remarks), dropped=frozenset(gone))

    def over(self, stack: Stack, said: Said) -> Stack:
        """Lay a section over what earlier ones have come to."""
        return self.layers.over(stack, said.layer, lenient=said.lenient)

    def of_column(self, column: ColumnSource) -> Iterator[Said]:
        """Yield what all rows have in common on a data set, the later word last."""
        yield Said(label="base", layer=self.base)
        yield Said(label=f"datasets.{column.name}", layer=column.layer)

    def of_row(self, row: Expanded, column: str) -> Iterator[Said]:
        """Yield what is said of a row on a data set beyond that."""
        name = row.source.name
        yield Said(label=f"rows.{name}", layer=row.source.layer)
        if column in row.source.on:
            yield Said(label=f"rows.{name}.on.{column}", layer=row.source.on[column])
        yield Said(label="axes", layer=row.layer, lenient=True)
        # What the user asks of a few rows need not make sense for the others.
        if self.selection(row.row.name, column):
            yield Said(label="--set", layer=self.told, lenient=True)


def _owner(source: ColumnSource) -> Owner:
    return Owner(
        name=f"data set '{source.name}'", where=source.where, hint=f"set {{}} in [base], in [datasets.{source.name}.set] or in every row"
    )
