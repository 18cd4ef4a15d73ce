"""The JSON schema of what may stand in a place: a value, a component, a table of both."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from augbench.config.overlay import NAME
from augbench.config.schema.choices import CLASS, Choice, Choices, written
from augbench.config.schema.values import Schema, default_schema, value_schema
from augbench.config.shapes import REQUIRED, Field, Leaf, Listed, Named, Seat, Shape, Slot, Table
from augbench.config.source import Node
from augbench.registry.describe import help_texts
from augbench.values.augmenting import Augmenter
from augbench.values.sampling import GENERATED, ORIGINALS
from augbench.values.settings import Length

NAMES: Schema = {"pattern": f"^{NAME.pattern}$"}
"""What a user may call a row, a data set or a slot."""
_Path = tuple[str, ...]


def ref(*keys: str) -> Schema:
    """Point at a definition, or into one."""
    return {"$ref": "/".join(("#/definitions", *keys))}


def table_of(properties: Mapping[str, Any]) -> Schema:
    """Return the schema of a table that holds these keys and no others."""
    return {"type": "object", "properties": dict(properties), "additionalProperties": False}


def many_of(item: Schema, names: Schema | None = NAMES) -> Schema:
    """Return the schema of a table whose keys the user names; None lets them be any."""
    return {"type": "object", **({"propertyNames": names} if names else {}), "additionalProperties": item}


@dataclass(frozen=True, kw_only=True)
class Places:
    """Writes schemas of places; what several of them share becomes a definition."""

    choices: Choices
    fallbacks: Mapping[_Path, Node]
    """What a slot holds where the document is silent."""
    definitions: dict[str, Schema] = field(default_factory=dict)
    """Grows with what is asked for."""

    def properties(self, table: Table, path: _Path = (), default: Any = None) -> dict[str, Schema]:
        """Return the schemas of a table's keys; ``default`` is the whole table where the document is silent."""
        texts = help_texts(table.owner)
        return self._fields(table.fields, texts, path, default)

    def _fields(self, fields: Mapping[str, Field], texts: Mapping[str, str], path: _Path = (), default: Any = None) -> dict[str, Schema]:
        found = {}
        for key, own in fields.items():
            silent = own.default if default is None or default is REQUIRED else getattr(default, own.name)
            schema = self.place(own.shape, (*path, key), silent)
            text = texts.get(own.name) or (inspect.getdoc(own.shape.owner) if isinstance(own.shape, Table) else "")
            found[key] = {**({"description": text} if text else {}), **schema, **self._default(own.shape, (*path, key), silent)}
        return found

    def place(self, shape: Shape, path: _Path = (), default: Any = None) -> Schema:
        """Return what may stand in a place."""
        match shape:
            case Leaf():
                return value_schema(shape, self.choices.shapes)
            case Slot():
                return self.slot(shape)
            case Table():
                return _lengths(self.properties(shape, path)) if shape.owner is Length else table_of(self.properties(shape, path, default))
            case Seat():
                return self.seat(shape)
            case Named():
                return many_of(self.seat(shape.item), {**NAMES, "not": {"enum": [ORIGINALS, GENERATED]}})
            case Listed():
                return {"type": "array", "items": self._item(shape.item, path)}

    def slot(self, slot: Slot) -> Schema:
        """Return what a slot takes: a name, a table, or ``false``."""
        return {"anyOf": [*_empty(slot), self.component(slot.kind)]}

    def component(self, kind: str) -> Schema:
        """Return what names a component of a kind, or changes the parameters of the one that stands there."""
        if kind not in self.definitions:
            # Known before it is written: a component may hold another of its kind.
            self.definitions[kind] = {}
            tables = [self.parameters(choice) for choice in self.choices.of[kind]]
            self.definitions[kind] |= {"anyOf": [*self.names(kind), *tables, self._foreign(kind)]}
        return ref(kind)

    def parameters(self, choice: Choice) -> Schema:
        """Return the table of one component, with or without its ``use``."""
        if choice.key not in self.definitions:
            self.definitions[choice.key] = {}
            texts = help_texts(choice.component)
            use = {"description": "Which component.", "anyOf": [*_consts(choice), {"type": "string", "pattern": written([choice])}]}
            own = self._fields(choice.fields, texts)
            presets = {} if "preset" in own or not choice.component.presets else {"preset": _presets(choice)}
            text = {"description": _text(choice)}
            self.definitions[choice.key] |= {"title": choice.title, **text, **table_of({"use": use, **presets, **own})}
        return ref(choice.key)

    def names(self, kind: str, fits: Callable[[Choice], bool] = lambda choice: True) -> list[Schema]:
        """Return what a string that names a component may be, one alternative each."""
        known = [choice for choice in self.choices.of[kind] if fits(choice)]
        patterns = [*([written(known)] if known else []), CLASS]
        return [*(const for choice in known for const in _consts(choice)), *({"type": "string", "pattern": each} for each in patterns)]

    def seat(self, seat: Seat, more: Mapping[str, Schema] | None = None) -> Schema:
        """Return what stands in a table that a component shares with keys of the harness, and with ``more`` of them."""
        name = f"{seat.slot.kind}-beside"
        self.definitions[name] = table_of(self.properties(seat.beside) | dict(more or {}))
        # Not by way of another pointer: Tombi follows one, not two.
        beside = {
            key: schema if "$ref" in schema else ref(name, "properties", key)
            for key, schema in self.definitions[name]["properties"].items()
        }
        tables = [self._seated(choice, beside) for choice in self.choices.of[seat.slot.kind]]
        return {"anyOf": [*_empty(seat.slot), *self.names(seat.slot.kind), *tables, self._foreign(seat.slot.kind, beside)]}

    def _foreign(self, kind: str, beside: Mapping[str, Schema] | None = None) -> Schema:
        """Return the table of a class that no plugin registers: its parameters may be any."""
        known = [name for choice in self.choices.of[kind] for name in choice.names]
        # Tombi tells of a misspelt name what is refused here: so it tells the names, which are other tables' own.
        names = {"anyOf": [{"type": "string", "enum": known}, {"type": "string", "pattern": CLASS}], "not": {"enum": known}}
        use = names if known else {"type": "string", "pattern": CLASS}
        return {
            "title": "module:Class",
            "description": "A class that needs no plugin.",
            "type": "object",
            "properties": {"use": use, **(beside or {})},
            "required": ["use"],
            "additionalProperties": True,
        }

    def _seated(self, choice: Choice, beside: Mapping[str, Schema]) -> Schema:
        self.parameters(choice)
        known = self.definitions[choice.key]
        own = {key: ref(choice.key, "properties", key) for key in known["properties"]}
        return {"title": choice.title, "description": known["description"], **table_of({**own, **beside})}

    def _item(self, item: Slot | Table, path: _Path) -> Schema:
        """Return an item of a list: nothing has been said of it before."""
        if isinstance(item, Table):
            required = [key for key, own in item.fields.items() if own.default is REQUIRED]
            return {**table_of(self.properties(item)), "required": required}
        fits = _is_transform if path == ("transforms",) else lambda choice: True
        tables = [self.parameters(choice) for choice in self.choices.of[item.kind] if fits(choice)]
        return {
            "anyOf": [*self.names(item.kind, fits), *tables, self._foreign(item.kind)],
            "required": ["use"],
            "additionalProperties": True,
        }

    def _default(self, shape: Shape, path: _Path, default: Any) -> Schema:
        if path in self.fallbacks:
            return default_schema(self.fallbacks[path].plain(), self.choices.registry)
        if isinstance(shape, Slot) and shape.nullable and default in (None, REQUIRED):
            return {"default": False}
        return {} if isinstance(shape, Table) or default is REQUIRED else default_schema(default, self.choices.registry)


def _empty(slot: Slot) -> Iterator[Schema]:
    if slot.nullable:
        yield {"const": False, "description": "Empties the slot."}


def _consts(choice: Choice) -> Iterator[Schema]:
    for name in choice.names:
        yield {"const": name, "description": choice.summary} if choice.summary else {"const": name}


def _presets(choice: Choice) -> Schema:
    return {"description": "A named set of parameters; what stands beside it wins.", "enum": list(choice.component.presets)}


def _text(choice: Choice) -> str:
    """Return what a component is; dataclasses without a docstring have one that only repeats their fields."""
    text = inspect.cleandoc(vars(choice.component).get("__doc__") or "")
    return choice.summary if text.startswith(f"{choice.component.__name__}(") else text or choice.summary


def _is_transform(choice: Choice) -> bool:
    return not issubclass(choice.component, Augmenter) or choice.component.arity == 1


def _lengths(properties: Mapping[str, Schema]) -> Schema:
    """Return the two ways to say how long a training is."""
    steps = {key: schema for key, schema in properties.items() if key == "steps"}
    epochs = {key: schema for key, schema in properties.items() if key != "steps"}
    return {"anyOf": [{"title": "epochs", **table_of(epochs)}, {"title": "steps", **table_of(steps)}]}
