"""Remarks for the plan: what a matrix says that has no effect."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from augbench.config.layers import Stack
from augbench.config.source import Node, Origin
from augbench.config.states import Empty, Held, Part, at
from augbench.matrix.columns import ColumnSource
from augbench.matrix.rows import Expanded
from augbench.values.settings import Settings


def notes(row: Expanded, column: ColumnSource, stack: Stack, settings: Settings) -> Iterator[str]:
    """Yield the remarks on a cell."""
    yield from _unnamed_slots(row.row.name, settings)
    yield from _unread_fits(row.row.name, column, stack)
    yield from _hidden(row, column, stack)


def _unnamed_slots(row: str, settings: Settings) -> Iterator[str]:
    for name in settings.augment:
        if not settings.batch.mix.get(name):
            yield f"row '{row}': batch.mix does not name the augment slot '{name}', so it makes no images"


def _unread_fits(row: str, column: ColumnSource, stack: Stack) -> Iterator[str]:
    for name, nodes in column.layer.per_class.items():
        part = at(stack.classes[name], ("generator",))
        if isinstance(part, Part) and getattr(part.component, "covers", "class") == "all" and any("fit" in node.value for node in nodes):
            yield f"row '{row}': generator '{part.use}' learns all classes at once, so per-class fit of '{name}' is not read"


def _hidden(row: Expanded, column: ColumnSource, stack: Stack) -> Iterator[str]:
    """Find what the data set says of a class and the row, an axis or --set says otherwise for all."""
    own = {
        origin for layer in (row.source.layer, *row.source.on.values()) for nodes in layer.per_class.values() for origin in _origins(nodes)
    }
    own |= {origin for nodes in column.layer.per_class.values() for origin in _origins(nodes)}
    for name, nodes in column.layer.per_class.items():
        generator = at(stack.classes[name], ("generator",))
        if generator is None or isinstance(generator, Empty):
            continue
        for path, leaf in (found for node in nodes for found in _leaves(node, ())):
            hider = _hider(path, leaf, stack.classes[name], generator)
            if hider and hider not in own:
                place = f"{hider.source.name}:{hider.key.line}"
                yield f"row '{row.row.name}': {'.'.join(path)} of class '{name}' in data set '{column.name}' is hidden by {place}"


def _hider(path: tuple[str, ...], leaf: Node, state: Mapping[str, Any], generator: Any) -> Origin | None:
    """Return who set a value instead of ``leaf``, or None."""
    if path[-1] == "preset":
        return None
    if path in (("generator",), ("generator", "use")):
        other = isinstance(generator, Part) and generator.use != leaf.value
        return generator.origin if other else None
    found = at(state, path)
    if isinstance(found, Held):
        return found.node.origin if found.node is not None and found.node is not leaf else None
    return generator.origin if path[0] == "generator" and found is None and isinstance(generator, Part) else None


def _leaves(node: Node, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Node]]:
    if isinstance(node.value, dict):
        for key, child in node.value.items():
            yield from _leaves(child, (*path, key))
    else:
        yield path, node


def _origins(nodes: tuple[Node, ...]) -> Iterator[Origin]:
    yield from (leaf.origin for node in nodes for _, leaf in _leaves(node, ()))
