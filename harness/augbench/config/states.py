"""What layers have come to so far: values and components that are still being put together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from augbench.config.source import Node, Origin
from augbench.values.components import Component


@dataclass(frozen=True, eq=False)
class Held:
    """A valid value and the node that it was written in; None for a default."""

    value: Any
    node: Node | None = None


@dataclass(frozen=True, eq=False)
class Empty:
    """A slot that ``false`` emptied."""

    origin: Origin


@dataclass(frozen=True, eq=False)
class Broken:
    """A value whose problem has been told: what depends on it says nothing more."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Part:
    """A component and its parameters so far."""

    use: str
    component: type[Component]
    entries: Mapping[str, Any] = field(default_factory=dict)
    """States by TOML key."""
    implied: Mapping[str, Any] = field(default_factory=dict)
    """Fields that the name itself gives."""
    origin: Origin | None = None
    """Where it was named; None for a component that nobody named."""
    fits: tuple[Node, ...] = ()
    """A generator's answers to what ``fit`` does not say, from presets in [defaults]."""


@dataclass(frozen=True, eq=False)
class Seated:
    """A slot's component, or ``Empty``, ``Broken``, None; beside it the harness keys of the same table."""

    part: Any
    beside: Mapping[str, Any]


def entries(state: Any) -> Mapping[str, Any]:
    """Return the states within a state, by key."""
    if isinstance(state, Seated):
        return {**entries(state.part), **state.beside}
    if isinstance(state, Part):
        return state.entries
    return state if isinstance(state, Mapping) else {}


def at(state: Any, path: Sequence[str]) -> Any:
    """Return the state at a path of keys, or None."""
    for key in path:
        state = entries(state).get(key)
    return state
