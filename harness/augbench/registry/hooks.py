"""What a plugin may implement."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pluggy

if TYPE_CHECKING:
    from augbench.registry.collect import Registry

PROJECT = "augbench"
hookspec = pluggy.HookspecMarker(PROJECT)


@hookspec
def register(registry: Registry) -> None:
    """Add named components; called once, when a command starts: import nothing heavy."""
