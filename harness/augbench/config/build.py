"""Turn states into the values of a trial, and tell what is missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any

from augbench.config.overlay import ROOT, Overlay, Place, used_fit
from augbench.config.paths import UndefinedVariable, resolved
from augbench.config.shapes import REQUIRED, Field, Leaf, Listed, Named, Seat, Slot, Table
from augbench.config.source import Node, Source
from augbench.config.states import Broken, Empty, Held, Part, Seated
from augbench.registry.places import location
from augbench.values.components import Component, dashed
from augbench.values.errors import AugbenchError, Position, placed, reason, suggestion
from augbench.values.sampling import GENERATED, ORIGINALS
from augbench.values.settings import Bank, ClassSettings, Length, Settings
from augbench.values.synthesis import Fit

BROKEN = Broken()


@dataclass(frozen=True, kw_only=True)
class Owner:
    """Who lacks what is missing, and where that is told."""

    name: str
    where: Position | None
    hint: str = ""


@dataclass(frozen=True, kw_only=True)
class Builder:
    """Builds values; ``Broken`` stands for one that cannot be built, whose problem has been told."""

    overlay: Overlay
    built: dict[int, tuple[Part, Any]] = field(default_factory=dict)
    """Components built so far; holds the states, so that their ids stay theirs."""

    def settings(self, plain: Mapping[str, Any], classes: Mapping[str, Mapping[str, Any]], owner: Owner) -> Settings | None:
        """Build the settings of a cell, or note why not."""
        table = self.overlay.shapes.table(Settings)
        values = {
            own.name: self.value(own, plain.get(key), ROOT.key(key), owner)
            for key, own in table.fields.items()
            if own.name not in ("fit", "per_class")
        }
        values["fit"] = self._fit(plain, values["generator"], owner)
        values["per_class"] = {name: self._class_settings(state, owner) for name, state in classes.items()}
        whole = self._check_mix(plain)
        if not whole or any(isinstance(value, Broken) for value in (*values.values(), *values["per_class"].values())):
            return None
        return Settings(**values)

    def _class_settings(self, state: Mapping[str, Any], owner: Owner) -> ClassSettings | Broken:
        fields = self.overlay.shapes.table(Settings).fields
        generator, bank, batch = (self.value(fields[key], state.get(key), ROOT.key(key), owner) for key in ("generator", "bank", "batch"))
        fit = self._fit(state, generator, owner)
        if any(isinstance(value, Broken) for value in (generator, bank, batch, fit)):
            return BROKEN
        assert isinstance(bank, Bank)
        assert isinstance(fit, Fit)
        return ClassSettings(generator=generator, fit=fit, bank=bank, n=batch.n)

    def _fit(self, state: Mapping[str, Any], generator: Any, owner: Owner) -> Any:
        """Build ``fit``; where it is silent on what the generator uses, presets answer."""
        table, part, place = self.overlay.shapes.table(Fit), state.get("generator"), ROOT.key("fit")
        said = state.get("fit") or {}
        if generator is None or not isinstance(part, Part) or part.origin is None:
            return self.table(table, said, place, owner)
        asked = Node(part.use, part.origin)
        answers: Any = {}
        for fit in (used_fit(part, part.component.presets.get("official", {}), asked), *part.fits):
            answers = self.overlay.table(table, answers, fit, place) if fit else answers
        fit = self.table(table, {**answers, **said}, place, owner)
        return BROKEN if isinstance(fit, Broken) or self._silent(fit, part) else fit

    def _silent(self, fit: Any, part: Part) -> bool:
        uses = [name for name in getattr(part.component, "uses", ()) if hasattr(fit, name)]
        missing = [dashed(name) for name in uses if getattr(fit, name) is None]
        for key in missing:
            self.overlay.findings.add(
                f"fit.{key} is missing: generator '{part.use}' reads it and has no official preset for it",
                part.origin.value if part.origin else None,
                f"set fit.{key}",
                ("fit", key),
            )
        return bool(missing)

    def value(self, own: Field, state: Any, place: Place, owner: Owner) -> Any:
        """Build a field's value."""
        if isinstance(state, Broken):
            return BROKEN
        match own.shape:
            case Slot():
                return self._slot(own.shape, own.default, state, place, owner)
            case Table():
                silent = state is None and own.default is not REQUIRED
                return own.default if silent else self.table(own.shape, state or {}, place, owner, own.default)
            case Named():
                return self._named(own.shape, state or {}, place, owner)
            case Listed():
                silent = state is None and own.default is not REQUIRED
                return own.default if silent else self._listed(own.shape, state or (), place, owner)
            case Leaf():
                return self._leaf(own.shape, own.default, state, place, owner)
            case Seat():
                return self.seat(own.shape, state or Seated(None, {}), place, owner)

    def _leaf(self, leaf: Leaf, default: Any, state: Any, place: Place, owner: Owner) -> Any:
        if state is None and (node := self.overlay.fallbacks.get(place.path)):
            state = self.overlay.leaf(leaf, node, place)
        if isinstance(state, Held):
            return self._located(state.value, state.node) if leaf.path and state.node else state.value
        return self._missing(place, owner) if default is REQUIRED else default

    def _located(self, value: Any, node: Node) -> Any:
        if isinstance(value, tuple):
            found = tuple(self._located(item, node) for item in value)
            return BROKEN if any(isinstance(item, Broken) for item in found) else found
        if not isinstance(value, FilePath):
            return value
        source: Source = node.origin.source
        try:
            # The text as written: a Path would have dropped a trailing slash or '.', which is all right, but not '$'.
            return resolved(str(value), source)
        except UndefinedVariable as error:
            self.overlay.findings.add(str(error), node.origin.value, f"write 'export {error.name}=...' in the shell first")
        except RuntimeError as error:
            self.overlay.findings.add(str(error).lower(), node.origin.value)
        return BROKEN

    def _slot(self, slot: Slot, default: Any, state: Any, place: Place, owner: Owner) -> Any:
        if state is None:
            state = self.overlay.implicit(slot, place, default)
        if isinstance(state, Part):
            return self.component(state, place)
        if isinstance(state, Empty) or (state is None and (slot.nullable or default is None)):
            return None
        return self._missing(place, owner)

    def component(self, part: Part, place: Place) -> Component | Broken:
        """Build a component, once for each state."""
        if id(part) not in self.built:
            self.built[id(part)] = part, self._component(part, place)
        built: Component | Broken = self.built[id(part)][1]
        return built

    def _component(self, part: Part, place: Place) -> Any:
        where = part.origin.value if part.origin else None
        owner = Owner(name=f"{part.component.kind} '{part.use}'", where=where)
        table = self.overlay.components.keys(part.component)
        return self._made(table, part.entries, part.implied, place.own, owner)

    def table(self, table: Table, state: Mapping[str, Any], place: Place, owner: Owner, default: Any = REQUIRED) -> Any:
        """Build a dataclass of a table; what is silent comes from a default of the whole."""
        fallback = {} if default is REQUIRED or default is None else {own.name: getattr(default, own.name) for own in table.fields.values()}
        implied = {own.name: fallback[own.name] for key, own in table.fields.items() if own.name in fallback and key not in state}
        if table.owner is Length and not self._one_length(state, place, owner):
            return BROKEN
        return self._made(table, state, implied, place.key, owner)

    def _made(self, table: Table, state: Mapping[str, Any], implied: Mapping[str, Any], name: Any, owner: Owner) -> Any:
        values = {
            own.name: self.value(own, state.get(key), name(key), owner) for key, own in table.fields.items() if own.name not in implied
        }
        if any(isinstance(value, Broken) for value in values.values()):
            return BROKEN
        try:
            return table.owner(**implied, **values)
        except (AugbenchError, ValueError, TypeError) as error:
            self.overlay.findings.add(f"{owner.name}: {error}", owner.where)
            return BROKEN
        # What else a plugin's code raises when it is built; without a doubt its author's to mend.
        except (Exception, SystemExit) as error:
            self.overlay.findings.add(f"{owner.name}: {reason(error)}{placed(location(error))}", owner.where)
            return BROKEN

    def _one_length(self, state: Mapping[str, Any], place: Place, owner: Owner) -> bool:
        given = [key for key in ("epochs", "steps") if key in state]
        if len(given) == 1 and ("of" not in state or given == ["epochs"]):
            return True
        if not given:
            self._missing(place, owner, "say { epochs = N } or { steps = N }")
            return False
        held = state["of" if given == ["steps"] else "steps"]
        where = held.node.origin.key if isinstance(held, Held) and held.node else owner.where
        rule = f"{place.label}.of counts epochs, not steps" if given == ["steps"] else f"{place.label} holds both epochs and steps"
        self.overlay.findings.add(rule, where, "keep one of them")
        return False

    def seat(self, seat: Seat, state: Seated, place: Place, owner: Owner) -> Any:
        """Build what shares its table with a component; None where the slot is empty."""
        part = self._slot(seat.slot, REQUIRED, state.part, place, owner) if not isinstance(state.part, Broken) else BROKEN
        if part is None and state.part is None:
            return self._missing(place, owner, "give 'use'")
        if part is None or isinstance(part, Broken):
            return part
        return self._made(seat.beside, state.beside, {seat.name: part}, place.key, owner)

    def _named(self, named: Named, state: Mapping[str, Any], place: Place, owner: Owner) -> Any:
        built = {name: self.seat(named.item, seated, place.key(name), owner) for name, seated in state.items()}
        if any(isinstance(item, Broken) for item in built.values()):
            return BROKEN
        return {name: item for name, item in built.items() if item is not None}

    def _listed(self, listed: Listed, state: tuple[Any, ...], place: Place, owner: Owner) -> Any:
        item = Field(name="", shape=listed.item)
        built = tuple(self.value(item, one, place, _item_owner(one, place, owner)) for one in state)
        return BROKEN if any(isinstance(one, Broken) for one in built) else built

    def _missing(self, place: Place, owner: Owner, hint: str = "") -> Broken:
        self.overlay.findings.add(f"{owner.name} has no {place.label}", owner.where, hint or owner.hint.format(place.label), place.path)
        return BROKEN

    def _check_mix(self, plain: Mapping[str, Any]) -> bool:
        mix = (plain.get("batch") or {}).get("mix")
        if not isinstance(mix, Held) or mix.node is None:
            return True
        known = {ORIGINALS, GENERATED, *(plain.get("augment") or {})}
        unknown = [(name, node) for name, node in mix.node.value.items() if name not in known]
        for name, node in unknown:
            message = f"batch.mix names '{name}', which is neither a source nor an augment slot"
            self.overlay.findings.add(message, node.origin.key, suggestion(name, known), ("augment", name))
        return not unknown


def _item_owner(state: Any, place: Place, owner: Owner) -> Owner:
    """Return who lacks what a table of a list does not say, told at the first key that it does say."""
    held = next((held for held in state.values() if isinstance(held, Held) and held.node), None) if isinstance(state, Mapping) else None
    return Owner(name=f"a table of {'.'.join(place.path)}", where=held.node.origin.key if held and held.node else owner.where)
