"""Close code from which a check has once not come back: whoever calls it again hears so at once, and waits for nothing."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from types import FunctionType
from typing import Any

from augbench.registry.places import innermost
from augbench.testing.blaming import dumped
from augbench.testing.checking import NotApplicable, Verdict


@dataclass
class Seals:
    """The closed functions of a component."""

    reached: list[str] = field(default_factory=list)
    """Why those that were called are closed, in the order of calls."""

    def judged(self, verdict: Verdict) -> Verdict:
        """Return what a check can say that has called any of them: nothing."""
        if not self.reached or verdict.status == "expected":
            return verdict
        return replace(verdict, status="not applicable", why=self.reached[0], where="")

    def close(self, dump: str, component: type, why: str) -> None:
        """Close the innermost function of a component's code that a dump of ``faulthandler`` shows, if it has a name in its module."""

        def closed(*given: Any, **named: Any) -> Any:
            self.reached.append(why)
            raise NotApplicable(why)

        for file, line, name in dumped(dump):
            if innermost([(file, line)], component):
                owners = list(_owners(file, line, name))
                for owner in owners:
                    setattr(owner, name, _alike(vars(owner)[name], closed))
                if owners:
                    return


def _owners(file: str, line: int, name: str) -> Iterator[Any]:
    """Find modules and classes that have a function which spans a line."""
    for module in [module for module in sys.modules.values() if getattr(module, "__file__", None) == file]:
        for owner in (module, *(own for own in vars(module).values() if isinstance(own, type))):
            function = vars(owner).get(name)
            code = getattr(getattr(function, "__func__", function), "__code__", None)
            if code is not None and code.co_filename == file and line in {number for *_, number in code.co_lines()}:
                yield owner


def _alike(function: Any, closed: Callable[..., Any]) -> Any:
    """Make a static method of what was one: a class keeps it in another way."""
    return closed if isinstance(function, FunctionType) else type(function)(closed)
