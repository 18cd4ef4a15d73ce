"""The identity of a stage as canonical JSON, and the key that is its hash."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

from augbench.registry.asking import content_of
from augbench.registry.places import definition
from augbench.values.components import Component, class_address, dashed
from augbench.values.errors import NoToml
from augbench.values.trial_errors import ComponentRaises

Key = str
KEY_SCHEMA = 2
CodeDigest = Callable[[type], str]
# Made once: a plan writes hundreds of thousands of texts.
_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), allow_nan=False)


def canonical(value: Any) -> str:
    """Write JSON in the one way that keys are made of."""
    return _ENCODER.encode(value)


def key_of(text: str) -> Key:
    """Return the sha256 of an identity's canonical JSON."""
    return hashlib.sha256(text.encode()).hexdigest()


def identity(value: Any, code: CodeDigest) -> Any:
    """Turn settings into JSON that says all that decides a result.

    A component becomes its class, the digest of its code and its resolved parameters; a file becomes the hash of its bytes.
    """
    if isinstance(value, Component):
        return _component(value, code)
    if is_dataclass(value) and not isinstance(value, type):
        return _fields(value, code)
    if isinstance(value, Mapping):
        return {str(name): identity(part, code) for name, part in value.items()}
    if isinstance(value, tuple | list):
        return [identity(part, code) for part in value]
    if isinstance(value, Path):
        return _file(value)
    if value is None or isinstance(value, str | int) or (isinstance(value, float) and math.isfinite(value)):
        return value
    raise NoToml(value)


def _component(value: Component, code: CodeDigest) -> Any:
    try:
        parameters, content = _fields(value, code), content_of(value)
    # The default of a field; what a matrix says is none.
    except NoToml as error:
        raise ComponentRaises(value.kind, class_address(type(value)), error, definition(type(value))) from error
    if content is not None or value.kind == "dataset":
        # Where files lie is not what they hold: the content tells that, and the digest of a data set.
        said = {dashed(name) for name, part in vars(value).items() if part is not None and not isinstance(part, Path)}
        parameters = {name: part for name, part in parameters.items() if name in said}
    own = {"component": class_address(type(value)), "code": code(type(value)), "parameters": parameters}
    return own if content is None else own | {"content": content}


def codes_in(text: str) -> dict[str, str]:
    """Return the digest of each component's code by its class, of the JSON that an identity was written as."""
    found: dict[str, str] = {}

    def note(table: dict[str, Any]) -> dict[str, Any]:
        if "component" in table and "code" in table:
            found[table["component"]] = table["code"]
        return table

    json.loads(text, object_hook=note)
    return found


def _fields(value: Any, code: CodeDigest) -> dict[str, Any]:
    return {dashed(field.name): identity(getattr(value, field.name), code) for field in fields(value)}


def _file(path: Path) -> Any:
    """Tell a file by its content, so that moving it changes nothing; a folder or an absent file by its name."""
    if not path.is_file():
        return {"path": str(path)}
    with path.open("rb") as file:
        return {"sha256": hashlib.file_digest(file, "sha256").hexdigest()}
