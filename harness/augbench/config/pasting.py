"""Write the lines of a matrix, or the option of a command, that use a component: to be pasted, and changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, Field, fields
from typing import Any

from augbench.config.writing import named_after, quoted, written
from augbench.values.augmenting import Augmenter
from augbench.values.components import Component, dashed, default_of
from augbench.values.errors import NoToml

NameOf = Callable[[type], str]
SLOTS = {
    "generator": "generator",
    "sampler": "sampler",
    "backbone": "backbone",
    "loss": "training.loss",
    "optimizer": "training.optimizer",
    "schedule": "training.schedule",
    "adjustment": "predict",
    "features": "quality.features",
}
"""Where a row holds a component."""
_LISTS = {"metric": 'metrics = ["accuracy", {}]', "test": "test = {}", "report": 'formats = ["markdown", {}]'}
"""What [report] says of a component by its name alone."""
_OPTIONS = {"executor": "--engine", "observer": "--observe"}


def example(component: type[Component], use: str, name_of: NameOf, implied: Mapping[str, Any]) -> str:
    """Return what uses a component that is called ``use``: its defaults are comments, what it must be given is to be filled in.

    ``implied`` are parameters that the name gives.
    """
    kind = component.kind
    if kind in _LISTS:
        return f"[report]\n{_LISTS[kind].format(quoted(use))}"
    if kind in _OPTIONS:
        return f"bench run {_OPTIONS[kind]} {use}"
    parameters = (_line(field, name_of) for field in fields(component) if field.name not in implied)  # type: ignore[arg-type]
    return "\n".join([_header(component, use), f"use = {quoted(use)}", *parameters])


def _header(component: type[Component], use: str) -> str:
    name = named_after(use.rpartition(":")[2], "mine")
    if component.kind == "dataset":
        return f"[datasets.{name}]"
    if component.kind == "resize":
        return "[datasets.cells.resize]"
    if issubclass(component, Augmenter):
        # Several images are mixed in a slot, one image is changed in a list.
        return f"[rows.{name}.augment.linear]" if component.arity != 1 else f"[[rows.{name}.transforms]]"
    return f"[rows.{name}.{SLOTS[component.kind]}]"


def _line(field: Field[Any], name_of: NameOf) -> str:
    key = dashed(field.name)
    value = default_of(field)
    if value is MISSING:
        return f"{key} = ...   # must be given"
    if value is None:
        return f"# {key} is not set"
    try:
        return f"# {key} = {_value(value, name_of)}"
    except NoToml:
        return f"# {key} has a default that a matrix cannot hold"


def _value(value: Any, name_of: NameOf) -> str:
    """Write a value; of a component, its name and what differs from its own defaults."""
    if not isinstance(value, Component):
        return written(value)
    changed = dict(_changed(value, name_of))
    name = quoted(name_of(type(value)))
    return f"{{ use = {name}, {', '.join(f'{key} = {own}' for key, own in changed.items())} }}" if changed else name


def _changed(component: Component, name_of: NameOf) -> Iterator[tuple[str, str]]:
    for field in fields(component):  # type: ignore[arg-type]
        value = getattr(component, field.name)
        if value != default_of(field) and value is not None:
            yield dashed(field.name), _value(value, name_of)
