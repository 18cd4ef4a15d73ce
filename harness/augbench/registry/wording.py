"""Types, bounds and values of Python in the words of a matrix file."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import annotated_types

from augbench.values.components import Component, dashed

_SIMPLE: dict[Any, str] = {
    bool: "true or false",
    int: "whole number",
    float: "number",
    str: "text",
    Path: "path",
    Any: "anything",
}
_PLURALS = {"whole number": "whole numbers", "number": "numbers", "path": "paths", "text": "texts"}
_BOUNDS = {"ge": ">=", "gt": ">", "le": "<=", "lt": "<", "multiple_of": "a multiple of"}
_LENGTHS = {"min_length": "at least", "max_length": "at most"}


def type_in_words(annotation: Any) -> str:
    """Name a type as a user thinks of it: ``number``, ``list of text``, ``table``."""
    if isinstance(annotation, str):
        return annotation
    if annotation in _SIMPLE:
        return _SIMPLE[annotation]
    if isinstance(annotation, type) and issubclass(annotation, Component):
        return f"a component: {annotation.kind}"
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return type_in_words(arguments[0])
    if origin is Literal:
        return _literal(arguments)
    if origin in (Union, types.UnionType):
        return _union(arguments)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return f"table of {_plural(type_in_words(arguments[1]))}"
    if isinstance(origin, type) and issubclass(origin, Sequence):
        return _sequence(arguments)
    if is_dataclass(annotation) or origin in (dict, Mapping):
        return "table"
    return getattr(annotation, "__name__", str(annotation))


def bounds_in_words(annotation: Any) -> str:
    """Write the ``annotated_types`` bounds anywhere within a type: ``>= 0, <= 1``."""
    return ", ".join(dict.fromkeys(_bounds(annotation)))


def slot_kind(annotation: Any) -> str | None:
    """Return the kind of component that a field nests, or None."""
    for part in (annotation, *get_args(annotation)):
        if isinstance(part, type) and issubclass(part, Component):
            return part.kind
    return None


def in_toml(value: Any) -> str:
    """Write a value as TOML does; None, which TOML has no word for, reads ``unset``."""
    if value is None:
        return "unset"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (str, Path)):
        return f'"{value}"'
    if isinstance(value, Mapping):
        return _table(value)
    if is_dataclass(value):
        return f"{type(value).__name__} {_table({dashed(field.name): getattr(value, field.name) for field in fields(value)})}"
    if isinstance(value, Sequence):
        return f"[{', '.join(map(in_toml, value))}]"
    return f"{value:g}" if isinstance(value, float) and value == float(f"{value:g}") else str(value)


def _table(items: Mapping[str, Any]) -> str:
    return f"{{ {', '.join(f'{name} = {in_toml(item)}' for name, item in items.items())} }}" if items else "{}"


def _literal(values: tuple[Any, ...]) -> str:
    return in_toml(values[0]) if len(values) == 1 else f"one of {', '.join(map(in_toml, values))}"


def _union(members: tuple[Any, ...]) -> str:
    words = [type_in_words(member) for member in members if member is not type(None)]
    return " or ".join([*words, "unset"] if type(None) in members else words)


def _sequence(members: tuple[Any, ...]) -> str:
    if len(members) == 1 or members[1:] == (Ellipsis,):
        return f"list of {_plural(type_in_words(members[0]))}"
    return f"list of {len(members)}: {', '.join(map(type_in_words, members))}"


def _plural(words: str) -> str:
    return _PLURALS.get(words, words)


def _bounds(annotation: Any) -> Iterator[str]:
    if get_origin(annotation) is Annotated:
        for mark in annotation.__metadata__:
            if isinstance(mark, annotated_types.Len) and mark.min_length == mark.max_length:
                yield f"{mark.min_length} long"
                continue
            for part in mark if isinstance(mark, annotated_types.GroupedMetadata) else (mark,):
                yield from _bound(part)
    for part in get_args(annotation):
        if part is not annotation and not isinstance(part, (str, int, float)):
            yield from _bounds(part)


def _bound(mark: Any) -> Iterator[str]:
    for name, sign in _BOUNDS.items():
        if isinstance(mark, annotated_types.BaseMetadata) and hasattr(mark, name):
            yield f"{sign} {in_toml(getattr(mark, name))}"
    for name, words in _LENGTHS.items():
        if isinstance(mark, annotated_types.BaseMetadata) and hasattr(mark, name):
            yield f"{words} {getattr(mark, name)} long"
