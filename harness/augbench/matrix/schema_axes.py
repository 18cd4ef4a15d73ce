"""The JSON schema of axes: wherever a setting may stand, a list of its values may."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from augbench.config.schema.places import ref
from augbench.config.schema.values import Schema

_ANY: Schema = {"anyOf": [{"type": "array", "minItems": 1}, {"type": "object", "additionalProperties": True}]}
"""What a quoted, dotted key holds: its path is not followed."""
_DOTTED = r"\."


@dataclass(frozen=True, kw_only=True)
class Axes:
    """Turns schemas of settings, which lie in the definitions, into those of axes."""

    definitions: dict[str, Schema]

    def table(self, places: Mapping[str, str]) -> Schema:
        """Return a table of axes over settings: the places of their schemas by key."""
        quoted = f"^({'|'.join(places)}){_DOTTED}"
        properties = {key: {"anyOf": self._ways([place])} for key, place in places.items()}
        return {"type": "object", "properties": properties, "patternProperties": {quoted: _ANY}, "additionalProperties": False}

    def _ways(self, places: list[str]) -> list[Schema]:
        """Return the list of values of a setting, and the table of axes over what it holds."""
        items = [{"$ref": place} for place in places]
        listed = {"type": "array", "minItems": 1, "uniqueItems": True, "items": items[0] if len(items) == 1 else {"anyOf": items}}
        return [listed, *self._tables(places)]

    def _tables(self, places: list[str]) -> Iterator[Schema]:
        named = {inner for place in places for inner in self._shared(self._at(place))}
        for name in sorted(named):
            yield self._axes_of(name)
        if inner := self._inner([place for place in places if not self._shared(self._at(place))]):
            yield inner

    def _axes_of(self, name: str) -> Schema:
        """Return axes over the parameters of a kind of component."""
        own = f"axes.{name}"
        if own not in self.definitions:
            # Known before it is written: a component may hold another of its kind.
            self.definitions[own] = {}
            self.definitions[own] |= self._inner([f"#/definitions/{name}"]) or {}
        return ref(own)

    def _inner(self, places: list[str]) -> Schema | None:
        """Join the tables that may stand in places: what each of their keys may be."""
        keys: dict[str, list[str]] = {}
        rest: list[str] = []
        for place in (table for each in places for table in self._objects(each)):
            schema = self._at(place)
            for key, value in schema.get("properties", {}).items():
                if isinstance(value, dict):
                    keys.setdefault(key, []).append(f"{place}/properties/{key}")
            if isinstance(schema.get("additionalProperties"), dict):
                rest.append(f"{place}/additionalProperties")
        if not keys and not rest:
            return None
        found: Schema = {"type": "object", "properties": {key: {"anyOf": self._ways(self._distinct(same))} for key, same in keys.items()}}
        found["patternProperties"] = {_DOTTED: _ANY}
        found["additionalProperties"] = {"anyOf": self._ways(rest)} if rest else False
        return found

    def _objects(self, place: str) -> Iterator[str]:
        """Find the tables that may stand in a place."""
        schema = self._at(place)
        if "$ref" in schema:
            yield from self._objects(schema["$ref"])
        for number in range(len(schema.get("anyOf", ()))):
            yield from self._objects(f"{place}/anyOf/{number}")
        if schema.get("type") == "object" or "properties" in schema:
            yield place

    def _shared(self, schema: Schema) -> list[str]:
        """Return the kinds of components that a slot takes."""
        names = [each["$ref"].rpartition("/")[2] for each in schema.get("anyOf", ()) if "$ref" in each]
        return [name for name in names if "." not in name]

    def _distinct(self, places: list[str]) -> list[str]:
        """Keep one of those that accept the same."""
        found: dict[str, str] = {}
        for place in places:
            schema = {key: value for key, value in self._resolved(place).items() if key not in ("default", "description")}
            found.setdefault(json.dumps(schema, sort_keys=True), place)
        return list(found.values())

    def _resolved(self, place: str) -> Schema:
        schema = self._at(place)
        return self._resolved(schema["$ref"]) if set(schema) == {"$ref"} else schema

    def _at(self, place: str) -> Schema:
        found: Any = self.definitions
        for key in place.removeprefix("#/definitions/").split("/"):
            found = found[int(key)] if isinstance(found, list) else found[key]
        assert isinstance(found, dict)
        return found
