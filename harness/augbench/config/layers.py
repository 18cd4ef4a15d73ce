"""Stack layers of settings: those of a row, and beside them those of each class that differs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from augbench.config.overlay import ROOT, Overlay
from augbench.config.shapes import Table
from augbench.config.source import Node
from augbench.config.wording import must_be
from augbench.values.settings import Settings

EVERY = "*"
"""The per-class key that stands for all classes."""
State = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, eq=False)
class Layer:
    """What one place of the document says, in the order of the files."""

    nodes: tuple[Node, ...] = ()
    per_class: Mapping[str, tuple[Node, ...]] = field(default_factory=dict)
    apart: frozenset[str] = frozenset()
    """Keys of the nodes that are no settings."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Stack:
    """What layers have come to."""

    plain: State = field(default_factory=dict)
    classes: Mapping[str, State] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Layers:
    """Lays layers on stacks."""

    overlay: Overlay

    @cached_property
    def table(self) -> Table:
        """Return the settings that a row may hold."""
        whole = self.overlay.shapes.table(Settings)
        return Table(owner=Settings, fields={key: own for key, own in whole.fields.items() if own.name != "per_class"})

    @cached_property
    def per_class(self) -> Table:
        """Return the settings that may differ between classes."""
        fields = self.table.fields
        batch = fields["batch"].shape
        assert isinstance(batch, Table)
        narrow = Table(owner=batch.owner, fields={"n": batch.fields["n"]})
        own = {key: fields[key] for key in ("generator", "fit", "bank")}
        return Table(owner=Settings, fields={**own, "batch": type(fields["batch"])(name="batch", shape=narrow)})

    def over(self, stack: Stack, layer: Layer, *, lenient: bool = False) -> Stack:
        """Return the stack with a layer on it: first what it says of all, then what it says of classes."""
        plain = self._all(stack.plain, layer.nodes, self.table, layer.apart, lenient)
        classes = {name: self._all(state, layer.nodes, self.table, layer.apart, lenient) for name, state in stack.classes.items()}
        every = layer.per_class.get(EVERY, ())
        for name in {**stack.classes, **layer.per_class}:
            # A class that is new here has gone with '*' so far, or with the row.
            before = classes.get(name) or classes.get(EVERY) or plain
            nodes = every if name == EVERY else (*every, *layer.per_class.get(name, ()))
            classes[name] = self._all(before, nodes, self.per_class, frozenset(), lenient)
        return Stack(plain=plain, classes=classes)

    def _all(self, state: State, nodes: Sequence[Node], table: Table, apart: frozenset[str], lenient: bool) -> State:
        for node in nodes:
            state = self.settings(table, state, node, apart, lenient)
        return state

    def settings(self, table: Table, state: State, node: Node, apart: frozenset[str], lenient: bool) -> Any:
        """Lay one table of settings; a generator's preset speaks for ``fit`` before the table's own ``fit`` does."""
        overlay = self.overlay.lenient_one if lenient else self.overlay
        generator = node.value.get("generator")
        if generator is None:
            return overlay.table(table, state, node, ROOT, apart)
        state = overlay.table(table, state, Node({"generator": generator}, node.origin), ROOT)
        if fit := overlay.preset_fit(state["generator"], generator):
            state = overlay.table(table, state, Node({"fit": fit}, node.origin), ROOT)
        return overlay.table(table, state, node.without("generator"), ROOT, apart)


def class_tables(node: Node | None, layers: Layers) -> dict[str, Node]:
    """Read a ``per-class`` table: what it says by class, cut down to what may differ between classes."""
    if node is None:
        return {}
    if not isinstance(node.value, dict):
        layers.overlay.findings.add(must_be("per-class", "a table of classes", node), node.origin.value)
        return {}
    tables = {}
    for name, child in node.value.items():
        if isinstance(child.value, dict):
            tables[name] = _narrow(child, layers)
        else:
            layers.overlay.findings.add(must_be(f"per-class.{name}", "a table", child), child.origin.value)
    return tables


def _narrow(node: Node, layers: Layers) -> Node:
    """Leave out, with a problem, what is a setting but not one that classes may differ in."""
    wide, narrow, refused = layers.table.fields, layers.per_class.fields, []
    for key, child in node.value.items():
        if key in wide and key not in narrow:
            refused.append(key)
            _refuse(key, child, layers)
        elif key == "batch" and isinstance(child.value, dict):
            for inner in child.value.keys() & {"size", "mix"}:
                _refuse(f"batch.{inner}", child.value[inner], layers)
    kept = node.without(*refused)
    batch = kept.value.get("batch")
    if batch is not None and isinstance(batch.value, dict):
        kept = Node({**kept.value, "batch": batch.without("size", "mix")}, kept.origin)
    return kept


def _refuse(label: str, node: Node, layers: Layers) -> None:
    message = f"{label} cannot differ between classes"
    layers.overlay.findings.add(message, node.origin.key, "per-class holds generator, fit, bank and batch.n")
