"""Find the installed plugins; what one of them breaks, the others do not notice."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Protocol

import pluggy

from augbench.registry import hooks
from augbench.registry.collect import Registry
from augbench.registry.entries import Failure, Origin
from augbench.values.errors import UnknownComponent

GROUP = "augbench"


def discover(disabled: Collection[str] = ()) -> Registry:
    """Ask every plugin for its components, in the order of distribution and plugin names.

    A plugin that fails to import, has a hook of the wrong signature or raises is listed in ``failures`` and adds nothing.
    ``disabled`` names plugins, or whole distributions, to leave out; a name that there is not raises ``UnknownComponent``.
    """
    points = sorted(_points(), key=lambda found: (found[0].distribution, found[0].plugin))
    _check_names(disabled, (origin for origin, _ in points))
    registry = Registry()
    for origin, point in points:
        if not {origin.plugin, origin.distribution} & set(disabled):
            collect(registry, origin, point)
    return registry


def _points() -> list[tuple[Origin, EntryPoint]]:
    # The standard library keeps the first copy of a distribution that is on sys.path twice.
    return [(_origin(point), point) for point in entry_points(group=GROUP)]


def _origin(point: EntryPoint) -> Origin:
    assert point.dist is not None
    return Origin(plugin=point.name, distribution=point.dist.name, version=point.dist.version)


def _check_names(disabled: Collection[str], origins: Iterable[Origin]) -> None:
    known = {name for origin in origins for name in (origin.plugin, origin.distribution)}
    for name in disabled:
        if name not in known:
            raise UnknownComponent("plugin", name, sorted(known))


class Loadable(Protocol):
    """An entry point, or whatever else imports a plugin."""

    def load(self) -> Any: ...


def collect(registry: Registry, origin: Origin, point: Loadable) -> None:
    """Add what one plugin registers: all of it, or a failure."""
    mine, stage = Registry(origin=origin), "import"
    # A manager of its own: a hook that is refused leaves nothing behind for the next plugin.
    manager = pluggy.PluginManager(hooks.PROJECT)
    manager.add_hookspecs(hooks)
    try:
        plugin = point.load()
        stage = "signature"
        manager.register(plugin, origin.plugin)
        manager.check_pending()
        if not manager.get_hookcallers(plugin):
            raise pluggy.PluginValidationError(plugin, "no function is marked with @augbench.hookimpl")
        stage = "register"
        manager.hook.register(registry=mine)
    # SystemExit: a script taken for a plugin must not end the command.
    except (Exception, SystemExit) as error:
        registry.failures.append(Failure(origin=origin, stage=stage, error=error))
    else:
        registry.entries.extend(mine.entries)
