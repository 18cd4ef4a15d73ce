"""Say in words what a component takes: parameters with type, bounds, default and meaning."""

from __future__ import annotations

import ast
import inspect
import sys
import textwrap
from dataclasses import MISSING, Field, dataclass, fields
from functools import cache
from itertools import pairwise
from typing import Any, get_type_hints

from augbench.registry.entries import Entry
from augbench.registry.loading import load
from augbench.registry.places import definition
from augbench.registry.published import published
from augbench.registry.remarks import remarks
from augbench.registry.wording import bounds_in_words, in_toml, slot_kind, type_in_words
from augbench.values.components import Component, class_address, dashed, default_of


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """One key that a component's table may hold."""

    name: str
    """The TOML key."""
    type: str
    """In words: ``number``, ``one of "a", "b"``."""
    bounds: str
    """Such as ``>= 0, <= 1``; empty where every value will do."""
    default: str | None
    """As TOML writes it; None where a value must be given."""
    help: str
    slot: str | None = None
    """The kind of component that it nests."""


@dataclass(frozen=True, kw_only=True)
class Description:
    """What a user may know of a component without running it."""

    kind: str
    name: str
    summary: str
    origin: str
    """Distribution and version."""
    plugin: str
    distribution: str
    version: str
    home_page: str
    licence: str
    target: str
    where: str
    """File and line of its class."""
    text: str
    """The class's docstring."""
    parameters: tuple[Parameter, ...]
    presets: dict[str, dict[str, Any]]
    remarks: tuple[str, ...]
    """What its author may not have meant."""


def describe(entry: Entry) -> Description:
    """Import a component's class and describe it.  Raise ``BrokenComponent``."""
    component, about = load(entry), published(entry.origin.distribution)
    text = _unmarked(inspect.cleandoc(component.__doc__ or ""))
    return Description(
        kind=entry.kind,
        name=entry.address,
        summary=entry.summary or text.partition("\n")[0],
        origin=str(entry.origin),
        plugin=entry.origin.plugin,
        distribution=entry.origin.distribution,
        version=entry.origin.version,
        home_page=about.home_page,
        licence=about.licence,
        target=class_address(component),
        where=definition(component),
        text=text,
        parameters=(known := parameters(component)),
        presets=component.presets,
        remarks=remarks(component, known),
    )


def parameters(component: type[Component]) -> tuple[Parameter, ...]:
    """Describe every field of a component."""
    texts = help_texts(component)
    return tuple(_parameter(component, field, texts.get(field.name, "")) for field in fields(component))  # type: ignore[arg-type]


def _parameter(component: type[Component], field: Field[Any], help_text: str) -> Parameter:
    annotation = _annotation(component, field)
    return Parameter(
        name=dashed(field.name),
        type=type_in_words(annotation),
        bounds=bounds_in_words(annotation),
        default=None if (default := default_of(field)) is MISSING else in_toml(default),
        help=help_text,
        slot=slot_kind(annotation),
    )


def _annotation(component: type[Component], field: Field[Any]) -> Any:
    """Evaluate one annotation where its class was written; keep the text of one that only a type checker can read."""
    owner = next(base for base in component.__mro__ if field.name in vars(base).get("__annotations__", {}))
    holder = type("Holder", (), {"__annotations__": {field.name: field.type}})
    try:
        return get_type_hints(holder, vars(sys.modules[owner.__module__]), dict(vars(owner)), include_extras=True)[field.name]
    except Exception:
        return field.type


def help_texts(owner: type) -> dict[str, str]:
    """Collect the strings below the fields of a dataclass; a subclass's word counts before its base's."""
    found: dict[str, str] = {}
    for base in reversed(owner.__mro__):
        if base is not object:
            found |= _own_help_texts(base)
    return found


@cache
def _own_help_texts(component: type) -> dict[str, str]:
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(component)))
    except (OSError, TypeError, SyntaxError):
        return {}
    body = tree.body[0].body if isinstance(tree.body[0], ast.ClassDef) else []
    texts = {}
    for statement, below in pairwise(body):
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name) and (text := _string(below)):
            texts[statement.target.id] = _unmarked(" ".join(text.split()))
    return texts


def _unmarked(text: str) -> str:
    """Write code as a terminal does, in single quotes."""
    return text.replace("``", "'")


def _string(statement: ast.stmt) -> str:
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant) and isinstance(statement.value.value, str):
        return statement.value.value
    return ""
