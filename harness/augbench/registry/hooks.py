"""What a plugin may implement, beside the methods of an ``Observer``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import pluggy

from augbench.values.observing import EVENTS, PROJECT, Observer

if TYPE_CHECKING:
    from augbench.registry.collect import Registry
    from augbench.values.comparing import Comparison, ReportNote

hookspec = pluggy.HookspecMarker(PROJECT)


@hookspec
def register(registry: Registry) -> None:
    """Add named components; called once, when a command starts: import nothing heavy."""


@hookspec
def report_context(comparison: Comparison) -> Iterable[ReportNote]:  # type: ignore[empty-body]
    """Say what else a reader should know of a run; called whenever its report is written."""


def of_observer(observer: Observer) -> pluggy.HookRelay:
    """Return the hooks that an observer's own methods are.  Raise ``PluginValidationError`` where one asks for what there is not."""
    manager = _Methods(PROJECT)
    manager.add_hookspecs(Observer)
    manager.register(observer, type(observer).__qualname__)
    return manager.hook


class _Methods(pluggy.PluginManager):
    """Takes methods for hooks by their names alone."""

    def parse_hookimpl_opts(self, plugin: object, name: str) -> Any:
        own = name in EVENTS and getattr(type(plugin), name) is not getattr(Observer, name)
        return {} if own else None
