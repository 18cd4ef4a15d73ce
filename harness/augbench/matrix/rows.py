"""The rows of a matrix file, and what axes make of them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from augbench.config.layers import Layer, Layers
from augbench.config.source import Node
from augbench.config.wording import must_be
from augbench.matrix.axes import Axes
from augbench.matrix.columns import by_class
from augbench.matrix.sections import Sections
from augbench.values.settings import Row

_APART = frozenset({"label", "per-class", "on"})
_APART_ON = frozenset({"per-class"})


@dataclass(frozen=True, kw_only=True, eq=False)
class RowSource:
    """A named row as it was written."""

    name: str
    label: str
    layer: Layer
    on: Mapping[str, Layer]
    """By data set."""
    node: Node


@dataclass(frozen=True, kw_only=True, eq=False)
class Expanded:
    """A row of the table: a named one with the values of the axes."""

    row: Row
    source: RowSource
    layer: Layer
    """What the axes say."""


def read(sections: Sections, layers: Layers, columns: Collection[str]) -> tuple[RowSource, ...]:
    """Read [rows]; ``columns`` are the names that ``on`` may use."""
    named = sections.named("rows", "row")
    if not named:
        where = sections.tables("rows")
        sections.findings.add("no rows", where[-1].origin.key if where else None, "add one to [rows], as in: plain = {}", ("rows",))
    rows = tuple(_row(name, nodes, sections, layers, columns) for name, nodes in named.items())
    _check_labels(rows, sections)
    return rows


def _check_labels(rows: Sequence[RowSource], sections: Sections) -> None:
    """Note rows that no reader of the report could tell apart."""
    first: dict[str, RowSource] = {}
    for row in rows:
        # Reports print line breaks as spaces.
        label = " ".join(row.label.split())
        other = first.setdefault(label, row)
        if other is not row:
            where = row.node.value["label"].origin.value if "label" in row.node.value else row.node.origin.key
            sections.findings.add(
                f"rows '{other.name}' and '{row.name}' are both labelled '{label}'", where, "give each a label of its own"
            )


def expand(sources: Sequence[RowSource], axes: Axes, sections: Sections) -> tuple[Expanded, ...]:
    """Multiply rows by the axes."""
    found: dict[str, Expanded] = {}
    layers = [(variant, Layer(nodes=tuple(level.node for level in variant.levels))) for variant in axes.variants]
    for source in sources:
        for variant, layer in layers:
            name = f"{source.name}{variant.suffix}"
            label = f"{source.label} {variant.suffix}" if variant.suffix else source.label
            if name in found:
                sections.findings.add(f"axes give two rows the name '{name}'", source.node.origin.key, "name rows for these values instead")
            found[name] = Expanded(row=Row(name=name, label=label), source=source, layer=layer)
    return tuple(found.values())


def _row(name: str, nodes: Sequence[Node], sections: Sections, layers: Layers, columns: Collection[str]) -> RowSource:
    label = next((node.value["label"] for node in reversed(nodes) if "label" in node.value), None)
    if label is not None and not isinstance(label.value, str):
        sections.findings.add(must_be(f"rows.{name}.label", "a string", label), label.origin.value)
    on: dict[str, list[Node]] = {}
    for column, node in _on(name, nodes, sections, columns):
        on.setdefault(column, []).append(node)
    return RowSource(
        name=name,
        label=label.value if label is not None and isinstance(label.value, str) and label.value.strip() else name,
        layer=_layer(nodes, _APART, layers),
        on={column: _layer(tables, _APART_ON, layers) for column, tables in on.items()},
        node=nodes[-1],
    )


def _on(name: str, nodes: Sequence[Node], sections: Sections, columns: Collection[str]) -> Iterator[tuple[str, Node]]:
    for node in nodes:
        table = node.value.get("on")
        if table is None or not sections.is_table(table, f"rows.{name}.on"):
            continue
        for column, child in table.value.items():
            if column not in columns:
                sections.findings.name("data set", column, child.origin.key, columns, ("datasets", column))
            elif sections.is_table(child, f"rows.{name}.on.{column}"):
                yield column, child


def _layer(nodes: Sequence[Node], apart: frozenset[str], layers: Layers) -> Layer:
    return Layer(nodes=tuple(nodes), per_class=by_class([node.value.get("per-class") for node in nodes], layers), apart=apart)
