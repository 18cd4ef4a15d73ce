"""Find the line of a component's code that a failure is about."""

from __future__ import annotations

import re

from augbench.registry.places import Frame, definition, frames, innermost, outside

_DUMPED = re.compile(r'^  File "(.+)", line (\d+) in (.+)$', re.MULTILINE)


def blamed(error: BaseException, component: type) -> str:
    """Return file:line of the component's own code where an error arose, or else of its class."""
    return innermost(frames(error), component) or _defined(component)


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
