"""Import the class that an entry points at; refuse one that cannot be a component of its kind."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
from difflib import get_close_matches
from typing import Any, cast

from augbench.registry.entries import Entry, location
from augbench.registry.hearing import apart
from augbench.registry.places import definition
from augbench.values.components import Component
from augbench.values.errors import BrokenComponent


def load(entry: Entry) -> type[Component]:
    """Return the class of an entry.  Raise ``BrokenComponent`` with the place to mend."""
    try:
        with apart():
            component = _imported(entry.target)
    except KeyboardInterrupt:
        raise
    # A module that calls sys.exit while it is imported is broken like any other.
    except BaseException as error:
        raise BrokenComponent(entry.kind, entry.name, str(entry.origin), error, location(error)) from error
    if fault := _fault(component, entry.kind):
        why = TypeError(f"'{_label(component)}' {fault}")
        raise BrokenComponent(entry.kind, entry.name, str(entry.origin), why, definition(component))
    return cast("type[Component]", component)


def _imported(target: str | type) -> Any:
    if isinstance(target, type):
        return target
    name, _, attribute = target.partition(":")
    module = importlib.import_module(name)
    if not hasattr(module, attribute):
        close = get_close_matches(attribute, vars(module), 1)
        hint = f"; did you mean '{close[0]}'?" if close else ""
        raise AttributeError(f"module '{name}' ({module.__file__}) has no '{attribute}'{hint}")
    return getattr(module, attribute)


def _fault(component: Any, kind: str) -> str:
    """Say what keeps an object from being a component of a kind; empty where nothing does."""
    if not isinstance(component, type):
        return "is not a class"
    if not issubclass(component, Component):
        return f"does not derive from augbench's base class of kind {kind}"
    if (actual := getattr(component, "kind", None)) != kind:
        return f"is of kind {actual}, not {kind}" if actual else "has no kind: derive it from the base class of its kind"
    # The mark of the class itself: a subclass without the decorator would inherit the fields of its base alone.
    parameters = vars(component).get("__dataclass_params__")
    if parameters is None or not parameters.frozen or not all(field.kw_only for field in _fields(component)):
        return "is not a frozen, keyword-only dataclass: write @dataclass(frozen=True, kw_only=True) above it"
    if inspect.isabstract(component):
        missing: frozenset[str] = getattr(component, "__abstractmethods__", frozenset())
        return f"does not define {', '.join(sorted(missing))}"
    return ""


def _fields(component: Any) -> tuple[dataclasses.Field[Any], ...]:
    return dataclasses.fields(component)


def _label(component: Any) -> str:
    module = getattr(component, "__module__", type(component).__module__)
    return f"{module}:{getattr(component, '__qualname__', repr(component))}"
