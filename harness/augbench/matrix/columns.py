"""The data sets of a matrix file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from annotated_types import Ge, Gt, Le

from augbench.config.build import Builder, Owner
from augbench.config.layers import Layer, Layers, class_tables
from augbench.config.overlay import Place
from augbench.config.source import Node
from augbench.config.states import Broken, Held, Seated
from augbench.matrix.sections import Sections
from augbench.values.data import Dataset, Resize
from augbench.values.errors import Position
from augbench.values.settings import Below, Column

_APART = frozenset({"set", "per-class"})
_MINORITY = Below(share=0.2)


@dataclass(frozen=True, kw_only=True)
class DatasetTable:
    """What stands in [datasets.NAME] beside the parameters of the data set itself."""

    dataset: Dataset
    label: str | None = None
    """What reports call it; its name unless given."""
    minority: tuple[str, ...] | Mapping[Literal["below"], Annotated[float, Gt(0), Le(1)]] | None = None
    """The minority classes by name, or those below a share of the largest class; ``{ below = 0.2 }`` unless given."""
    folds: Annotated[int, Ge(2)] | None = None
    """Folds of cross-validation; without it, the given validation split."""
    resize: Resize | None = None
    """How images are brought to one size."""


@dataclass(frozen=True, kw_only=True, eq=False)
class ColumnSource:
    """A data set as it was written."""

    name: str
    column: Column | None
    """None where it could not be built."""
    layer: Layer
    where: Position
    minority: Node | None


def read(sections: Sections, layers: Layers, builder: Builder) -> tuple[ColumnSource, ...]:
    """Read [datasets]."""
    named = sections.named("datasets", "data set", shorthand=True)
    if not named:
        where = sections.tables("datasets")
        sections.findings.add("no data sets", where[-1].origin.key if where else None, "add [datasets.NAME] with 'use'", ("datasets",))
    return tuple(_column(name, nodes, sections, layers, builder) for name, nodes in named.items())


def _column(name: str, nodes: tuple[Node, ...], sections: Sections, layers: Layers, builder: Builder) -> ColumnSource:
    seat = layers.overlay.shapes.seat(DatasetTable, nullable=False)
    place = Place(("datasets", name), f"datasets.{name}")
    state = Seated(None, {})
    for node in nodes:
        state = layers.overlay.seat(seat, state, node, place, _APART)
    where = nodes[-1].origin.key
    table = builder.seat(seat, state, place, Owner(name=f"data set '{name}'", where=where))
    minority = state.beside.get("minority")
    written = minority.node if isinstance(minority, Held) else None
    return ColumnSource(
        name=name,
        column=None if table is None or isinstance(table, Broken) else _built(name, table, written, sections),
        layer=_layer(name, nodes, sections, layers),
        where=where,
        minority=written,
    )


def _built(name: str, table: DatasetTable, minority: Node | None, sections: Sections) -> Column:
    return Column(
        name=name,
        label=table.label or name,
        dataset=table.dataset,
        resize=table.resize,
        folds=table.folds,
        minority=_minority(table.minority, minority, sections),
    )


def _minority(said: Any, node: Node | None, sections: Sections) -> tuple[str, ...] | Below:
    if said is None or node is None:
        return _MINORITY
    if isinstance(said, tuple):
        return said
    if "below" not in said:
        sections.findings.add("minority says neither names nor 'below'", node.origin.value, "as in { below = 0.2 }")
        return _MINORITY
    return Below(share=said["below"])


def _layer(name: str, nodes: tuple[Node, ...], sections: Sections, layers: Layers) -> Layer:
    """Read what the data set says of every row's settings."""
    tables = [node.value for node in nodes if isinstance(node.value, dict)]
    told = [table["set"] for table in tables if "set" in table and sections.is_table(table["set"], f"datasets.{name}.set")]
    return Layer(nodes=tuple(told), per_class=by_class([table.get("per-class") for table in tables], layers))


def by_class(nodes: list[Node | None], layers: Layers) -> dict[str, tuple[Node, ...]]:
    """Join ``per-class`` tables of several files."""
    joined: dict[str, tuple[Node, ...]] = {}
    for node in nodes:
        for name, table in class_tables(node, layers).items():
            joined[name] = (*joined.get(name, ()), table)
    return joined
