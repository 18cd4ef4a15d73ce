"""Write TOML: values of Python, texts in comments, and a data set's lines of a matrix."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date, time
from pathlib import Path
from typing import Any

from augbench.values.components import Component, class_address, dashed
from augbench.values.errors import NoToml

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def quoted(text: str) -> str:
    """Write a text as a basic string of TOML."""
    # JSON escapes what TOML does, all but the last control character.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def document(table: Mapping[str, Any]) -> str:
    """Write a table as a TOML file, a line a key.  Raise ``NoToml`` for a value that TOML has no word for."""
    return "".join(f"{_key(key)} = {written(value)}\n" for key, value in table.items() if value is not None)


def written(value: Any) -> str:
    """Write a value on one line as a matrix has it: a component as the table of its slot, its class as a name.

    Entries of tables that are None are left out.  Raise ``NoToml`` for a value that TOML has no word for.
    """
    if isinstance(value, Component):
        return _table({"use": type(value), **_fields(value)})
    if isinstance(value, type) and issubclass(value, Component):
        return quoted(class_address(value))
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str | Path):
        return quoted(str(value))
    if isinstance(value, int | float | date | time):
        return str(value)
    if isinstance(value, Mapping):
        return _table(value)
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(written, value))}]"
    if is_dataclass(value) and not isinstance(value, type):
        return _table(_fields(value))
    return _foreign(value)


def _foreign(value: Any) -> str:
    """Write a number of NumPy or a tensor as Python's own."""
    plain = value.tolist() if hasattr(value, "tolist") else value
    if plain is value or type(plain) is type(value):
        raise NoToml(value)
    return written(plain)


def _fields(value: Any) -> dict[str, Any]:
    return {dashed(field.name): getattr(value, field.name) for field in fields(value)}


def _table(items: Mapping[str, Any]) -> str:
    entries = ", ".join(f"{_key(key)} = {written(item)}" for key, item in items.items() if item is not None)
    return f"{{ {entries} }}" if entries else "{}"


def _key(key: object) -> str:
    if not isinstance(key, str):
        raise NoToml(key)
    return key if _BARE.fullmatch(key) else quoted(key)


def spelled(text: str) -> str:
    """Write a text on one line of a comment: what is no letter, digit, mark or plain space by its number."""
    return "".join(letter if letter.isprintable() else letter.encode("unicode_escape").decode("ascii") for letter in text)


def named_after(use: str, otherwise: str) -> str:
    """Return what a data set or a row may be called that uses a component."""
    return re.sub(r"[^A-Za-z0-9_-]+", "-", use.partition("@")[0].rpartition("/")[2]).strip("-") or otherwise


def column(use: str, sets: Sequence[str] = ()) -> str:
    """Write what a matrix file says of a data set; ``sets`` are its parameters, as after ``--set``."""
    lines = [f"[datasets.{named_after(use, 'images')}]", f"use = {_value(use)}"]
    return "\n".join([*lines, *(f"{key.strip()} = {_value(value)}" for key, _, value in (one.partition("=") for one in sets))])


def _value(text: str) -> str:
    """Write a value as TOML: as it is, or as a text."""
    try:
        tomllib.loads(f"x = {text}")
    except tomllib.TOMLDecodeError:
        return quoted(text.strip())
    return text.strip()
