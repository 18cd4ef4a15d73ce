"""What a plugin may implement, beside the methods of an ``Observer``."""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import pluggy

from augbench.values.observing import EVENTS, PROJECT, Observer

if TYPE_CHECKING:
    from augbench.registry.collect import Registry
    from augbench.values.comparing import Comparison, ReportNote

hookspec = pluggy.HookspecMarker(PROJECT)
_NEVER_RUNS = "hook '{}' is {}, of which a call runs nothing; make it a plain function"


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
    demand_plain(observer, manager.get_hookcallers(observer) or ())
    return manager.hook


def demand_plain(plugin: object, callers: Iterable[pluggy.HookCaller]) -> None:
    """Raise ``PluginValidationError`` for a hook that only makes something which nobody would run."""
    for caller in callers:
        for hook in caller.get_hookimpls():
            # A wrapper yields where the others run, and notes may be yielded.
            may_yield = hook.wrapper or hook.hookwrapper or caller.name == report_context.__name__
            if inspect.iscoroutinefunction(hook.function):
                raise pluggy.PluginValidationError(plugin, _NEVER_RUNS.format(caller.name, "async"))
            if inspect.isgeneratorfunction(hook.function) and not may_yield:
                raise pluggy.PluginValidationError(plugin, _NEVER_RUNS.format(caller.name, "a generator"))


class _Methods(pluggy.PluginManager):
    """Takes methods for hooks by their names alone."""

    def parse_hookimpl_opts(self, plugin: object, name: str) -> Any:
        own = name in EVENTS and getattr(type(plugin), name) is not getattr(Observer, name)
        return {} if own else None
