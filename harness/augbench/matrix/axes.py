"""Axes: what multiplies rows beside their names, and how."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from augbench.config.findings import Findings
from augbench.config.source import Node, Origin
from augbench.config.wording import must_be
from augbench.matrix.sections import Sections
from augbench.values.errors import suggestion

MODES = ("product", "zip", "ablate", "leave-one-out", "add-one")
_UNFIT = re.compile(r"[^A-Za-z0-9_.+={}:,-]+")


@dataclass(frozen=True, kw_only=True)
class Level:
    """One value of an axis."""

    text: str
    """As it stands in a row's name: ``training.lr=0.01``."""
    node: Node
    """A table of settings that holds the value alone."""


Axis = tuple[Level, ...]


@dataclass(frozen=True, kw_only=True)
class Variant:
    """What becomes of each row."""

    levels: tuple[Level, ...]
    """The values that it takes on."""
    named: tuple[Level, ...]
    """Those that tell it from the others; none for the row that keeps its name."""

    @property
    def suffix(self) -> str:
        """Return what follows the row's name: ``[training.lr=0.01]``."""
        return f"[{','.join(level.text for level in self.named)}]" if self.named else ""


@dataclass(frozen=True, kw_only=True)
class Axes:
    """All axes of a matrix."""

    seeds: tuple[int, ...]
    variants: tuple[Variant, ...]


def read(sections: Sections, settings: Sequence[str]) -> Axes:
    """Read [axes] and the mode; ``settings`` are the keys that an axis may start with."""
    found: dict[tuple[str, ...], Node] = {}
    first: dict[str, Node] = {}
    for table in sections.tables("axes"):
        found.update(_lists(table, (), sections.findings))
        first.update(table.value)
    seeds = _seeds(found.pop(("seed",), None), sections.findings)
    axes = [axis for path, node in found.items() if (axis := _axis(path, node, first.get(path[0], node), settings, sections.findings))]
    return Axes(seeds=seeds, variants=tuple(_variants(_mode(sections), axes, sections)))


def _lists(table: Node, path: tuple[str, ...], findings: Findings) -> Iterator[tuple[tuple[str, ...], Node]]:
    """Find the lists in a table, whose keys may be dotted or quoted."""
    for key, node in table.value.items():
        full = (*path, *key.split("."))
        if isinstance(node.value, dict):
            yield from _lists(node, full, findings)
        elif isinstance(node.value, tuple) and node.value:
            yield full, node
        else:
            findings.add(must_be(f"axes.{'.'.join(full)}", "a list of values", node), node.origin.value)


def _seeds(node: Node | None, findings: Findings) -> tuple[int, ...]:
    if node is None:
        return (0,)
    seeds: list[int] = []
    for item in node.value:
        if not isinstance(item.value, int) or isinstance(item.value, bool) or item.value < 0:
            findings.add(must_be("a seed", "a whole number from 0", item), item.origin.value)
        elif item.value in seeds:
            findings.add(f"seed {item.value} stands here twice", item.origin.value, "the same seed gives the same trial")
        else:
            seeds.append(item.value)
    return tuple(seeds)


def _axis(path: tuple[str, ...], node: Node, first: Node, settings: Sequence[str], findings: Findings) -> Axis:
    """Read an axis whose key begins at the node ``first``."""
    label = ".".join(path)
    if path == ("fold",):
        findings.add("folds are no axis", node.origin.key, "write folds = N in [datasets.NAME]")
        return ()
    if path[0] not in settings:
        findings.unknown(f"no setting called '{label}' to make an axis of", path[0], first, {*settings, "seed"}, ("axes",))
        # Rows bear other names now than they were meant to.
        findings.excuse(("rows",))
        return ()
    levels = tuple(Level(text=f"{label}={_shown(item)}", node=_nested(path, item, node.origin)) for item in node.value)
    for place, level in enumerate(levels):
        if level.text in [other.text for other in levels[:place]]:
            findings.add(f"{level.text} stands here twice", node.value[place].origin.value)
    return levels


def _nested(path: Sequence[str], item: Node, axis: Origin) -> Node:
    """Write a level as a row would: problems with its key are told where the axis is named."""
    span = axis.span._replace(value=item.origin.span.value, end=item.origin.span.end)
    node = Node(item.value, Origin(axis.source, span))
    for key in reversed(path):
        node = Node({key: node}, axis)
    return node


def _shown(node: Node) -> str:
    """Write a value for a row's name, without what cannot stand in a file's."""
    return _UNFIT.sub("_", _written(node.plain()))


def _written(value: Any) -> str:
    if isinstance(value, dict):
        only = value.get("use") if len(value) == 1 else None
        return str(only) if only else "{" + ",".join(f"{key}={_written(item)}" for key, item in value.items()) + "}"
    if isinstance(value, tuple):
        return "+".join(map(_written, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def _mode(sections: Sections) -> str:
    node = sections.last("mode")
    if node is None:
        return "product"
    if node.value not in MODES:
        hint = suggestion(node.value, MODES) if isinstance(node.value, str) else ""
        sections.findings.add(must_be("mode", f"one of {', '.join(MODES)}", node), node.origin.value, hint if "did" in hint else "")
        return "product"
    return str(node.value)


def _variants(mode: str, axes: Sequence[Axis], sections: Sections) -> Iterator[Variant]:
    if mode == "product":
        yield from (Variant(levels=levels, named=levels) for levels in product(*axes))
    elif mode == "zip":
        yield from (Variant(levels=levels, named=levels) for levels in _zipped(axes, sections))
    elif mode == "ablate":
        yield Variant(levels=(), named=())
        yield from (Variant(levels=(level,), named=(level,)) for axis in axes for level in axis)
    else:
        yield from _one_by_one(axes, 0 if mode == "add-one" else -1)


def _zipped(axes: Sequence[Axis], sections: Sections) -> Iterator[tuple[Level, ...]]:
    if len({len(axis) for axis in axes}) > 1:
        lengths = ", ".join(f"{axis[0].text.partition('=')[0]} {len(axis)}" for axis in axes)
        node = sections.last("mode")
        sections.findings.add(f"mode 'zip' needs axes of one length, not {lengths}", node.origin.value if node else None)
    yield from zip(*axes, strict=False) if axes else [()]


def _one_by_one(axes: Sequence[Axis], start: int) -> Iterator[Variant]:
    """Yield all axes at one end, then each alone moved: from its first value to every other, or from its last to its first."""
    whole = tuple(axis[start] for axis in axes)
    yield Variant(levels=whole, named=())
    for place, axis in enumerate(axes):
        for level in axis[1:] if start == 0 else axis[:1]:
            if level is not whole[place]:
                yield Variant(levels=(*whole[:place], level, *whole[place + 1 :]), named=(level,))
