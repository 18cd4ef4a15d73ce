"""Find the line of a component's code that a failure is about."""

from __future__ import annotations

import re
from collections.abc import Iterator
from types import CodeType, FunctionType
from typing import Any, TypeGuard

from augbench.registry.places import Frame, definition, frames, innermost, outside
from augbench.values.components import Component

_DUMPED = re.compile(r'^  File "(.+)", line (\d+) in (.+)$', re.MULTILINE)


def blamed(error: BaseException, component: type, law: FunctionType) -> str:
    """Return file:line of the component's own code where an error arose, or else of the method that a law is about, or of its class."""
    return innermost(frames(error), component) or _concerned(law, component) or _defined(component)


def stuck(dump: str, component: type) -> str:
    """Return file:line where a dump of ``faulthandler`` shows the component's code, or else of its class."""
    return innermost(_passed(dump), component) or _defined(component)


def imported_at(dump: str) -> str:
    """Return file:line where a dump of ``faulthandler`` shows code outside the harness, libraries and Python; empty where it shows none."""
    return outside(_passed(dump))


def dumped(dump: str) -> list[tuple[str, int, str]]:
    """Return file, line and function of every frame in a dump of ``faulthandler``, the innermost of each thread first."""
    return [(file, int(line), name) for file, line, name in _DUMPED.findall(dump)]


def _passed(dump: str) -> list[Frame]:
    return [(file, line) for file, line, _ in dumped(dump)][::-1]


def _defined(component: type) -> str:
    return definition(component) or component.__module__


def _concerned(law: FunctionType, component: type) -> str:
    """Return file:line of the component's method that a law calls itself, or else through the nearest of the kit's functions.

    Of several the last in the order in which a kind lists them: what comes of the others is only handed on to it.
    """
    kind = next((base for base in component.__mro__ if Component in base.__bases__), component)
    asked, seen = [law], {law}
    while asked:
        named = {name for function in asked for name in _named(function.__code__)}
        found = [definition(getattr(component, name)) for name in vars(kind) if name in named and _is_own(component, name)]
        if found:
            return found[-1]
        called = [function.__globals__.get(name) for function in asked for name in _named(function.__code__)]
        asked = [each for each in dict.fromkeys(filter(_is_of_the_kit, called)) if each not in seen]
        seen.update(asked)
    return ""


def _named(code: CodeType) -> Iterator[str]:
    """Find all names that code reads, also in functions within it."""
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _named(constant)


def _is_own(component: type, name: str) -> bool:
    method = getattr(component, name, None)
    return isinstance(method, FunctionType) and bool(innermost([(method.__code__.co_filename, 1)], component))


def _is_of_the_kit(thing: Any) -> TypeGuard[FunctionType]:
    return isinstance(thing, FunctionType) and thing.__module__.startswith(f"{__package__}.laws")
