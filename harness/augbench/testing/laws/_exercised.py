"""Do all that a component can do, once for the laws that compare it with something."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from typing import Any

from augbench.testing.checking import NotApplicable
from augbench.testing.trees import difference
from augbench.values.components import Component


@dataclass(frozen=True, eq=False)
class _Same:
    """A component as itself, whatever it says that it is equal to."""

    component: Component

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.component is other.component

    def __hash__(self) -> int:
        return id(self.component)


def exercise(component: Component) -> Any:
    """Do all that it can do, now."""
    return import_module(f"{__package__}.{component.kind}").exercise(component)


def exercised(component: Component) -> Any:
    """Return what came of it the first time.  Raise ``NotApplicable`` where it fails: that is for another law to say."""
    result, error = _first(_Same(component))
    if isinstance(error, NotApplicable):
        raise error
    if error is not None:
        raise NotApplicable(f"it does not work as it is: {type(error).__name__}: {error}") from error
    return result


def compared(component: Component, copy: Component) -> str:
    """Say how a copy works otherwise than its original; empty where it does not, or where the original does not repeat itself either."""
    expected = exercised(component)
    differs = difference(expected, exercise(copy))
    return "" if differs and difference(expected, exercise(component)) else differs


# The last one only: its laws are asked one after the other.
@lru_cache(maxsize=1)
def _first(same: _Same) -> tuple[Any, BaseException | None]:
    try:
        return exercise(same.component), None
    except (Exception, SystemExit) as error:
        return None, error
