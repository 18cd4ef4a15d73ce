"""The JSON Schema of report.json, made from the types of the comparison: report.schema.json holds it."""

from __future__ import annotations

import json
from typing import Any

from augbench import Comparison


def schema() -> dict[str, Any]:
    """Describe report.json: every field of every object is there, and no other."""
    from pydantic import ConfigDict, TypeAdapter

    # Only what holds the tree may be configured, so it is described as the one item of a list.
    adapter = TypeAdapter(list[Comparison], config=ConfigDict(use_attribute_docstrings=True))
    types = {name: _strict(found) for name, found in sorted(adapter.json_schema(mode="serialization")["$defs"].items())}
    version = types["Comparison"]["properties"]["schema"]
    version["const"] = Comparison.schema
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$ref": "#/$defs/Comparison", "$defs": types}


def schema_text() -> str:
    """Write the schema as its file."""
    return json.dumps(schema(), indent=1, sort_keys=True) + "\n"


def _strict(found: dict[str, Any]) -> dict[str, Any]:
    properties = {name: _short(each) for name, each in found["properties"].items()}
    return {**_short(found), "properties": properties, "required": sorted(properties), "additionalProperties": False}


def _short(found: Any) -> Any:
    """Leave out titles that repeat a name, and defaults, which a reader does not need."""
    if isinstance(found, list):
        return [_short(each) for each in found]
    return {key: _short(each) for key, each in found.items() if key not in ("title", "default")} if isinstance(found, dict) else found
