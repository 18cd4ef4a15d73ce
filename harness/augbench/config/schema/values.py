"""The JSON schema of a value that is replaced whole, read off the validator that the loader uses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any

from augbench.config.shapes import REQUIRED, Leaf, Shapes
from augbench.values.components import Component, dashed

if TYPE_CHECKING:
    from augbench.registry.collect import Registry

Schema = dict[str, Any]


def value_schema(leaf: Leaf, shapes: Shapes) -> Schema:
    """Return what a value's validator accepts; everything, where JSON schema has no words for it."""
    from pydantic.errors import PydanticUserError

    try:
        found = shapes.adapter(leaf).json_schema()
    except PydanticUserError:
        return {}
    return {} if "$defs" in found else _in_draft_7(found)


def _in_draft_7(schema: Schema) -> Schema:
    """Rewrite pydantic's newer words as those that editors know, and leave out the null that TOML has not."""
    alternatives = [_in_draft_7(each) for each in schema.get("anyOf", ()) if each != {"type": "null"}]
    if len(alternatives) == 1:
        return alternatives[0]
    rewritten = {
        key: _child(value) for key, value in schema.items() if key not in ("anyOf", "default", "format", "prefixItems", "propertyNames")
    }
    if alternatives:
        rewritten["anyOf"] = alternatives
    if "prefixItems" in schema:
        rewritten |= {"items": [_in_draft_7(each) for each in schema["prefixItems"]], "additionalItems": False}
    return rewritten | _keys(schema)


def _child(value: Any) -> Any:
    return _in_draft_7(value) if isinstance(value, dict) else value


def _keys(schema: Schema) -> Schema:
    """Name the keys of a table that has no others: editors complete properties only."""
    names = schema.get("propertyNames")
    if names is None:
        return {}
    known = names.get("enum", [names["const"]] if "const" in names else [])
    if not known:
        return {"propertyNames": names}
    return {"properties": dict.fromkeys(known, _child(schema["additionalProperties"])), "additionalProperties": False}


def default_schema(value: Any, registry: Registry) -> Schema:
    """Return ``{"default": ...}`` with a dataclass's default as TOML would hold it; nothing, where TOML has no word for it."""
    written = _written(value, registry)
    return {} if written is None else {"default": written}


def _written(value: Any, registry: Registry) -> Any:
    if isinstance(value, Component):
        return _named(value, registry)
    if isinstance(value, Path):
        return value.as_posix()
    if isinstance(value, tuple | list):
        return [_written(item, registry) for item in value]
    if isinstance(value, Mapping):
        return {key: _written(item, registry) for key, item in value.items()}
    return value if isinstance(value, str | int | float | bool) and _sayable(value) else None


def _sayable(value: Any) -> bool:
    """Tell whether JSON has a word for it: it has none for infinity."""
    return not isinstance(value, float) or isfinite(value)


def _named(component: Component, registry: Registry) -> Any:
    """Write a component as a slot holds it: its name, or a table with what its class has otherwise."""
    owner = type(component)
    if hasattr(owner, "names"):
        # One of a family: only who wrote the matrix could say which.
        return None
    own = {
        dashed(field.name): _written(value, registry)
        for field in fields(component)  # type: ignore[arg-type]  # every component is a dataclass
        if (value := getattr(component, field.name)) != getattr(owner, field.name, REQUIRED)
    }
    name = registry.name_of(owner)
    return {"use": name, **own} if own else name
