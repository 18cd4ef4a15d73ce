"""Import the class that an entry points at; refuse one that cannot be a component of its kind."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from typing import Any, cast

from augbench.registry.entries import Entry
from augbench.registry.hearing import apart
from augbench.registry.places import definition, location
from augbench.values.components import Component, dashed
from augbench.values.errors import BrokenComponent

_MOST = 1000
"""Source images of one."""
_RESERVED = ("use", "preset")
"""Keys that every component's table has."""


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


def members(entry: Entry, component: type[Component]) -> tuple[str, ...] | None:
    """Return the names of a family, or None where it does not tell them.  Raise ``BrokenComponent``."""
    names: Callable[[], Iterable[str]] | None = getattr(component, "names", None)
    try:
        return None if names is None else tuple(names())
    except (Exception, SystemExit) as error:
        raise BrokenComponent(entry.kind, entry.address, str(entry.origin), error, location(error) or definition(names)) from error


def _imported(target: str | type) -> Any:
    if isinstance(target, type):
        return target
    name, _, attribute = target.partition(":")
    module = importlib.import_module(name)
    if not hasattr(module, attribute):
        raise nothing_called(attribute, name, module.__file__, vars(module))
    return getattr(module, attribute)


def nothing_called(attribute: str, module: str, file: str | None, names: Iterable[str]) -> AttributeError:
    """Return the error for a module that has no such class."""
    close = get_close_matches(attribute, names, 1)
    hint = f"; did you mean '{close[0]}'?" if close else ""
    return AttributeError(f"module '{module}' ({file}) has no '{attribute}'{hint}")


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
    return _misnamed(component) or _misdeclared(component)


def _misnamed(component: type[Component]) -> str:
    """Say which field no matrix could set, or would take the place of a method."""
    base = next(base for base in component.__mro__ if base.__module__.startswith("augbench."))
    for own in _fields(component):
        if callable(getattr(base, own.name, None)):
            return f"has a field '{own.name}', which is a method of every {component.kind}; give it another name"
        if dashed(own.name) in _RESERVED:
            return f"has a field '{own.name}', which a matrix cannot set: the key means something else; give it another name"
    return ""


def _misdeclared(component: type[Component]) -> str:
    """Say which of the things that a class tells of itself make no sense."""
    presets: Any = component.presets
    if not isinstance(presets, Mapping) or not all(isinstance(name, str) and isinstance(presets[name], Mapping) for name in presets):
        return f'has presets that are no tables by name; write presets = {{"official": {{...}}}}, not {presets!r}'
    # One that depends on a parameter is a property.
    arity = getattr(component, "arity", 1)
    if not isinstance(arity, property) and (isinstance(arity, bool) or not isinstance(arity, int) or not 1 <= arity <= _MOST):
        return f"has arity = {arity!r}, and not a whole number from 1 to {_MOST}: how many source images make one"
    return ""


def _fields(component: Any) -> tuple[dataclasses.Field[Any], ...]:
    return dataclasses.fields(component)


def _label(component: Any) -> str:
    module = getattr(component, "__module__", type(component).__module__)
    return f"{module}:{getattr(component, '__qualname__', repr(component))}"
