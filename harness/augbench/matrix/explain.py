"""Tell of a setting which place of the matrix file set it in each cell, and what that place hides."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from augbench.config.fallbacks import SOURCE
from augbench.config.layers import EVERY, Stack
from augbench.config.overlay import used_fit
from augbench.config.source import Node, Origin
from augbench.config.states import Empty, Held, Part, Seated, entries
from augbench.matrix.cells import Cells, Said
from augbench.matrix.flat import flat_settings, keys_of, plain
from augbench.matrix.load import read_matrix
from augbench.matrix.model import Cell
from augbench.values.components import dashed
from augbench.values.errors import Position, UnknownSetting
from augbench.values.results import Setting

if TYPE_CHECKING:
    from augbench.registry.collect import Registry

_PER_CLASS, _FIT = "per-class.", "fit."
_OURS = "default of augbench"


@dataclass(frozen=True, kw_only=True)
class Step:
    """A place that says what a setting is."""

    layer: str
    """The section, such as ``rows.ours`` or ``--set``, or whose default it is."""
    value: Setting
    where: Position | None
    """None for a default."""


@dataclass(frozen=True, kw_only=True)
class Explained:
    """A setting, in the cells where the same places gave it the same value."""

    path: str
    value: Setting
    steps: tuple[Step, ...]
    """The one that counts, then those that it hides, the earliest last."""
    cells: tuple[Cell, ...]
    """Row and data set."""


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """A setting, or all of a table, in every cell."""

    settings: tuple[Explained, ...]
    cells: tuple[Cell, ...]
    """All that there are, also those that do not have it."""


def explain(
    setting: str, path: Path, registry: Registry, *, sets: Sequence[str] = (), only: Sequence[str] = (), skip: Sequence[str] = ()
) -> Explanation:
    """Explain a setting (``training.lr``, ``generator``), or each one of a table (``training``),.

    Raise ``UnknownSetting`` where none has, and whatever ``load_matrix`` raises.
    """
    read = read_matrix(path, registry, sets=sets, only=only, skip=skip)
    filled = read.cells.fill()
    read.sections.findings.raise_any()
    flat = {cell: flat_settings(settings, registry.name_of) for cell, settings in filled.cells.items()}
    known = [*dict.fromkeys(one for table in flat.values() for one in table)]
    paths = [setting] if setting in known else [one for one in known if one.startswith(f"{setting}.")]
    if not paths:
        raise UnknownSetting(setting, known)
    history = _History(cells=read.cells, name_of=registry.name_of)
    found: dict[tuple[str, Setting, tuple[Step, ...]], list[Cell]] = {}
    for cell, stages in history.stages(filled.cells):
        for one in (one for one in paths if one in flat[cell]):
            value = flat[cell][one]
            found.setdefault((one, value, history.steps(one, value, stages)), []).append(cell)
    told = [Explained(path=one, value=value, steps=steps, cells=tuple(cells)) for (one, value, steps), cells in found.items()]
    return Explanation(settings=tuple(sorted(told, key=lambda each: paths.index(each.path))), cells=tuple(filled.cells))


@dataclass(frozen=True, kw_only=True)
class _Stage:
    """What the sections so far have come to."""

    label: str
    stack: Stack
    nodes: tuple[Node, ...] = ()
    """What the last section says."""

    def state(self, path: str) -> tuple[Any, str]:
        """Return the settings that a path starts from, those of a class or all, and the rest of it."""
        if not path.startswith(_PER_CLASS):
            return self.stack.plain, path
        rest = path.removeprefix(_PER_CLASS)
        name = max((name for name in self.stack.classes if rest.startswith(f"{name}.")), key=len, default=None)
        if name is not None:
            return self.stack.classes[name], rest[len(name) + 1 :]
        # A class that is not named yet goes with '*', or with the row.
        return self.stack.classes.get(EVERY, self.stack.plain), rest.partition(".")[2]


@dataclass(frozen=True, kw_only=True)
class _History:
    """What each section of a file adds to what stood before it."""

    cells: Cells
    name_of: Callable[[type], str]

    def stages(self, wanted: Collection[Cell]) -> Iterator[tuple[Cell, tuple[_Stage, ...]]]:
        """Yield each cell with what its sections come to, one after the other."""
        for column in self.cells.columns:
            common = self._over((_Stage(label="", stack=Stack()),), self.cells.of_column(column))
            for row in self.cells.rows:
                if (row.row.name, column.name) in wanted:
                    yield (row.row.name, column.name), self._over(common, self.cells.of_row(row, column.name))

    def _over(self, stages: tuple[_Stage, ...], said: Iterable[Said]) -> tuple[_Stage, ...]:
        grown = list(stages)
        for each in said:
            grown.append(_Stage(label=each.label, stack=self.cells.over(grown[-1].stack, each), nodes=each.layer.nodes))
        return tuple(grown)

    def steps(self, path: str, value: Setting, stages: tuple[_Stage, ...]) -> tuple[Step, ...]:
        """Return the places that set a value, the last first; what was said of a component that was swapped since is none."""
        found: list[Step] = []
        mark: Any = None
        owner: list[str] = []
        for stage in stages:
            start, rest = stage.state(path)
            state, new_owner = self._at(start, rest), [part.use for part in self._parts(start, rest)]
            before, mark = mark, _mark(state)
            if new_owner != owner:
                found = []
            elif mark is None and before is not None:
                # Epochs, for one, when steps are given instead.
                found.insert(0, Step(layer=stage.label, value=None, where=None))
            if mark not in (None, before):
                found.insert(0, self._step(stage, rest, state))
            owner = new_owner
        return tuple(found) or (self._default(*stages[-1].state(path), value),)

    def _step(self, stage: _Stage, path: str, state: Any) -> Step:
        origin = _origin(state, path, stage.nodes)
        if origin is None or origin.source.name == SOURCE:
            return Step(layer=_OURS, value=self._value(state), where=None)
        return Step(layer=f"{self._defaults(origin) or stage.label}{_preset(origin)}", value=self._value(state), where=origin.value)

    def _defaults(self, origin: Origin) -> str:
        """Name the table of [defaults] that something was written in, if it was."""
        return next((f"defaults.{one.kind}.{one.use}" for one in self.cells.layers.overlay.defaults if _holds(one.node, origin)), "")

    def _at(self, state: Any, path: str) -> Any:
        """Return the state at a dotted path; names may hold dots themselves."""
        if not path:
            return state
        inner = self._within(state)
        key = max((key for key in inner if path == key or path.startswith(f"{key}.")), key=len, default=None)
        return None if key is None else self._at(inner[key], path[len(key) + 1 :])

    def _within(self, state: Any) -> Mapping[str, Any]:
        if isinstance(state, tuple):
            parts = [part for part in state if isinstance(part, Part)]
            return dict(zip(keys_of(map(self._name, parts)), parts, strict=True))
        if isinstance(state, Held) and isinstance(state.value, Mapping) and state.node is not None:
            return {key: Held(value, state.node.value[key]) for key, value in state.value.items()}
        return entries(state)

    def _parts(self, state: Any, path: str) -> list[Part]:
        """Return the components that a path leads through, the outermost first."""
        keys = path.split(".")
        found = [(self._at(state, ".".join(keys[:length])), keys[length]) for length in range(1, len(keys))]
        # What stands beside a slot's component is not of it, and survives its swap.
        parts = [one.part if isinstance(one, Seated) else one for one, key in found if not _beside(one, key)]
        return [part for part in parts if isinstance(part, Part)]

    def _value(self, state: Any) -> Setting:
        match state:
            case Seated():
                return self._value(state.part)
            case Part():
                return self._name(state)
            case Held():
                return plain(state.value)
            case tuple():
                return plain([self._name(item) if isinstance(item, Part) else str(item) for item in state])
            case _:
                return None

    def _name(self, part: Part) -> str:
        return f"{self.name_of(part.component)}/{part.implied['name']}" if "name" in part.implied else self.name_of(part.component)

    def _default(self, state: Any, path: str, value: Setting) -> Step:
        """Say whose default a value is that no section sets."""
        generator = entries(state).get("generator")
        if path.startswith(_FIT) and isinstance(generator, Part) and generator.origin is not None:
            key = path.removeprefix(_FIT)
            for fit in reversed(generator.fits):
                if node := fit.value.get(key):
                    return Step(layer=f"{self._defaults(node.origin)}{_preset(node.origin)}", value=value, where=node.origin.value)
            official = used_fit(generator, generator.component.presets.get("official", {}), Node(generator.use, generator.origin))
            if official and key in official.value:
                return Step(layer=f"official preset of generator '{self._name(generator)}'", value=value, where=None)
        owners = [part for part in self._parts(state, path) if part.origin is not None]
        layer = f"default of {owners[-1].component.kind} '{self._name(owners[-1])}'" if owners else _OURS
        return Step(layer=layer, value=value, where=None)


def _beside(state: Any, key: str) -> bool:
    if not isinstance(state, Seated) or not isinstance(state.part, Part):
        return False
    return key not in {dashed(own.name) for own in fields(state.part.component)}  # type: ignore[arg-type]  # a dataclass


def _mark(state: Any) -> Any:
    """Return what is another thing whenever somebody has set a value anew; None where nobody has."""
    match state:
        case Seated():
            return _mark(state.part)
        case Part():
            return state.use, state.origin
        case Held():
            return id(state.node or state)
        case Empty():
            return state.origin
        case tuple():
            return id(state)
        case _:
            return None


def _origin(state: Any, path: str, nodes: tuple[Node, ...]) -> Origin | None:
    match state:
        case Seated():
            return _origin(state.part, path, nodes)
        case Part() | Empty():
            return state.origin
        case Held():
            return state.node.origin if state.node else None
        case _:
            # Only the components of a list know where they were written.
            return next((node.value[path].origin for node in reversed(nodes) if path in node.value), None)


def _holds(node: Node, origin: Origin) -> bool:
    if isinstance(node.value, dict):
        return any(_holds(child, origin) for child in node.value.values())
    return node.origin == origin


def _preset(origin: Origin) -> str:
    """Name the preset that stands at a place, if one does."""
    text, span = origin.source.text, origin.span
    key = text[span.key : span.key_end].rpartition(".")[2].strip(" \"'")
    name = text[span.value : span.end].strip("\"'")
    return f", preset '{name}'" if key == "preset" else ""
