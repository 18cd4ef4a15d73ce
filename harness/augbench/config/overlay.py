"""Lay one layer of settings over another, knowing which tables hold components.

Tables merge; a string in a slot means ``{ use = ... }``; another ``use`` starts that component afresh; ``false`` empties
a slot; everything else is replaced whole.  Each value is validated where it is written, also if a later layer hides it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from difflib import SequenceMatcher
from functools import cached_property
from typing import Any, NamedTuple

from augbench.config.components import Components
from augbench.config.findings import Findings, Path
from augbench.config.shapes import Field, Leaf, Listed, Named, Seat, Shape, Shapes, Slot, Table
from augbench.config.source import Node, grow
from augbench.config.states import Broken, Empty, Held, Part, Seated
from augbench.config.wording import faults, must_be
from augbench.values.augmenting import Augmenter
from augbench.values.components import Component, dashed
from augbench.values.sampling import GENERATED, ORIGINALS
from augbench.values.settings import Length

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
NAME_RULE = "letters, digits, '_', '.' and '-', a letter or digit first"
_DEPTH = 12
"""Components within components; only defaults that name themselves get there."""


class Place(NamedTuple):
    """A setting: its path from the row's root, and what to call it."""

    path: Path
    label: str

    def key(self, name: str) -> Place:
        """Return a setting in the table."""
        return Place((*self.path, name), f"{self.label}.{name}" if self.label else name)

    def own(self, name: str) -> Place:
        """Return a parameter of the component here, which goes by its own name."""
        return Place((*self.path, name), name)


ROOT = Place((), "")


class Beside(NamedTuple):
    """Keys that share a component's table."""

    keys: frozenset[str]
    apart: frozenset[str]
    """Those that hold settings of other paths."""


NOTHING = Beside(frozenset(), frozenset())


@dataclass(frozen=True, kw_only=True)
class Default:
    """What [defaults.KIND.NAME] gives a component wherever it is used."""

    kind: str
    use: str
    component: type[Component]
    implied: Mapping[str, Any]
    node: Node


@dataclass(frozen=True, kw_only=True)
class Overlay:
    """Lays nodes over states; states are never changed."""

    shapes: Shapes
    findings: Findings
    components: Components
    fallbacks: Mapping[Path, Node]
    """What a slot holds where the document is silent."""
    defaults: tuple[Default, ...] = ()
    lenient: bool = False
    """Whether parameters of an emptied slot are passed over: an axis or --set means all rows, also those without it."""
    checked: dict[tuple[int, int], tuple[Node, Any]] = field(default_factory=dict)
    """Values validated so far, by shape and node; holds the nodes, so that their ids stay theirs."""

    @cached_property
    def lenient_one(self) -> Overlay:
        """Return an overlay that passes over parameters of emptied slots."""
        return replace(self, lenient=True)

    def lay(self, shape: Shape, state: Any, node: Node, place: Place, default: Any = None) -> Any:
        """Return the state with a node laid over it."""
        match shape:
            case Leaf():
                return self.leaf(shape, node, place)
            case Slot():
                return self.slot(shape, state, node, place, default)
            case Table():
                return self.table(shape, state, node, place)
            case Seat():
                return self.seat(shape, state, node, place)
            case Named():
                return self.named(shape, state, node, place)
            case Listed():
                return self.listed(shape, node, place)

    def leaf(self, leaf: Leaf, node: Node, place: Place) -> Held | Broken:
        """Validate a value."""
        known = self.checked.get((id(leaf), id(node)))
        if known is None:
            known = self.checked[id(leaf), id(node)] = node, self._validated(leaf, node, place)
        state: Held | Broken = known[1]
        return state

    def _validated(self, leaf: Leaf, node: Node, place: Place) -> Held | Broken:
        from pydantic import ValidationError

        value = node.plain()
        if leaf.listed and isinstance(value, tuple):
            value = list(value)
        try:
            return Held(self.shapes.check(leaf, _as_paths(value) if leaf.path else value), node)
        except ValidationError as error:
            for fault in faults(error.errors(include_url=False), node, place.label):
                self.findings.add(*fault)
            return Broken()

    def table(self, table: Table, state: Any, node: Node, place: Place, apart: frozenset[str] = frozenset()) -> Any:
        """Merge a table key by key; keys set ``apart`` are somebody else's."""
        if not isinstance(node.value, dict):
            self.findings.add(must_be(place.label or "this", "a table", node), node.origin.value)
            return state
        before = state if isinstance(state, Mapping) else {}
        if table.owner is Length:
            before = _length(before, node)
        merged = dict(before)
        for key, child in node.value.items():
            if found := table.fields.get(key):
                merged[key] = self.lay(found.shape, merged.get(key), child, place.key(key), found.default)
            elif key not in apart:
                self.findings.unknown(f"no setting called '{key}'{_within(place)}", key, child, table.fields, place.path, apart)
        return merged

    def slot(self, slot: Slot, state: Any, node: Node, place: Place, default: Any = None, beside: Beside = NOTHING) -> Any:
        """Fill, change or empty a slot."""
        if node.value is False:
            if slot.nullable:
                return Empty(node.origin)
            self.findings.add(f"{place.label} cannot be empty", node.origin.value, f"name a component ({slot.kind})")
            return Broken()
        if not isinstance(node.value, dict | str):
            wanted = f"the name of a component ({slot.kind}), a table with 'use'{', or false' if slot.nullable else ''}"
            self.findings.add(must_be(place.label, wanted, node), node.origin.value)
            return Broken()
        table = node.value if isinstance(node.value, dict) else {"use": node}
        rest = Node({key: child for key, child in table.items() if key != "use"}, node.origin)
        part = (
            self._named_part(slot, state, table["use"], place) if "use" in table else self._part_so_far(slot, state, rest, place, default)
        )
        return self.parameters(part, rest, place, beside) if isinstance(part, Part) else part

    def _named_part(self, slot: Slot, state: Any, use: Node, place: Place) -> Any:
        # What nobody named is no component to keep parameters of.
        if isinstance(state, Part) and state.origin is not None and state.use == use.value:
            return state
        return self.fresh(slot.kind, use, place) or Broken()

    def _part_so_far(self, slot: Slot, state: Any, rest: Node, place: Place, default: Any) -> Any:
        if not rest.value or isinstance(state, Broken) or (isinstance(state, Empty) and self.lenient):
            return state
        start = self.implicit(slot, place, default) if state is None else state
        if self._misspelt_use(start, rest, place):
            return Broken()
        if isinstance(start, Part):
            return start
        if isinstance(state, Empty):
            where = f"{state.origin.source.name}:{state.origin.value.line}"
            self.findings.add(
                f"{place.label} is empty here (by {where}): these parameters have no component", rest.origin.key, "give 'use'"
            )
            return Broken()
        first = next(iter(rest.value.values()))
        self.findings.add(f"{place.label} names no component", first.origin.key, "give 'use'", place.path)
        return Broken()

    def _misspelt_use(self, state: Any, rest: Node, place: Place) -> bool:
        """Note a key that was meant to be ``use``: then nothing is known of the others."""
        known = self.components.keys(state.component).fields if isinstance(state, Part) else ()
        near = next((key for key in rest.value if key not in known and SequenceMatcher(None, key, "use").ratio() >= 0.6), None)
        if near is not None:
            message = f"no setting called '{near}'{_within(place)}"
            self.findings.add(message, rest.value[near].origin.key, "did you mean 'use'?")
        return near is not None

    def fresh(self, kind: str, use: Node, place: Place) -> Part | None:
        """Start a component: its own defaults, then those of [defaults]."""
        found = self.components.find(kind, use, f"{place.label}.use" if place.label else "use", None)
        if found is None:
            return None
        if len(place.path) > _DEPTH:
            self.findings.add(f"'{use.value}' holds itself, without end", use.origin.value, "see [defaults]")
            return None
        component, implied = found
        if place.path == ("transforms",) and issubclass(component, Augmenter) and component.arity != 1:
            self.findings.add(
                f"'{use.value}' makes one image of {component.arity}: a transform changes one", use.origin.value, "use it in augment"
            )
            return None
        return self._with_defaults(Part(use=use.value, component=component, implied=implied, origin=use.origin), kind, place)

    def implicit(self, slot: Slot, place: Place, default: Any) -> Part | None:
        """Start the component that stands in a slot where nobody named one."""
        if isinstance(default, Component):
            return self._with_defaults(self._part_of(default), slot.kind, place)
        if (node := self.fallbacks.get(place.path)) is None:
            return None
        # [defaults] is the user's word and comes after the harness's own.
        part = replace(self, defaults=()).slot(slot, None, node, place)
        return self._with_defaults(replace(part, origin=None), slot.kind, place) if isinstance(part, Part) else None

    def _part_of(self, component: Component) -> Part:
        states: dict[str, Any] = {}
        for own in fields(component):  # type: ignore[arg-type]  # every component is a dataclass
            value = getattr(component, own.name)
            states[dashed(own.name)] = self._part_of(value) if isinstance(value, Component) else Held(value)
        return Part(use=type(component).__name__, component=type(component), entries=states)

    def _with_defaults(self, part: Part, kind: str, place: Place) -> Part:
        for default in self.defaults:
            if (default.kind, default.component, default.implied) == (kind, part.component, part.implied):
                part = self.parameters(part, default.node, place)
                fit = self.preset_fit(part, default.node)
                part = replace(part, fits=(*part.fits, fit)) if fit else part
        return part

    def parameters(self, part: Part, node: Node, place: Place, beside: Beside = NOTHING) -> Part:
        """Lay parameters over a component's, those of a preset first."""
        known = {key: own for key, own in self.components.keys(part.component).fields.items() if own.name not in part.implied}
        what, states, rest = f"{part.component.kind} '{part.use}' has no parameter", part.entries, node
        if "preset" in node.value and "preset" not in known:
            rest = node.without("preset")
            if preset := self._preset(part, node.value["preset"]):
                states = self._parameters(known, states, preset.without("fit"), place, f"{what} of its preset", NOTHING)
        states = self._parameters(known, states, rest, place, what, beside)
        return replace(part, entries=states)

    def _parameters(
        self, known: Mapping[str, Field], states: Mapping[str, Any], node: Node, place: Place, what: str, beside: Beside
    ) -> Mapping[str, Any]:
        merged = dict(states)
        for key, child in node.value.items():
            if own := known.get(key):
                merged[key] = self.lay(own.shape, merged.get(key), child, place.own(key), own.default)
            else:
                self.findings.unknown(f"{what} '{key}'", key, child, {*known, *beside.keys}, place.path, beside.apart)
        return merged

    def _preset(self, part: Part, node: Node) -> Node | None:
        presets = part.component.presets
        if isinstance(node.value, str) and node.value in presets:
            return grow(presets[node.value], node.origin)
        if not isinstance(node.value, str):
            self.findings.add(must_be("preset", "a preset's name", node), node.origin.value)
        else:
            self.findings.name(f"preset of {part.component.kind} '{part.use}'", node.value, node.origin.value, presets)
        return None

    def preset_fit(self, part: Any, node: Node | None) -> Node | None:
        """Return the ``fit`` fields that a generator's preset sets, of those that it uses."""
        name = node.value.get("preset") if node is not None and isinstance(node.value, dict) else None
        if not isinstance(part, Part) or name is None or not isinstance(name.value, str):
            return None
        return used_fit(part, part.component.presets.get(name.value, {}), name)

    def seat(self, seat: Seat, state: Any, node: Node, place: Place, apart: frozenset[str] = frozenset()) -> Seated:
        """Lay a table that holds a component and keys that survive it; keys set ``apart`` are somebody else's."""
        seated: Seated = state if isinstance(state, Seated) else Seated(None, {})
        if not isinstance(node.value, dict):
            return replace(seated, part=self.slot(seat.slot, seated.part, node, place))
        known = seat.beside.fields
        kept = self.table(
            seat.beside, seated.beside, Node({key: node.value[key] for key in node.value if key in known}, node.origin), place
        )
        own = node.without(*known, *apart)
        return Seated(self.slot(seat.slot, seated.part, own, place, None, Beside(frozenset(known), apart)), kept)

    def named(self, named: Named, state: Any, node: Node, place: Place) -> Any:
        """Lay a table whose keys are the user's names."""
        if not isinstance(node.value, dict):
            self.findings.add(must_be(place.label, "a table", node), node.origin.value)
            return state
        merged = dict(state or {})
        for name, child in node.value.items():
            if self._good_slot_name(name, child):
                merged[name] = self.seat(named.item, merged.get(name), child, place.key(name))
        return merged

    def _good_slot_name(self, name: str, node: Node) -> bool:
        if name in (ORIGINALS, GENERATED):
            self.findings.add(f"'{name}' is a source of its own and cannot name a slot", node.origin.key, "rename it")
        elif not NAME.fullmatch(name):
            self.findings.add(f"'{name}' cannot name a slot", node.origin.key, f"use {NAME_RULE}")
        else:
            return True
        return False

    def listed(self, listed: Listed, node: Node, place: Place) -> Any:
        """Read a list of components, or of tables."""
        if not isinstance(node.value, tuple):
            self.findings.add(must_be(place.label, "a list", node), node.origin.value)
            return Broken()
        states = tuple(self.lay(listed.item, None, item, place) for item in node.value)
        return Broken() if any(isinstance(state, Broken | None) for state in states) else states


def used_fit(part: Part, preset: Mapping[str, Any], asked: Node) -> Node | None:
    """Return the ``fit`` of a preset, cut down to what the generator reads."""
    uses = {dashed(name) for name in getattr(part.component, "uses", ())}
    fit = {key: value for key, value in preset.get("fit", {}).items() if dashed(key) in uses}
    return grow(fit, asked.origin) if fit else None


def _length(before: Mapping[str, Any], node: Node) -> Mapping[str, Any]:
    """Forget the other way to say how long: epochs and steps are alternatives, so the later one holds."""
    dropped = {"epochs", "of"} if "steps" in node.value else {"steps"} if "epochs" in node.value else set()
    return {key: state for key, state in before.items() if key not in dropped}


def _as_paths(value: Any) -> Any:
    from pathlib import Path as FilePath

    if isinstance(value, tuple):
        return tuple(map(_as_paths, value))
    return FilePath(value) if isinstance(value, str) else value


def _within(place: Place) -> str:
    return f" in '{place.label}'" if place.label else ""
