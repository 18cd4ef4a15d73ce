"""Which cells and trials a run is about: exclude, --only and --skip."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from augbench.config.findings import Findings
from augbench.config.layers import Layers
from augbench.config.shapes import REQUIRED, Table
from augbench.config.source import Node
from augbench.config.states import Empty, Held, Part, Seated, at
from augbench.config.wording import must_be
from augbench.matrix.rows import Expanded
from augbench.matrix.sections import Sections, strings
from augbench.values.errors import Position

_OWN = ("row", "column", "seed")


@dataclass(frozen=True, kw_only=True, eq=False)
class Exclusion:
    """One table of [[exclude]]: what matches all of it is left out."""

    rows: frozenset[str] | None
    columns: frozenset[str] | None
    seeds: frozenset[int] | None
    settings: Node
    node: Node

    def matches(self, row: Expanded, column: str, state: Mapping[str, Any], table: Table) -> bool:
        """Tell whether a cell is meant, seeds aside."""
        if self.columns is not None and column not in self.columns:
            return False
        if self.rows is not None and not {row.row.name, row.source.name} & self.rows:
            return False
        return _agrees(self.settings, state, table)


def exclusions(
    sections: Sections, rows: Sequence[Expanded], columns: Sequence[str], seeds: Sequence[int], layers: Layers
) -> list[Exclusion]:
    """Read [[exclude]]."""
    node = sections.last("exclude")
    if node is None:
        return []
    if not isinstance(node.value, tuple) or not all(isinstance(item.value, dict) for item in node.value):
        sections.findings.add(must_be("exclude", "a list of tables", node), node.origin.value, "write [[exclude]]")
        return []
    names = [name for row in rows for name in (row.row.name, row.source.name)]
    return [_exclusion(item, names, columns, seeds, layers, sections.findings) for item in node.value]


def _exclusion(
    node: Node, rows: Sequence[str], columns: Sequence[str], seeds: Sequence[int], layers: Layers, findings: Findings
) -> Exclusion:
    settings = node.without(*_OWN)
    for key, child in settings.value.items():
        if key not in layers.table.fields:
            findings.unknown(f"no setting called '{key}' in 'exclude'", key, child, {*layers.table.fields, *_OWN}, ("exclude",))
    if not node.value:
        findings.add("this would exclude everything", node.origin.key, "say which row, column, seed or setting")
    return Exclusion(
        rows=_names(node.value.get("row"), "row", rows, "rows", findings),
        columns=_names(node.value.get("column"), "column", columns, "datasets", findings),
        seeds=_seeds(node.value.get("seed"), seeds, findings),
        settings=settings,
        node=node,
    )


def _names(node: Node | None, what: str, known: Sequence[str], needs: str, findings: Findings) -> frozenset[str] | None:
    if node is None:
        return None
    nodes = strings(node, what, findings)
    for item in nodes:
        if item.value not in known:
            findings.name(what, item.value, item.origin.value, known, (needs, item.value))
    return frozenset(item.value for item in nodes)


def _seeds(node: Node | None, known: Sequence[int], findings: Findings) -> frozenset[int] | None:
    if node is None:
        return None
    nodes = node.value if isinstance(node.value, tuple) else (node,)
    for item in nodes:
        if isinstance(item.value, bool) or item.value not in known:
            findings.add(f"no seed {item.plain()}", item.origin.value, f"known: {', '.join(map(str, known))}", ("axes",))
    return frozenset(item.value for item in nodes if isinstance(item.value, int))


def _agrees(wanted: Node, state: Any, table: Table | None = None) -> bool:
    """Compare a partial table with a state, defaults included."""
    if not isinstance(wanted.value, dict):
        return _equals(wanted, state)
    for key, child in wanted.value.items():
        own = table.fields.get(key) if table else None
        inner = own.shape if own and isinstance(own.shape, Table) else None
        found = at(state, (key,))
        if found is None and own and own.default is not REQUIRED and not isinstance(own.shape, Table):
            found = Held(own.default)
        if key == "use" and isinstance(state, Part | Seated):
            found = state
        if not _agrees(child, found, inner):
            return False
    return True


def _equals(wanted: Node, state: Any) -> bool:
    value = wanted.plain()
    state = state.part if isinstance(state, Seated) else state
    if isinstance(state, Part):
        return bool(state.use == value)
    if isinstance(state, Empty) or state is None:
        return value is False
    if not isinstance(state, Held):
        return False
    same_kind = isinstance(value, bool) == isinstance(state.value, bool)
    return same_kind and bool(state.value == value)


class Selection:
    """What --only and --skip leave."""

    def __init__(
        self, only: Sequence[str], skip: Sequence[str], rows: Sequence[Expanded], columns: Sequence[str], findings: Findings
    ) -> None:
        known = {row.row.name for row in rows}
        # A named row that axes have split stands for all that became of it.
        split = {row.row.name: row.source.name for row in rows if row.source.name not in known}
        self._names = {
            (row, column): {row, column, f"{column}/{row}"} | ({split[row], f"{column}/{split[row]}"} if row in split else set())
            for row in known
            for column in columns
        }
        self._only, self._skip = only, skip
        known_all = [
            self._check(option, pattern, findings) for option, patterns in (("--only", only), ("--skip", skip)) for pattern in patterns
        ]
        if self._names and all(known_all) and not any(self(row, column) for row, column in self._names):
            findings.add("--only and --skip leave nothing to run", None)

    def __call__(self, row: str, column: str) -> bool:
        """Tell whether a cell is selected."""
        names = self._names[row, column]
        chosen = not self._only or any(_fits(pattern, names) for pattern in self._only)
        return chosen and not any(_fits(pattern, names) for pattern in self._skip)

    def _check(self, option: str, pattern: str, findings: Findings) -> bool:
        found = any(_fits(pattern, names) for names in self._names.values())
        if not found:
            known: set[str] = set().union(*self._names.values())
            where = Position(option, 1, 1, pattern, len(pattern))
            findings.name(f"row, data set or DATASET/ROW for {option}", pattern, where, known)
        return found


def _fits(pattern: str, names: set[str]) -> bool:
    # Row names hold brackets, which are wildcards to fnmatch.
    return pattern in names or any(fnmatchcase(name, pattern) for name in names)


def dropped(exclusion: Exclusion, row: str, column: str) -> Iterator[tuple[str, str, int]]:
    """Name the single trials that an exclusion of a cell leaves out."""
    yield from ((row, column, seed) for seed in exclusion.seeds or ())
