"""Find the installed plugins; what one of them breaks, the others do not notice."""

from __future__ import annotations

import warnings
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import Any, Protocol

import pluggy

from augbench.registry import hooks
from augbench.registry.collect import Registry
from augbench.registry.entries import Entry, Failure, Hooked, LeftOut, Note, Origin
from augbench.registry.hearing import hearing
from augbench.registry.installed import GROUP, VARIABLE, Installation, Installed, installation, named_by_environment
from augbench.registry.offering import offer
from augbench.registry.places import definition, location
from augbench.registry.verbs import ForeignVerb, installed_verbs
from augbench.registry.versions import unmet
from augbench.values.errors import AugbenchError, UnknownComponent, placed
from augbench.values.observing import PROJECT, Observer
from augbench.values.plugin_errors import NoHook, NoModule, OddEntries, OtherVersion

OPTION, SETTING = "--no-plugin", "disable-plugins"


def discover(disabled: Collection[str] = (), declared: Collection[str] = ()) -> Registry:
    """Ask every plugin for its components, in the order of distribution and plugin names.

    A plugin that fails to import, has a hook of the wrong signature or raises is listed in ``failures`` and adds nothing.
    ``disabled`` (by the command line), ``declared`` (by a matrix) and the environment name plugins, or whole distributions, to leave
    out; a name that there is not raises ``UnknownComponent``.
    """
    found = installation()
    registry = Registry(failures=[*found.failures], notes=[*found.notes])
    named = {OPTION: disabled, SETTING: declared, VARIABLE: named_by_environment()}
    verbs = tuple(installed_verbs()) if any(named.values()) else ()
    _demand_known(found, verbs, named)
    for plugin in found.plugins:
        if by := _left_out(plugin, named):
            registry.left_out.append(LeftOut(origin=plugin.origin, by=by, module=plugin.point.module))
        elif failure := _outdated(plugin, found.version):
            registry.failures.append(failure)
        else:
            collect(registry, plugin.origin, plugin.point)
    for verb in verbs:
        # That of a plugin's distribution is left out with the plugin.
        if not verb.plugins and (by := _left_out(verb, named)):
            registry.left_out.append(LeftOut(origin=verb.origin, by=by, module=verb.point.module))
    return registry


def _demand_known(found: Installation, verbs: Collection[ForeignVerb], named: Mapping[str, Collection[str]]) -> None:
    for by, names in named.items():
        for name in names:
            if not found.called(name) and not any(verb.is_called(name) for verb in verbs):
                raise UnknownComponent("plugin", name, found.names(), notes=[f"{VARIABLE} names it"] if by == VARIABLE else ())


def _left_out(one: Installed | ForeignVerb, named: Mapping[str, Collection[str]]) -> str:
    """Say who leaves something out; empty where nobody does."""
    return next((by for by, names in named.items() if any(map(one.is_called, names))), "")


def _outdated(plugin: Installed, version: str) -> Failure | None:
    """Refuse a plugin that was written for another augbench."""
    if plugin.origin.distribution == GROUP:
        return None
    error: Exception
    try:
        requirement = unmet(plugin.requires, version)
        if requirement is None:
            return None
        error = OtherVersion(plugin.origin.distribution, requirement, version)
    except ValueError as invalid:
        error = invalid
    return Failure(origin=plugin.origin, stage="version", error=error, where=plugin.where, module=plugin.point.module)


class Loadable(Protocol):
    """An entry point, or whatever else imports a plugin."""

    @property
    def value(self) -> str: ...

    def load(self) -> Any: ...


def collect(registry: Registry, origin: Origin, point: Loadable, specs: ModuleType = hooks, *, offers: bool = False) -> None:
    """Add what one plugin registers: all of it, or a failure.

    ``offers``: a module that registers nothing is taken for one that offers its component classes.
    """
    attempt = _Attempt(origin=origin, point=point, specs=specs, offers=offers)
    with hearing() as heard:
        try:
            attempt.make()
        except KeyboardInterrupt as interrupt:
            interrupt.add_note(_while(origin, interrupt, installed=not offers))
            raise
        # Also SystemExit: a script taken for a plugin must not end the command.
        except BaseException as error:
            registry.failures.append(attempt.failure(error))
        else:
            registry.entries.extend(attempt.mine.entries)
            registry.hooked.append(Hooked(origin=origin, hook=attempt.manager.hook))
    registry.notes += [Note(origin=origin, text=text, where=where) for text, where in heard.told()]


def _while(origin: Origin, interrupt: KeyboardInterrupt, *, installed: bool) -> str:
    """Say which plugin somebody lost patience with, and how to do without."""
    how = f"; {VARIABLE}={origin.plugin} leaves it out" if installed else ""
    return f"plugin '{origin.plugin}' was being imported{placed(location(interrupt))}{how}"


@cache
def _hooks_of(place: ModuleType | type) -> ModuleType:
    """Return the hooks among all that stands in a place: pluggy would look at everything there anew for each plugin."""
    hooks_alone = ModuleType(place.__name__)
    vars(hooks_alone).update({name: thing for name, thing in vars(place).items() if hasattr(thing, f"{PROJECT}_spec")})
    return hooks_alone


@dataclass(kw_only=True)
class _Attempt:
    """A plugin on its way into a registry."""

    origin: Origin
    point: Loadable
    specs: ModuleType
    offers: bool
    stage: str = "import"
    """How far it has come."""
    where: str = ""
    """The place to mend, where no error would tell it."""

    def __post_init__(self) -> None:
        self.mine = Registry(origin=self.origin)
        # A manager of its own: a hook that is refused leaves nothing behind for the next plugin.
        self.manager = pluggy.PluginManager(PROJECT)
        for place in (self.specs, Observer):
            self.manager.add_hookspecs(_hooks_of(place))

    def make(self) -> None:
        """Import it, and let it register."""
        plugin = self.point.load()
        self.stage, self.where = "module", definition(plugin)
        if not isinstance(plugin, ModuleType):
            raise NoModule(self.point.value, plugin)
        self.stage, self.where = "signature", plugin.__file__ or ""
        self._listen(plugin)
        self.stage = "register"
        self.manager.hook.register(registry=self.mine)
        if not all(isinstance(entry, Entry) and entry.origin == self.origin for entry in self.mine.entries):
            raise OddEntries

    def failure(self, error: BaseException) -> Failure:
        """Say where it broke; most errors tell the place themselves."""
        where = self.where if isinstance(error, AugbenchError) else ""
        return Failure(origin=self.origin, stage=self.stage, error=error, where=where, module=self.point.value.partition(":")[0])

    def _listen(self, plugin: ModuleType) -> None:
        # Python shows warnings of what is to go to nobody but scripts.
        warnings.simplefilter("always")
        self.manager.register(plugin, self.origin.plugin)
        self.manager.check_pending()
        if callers := self.manager.get_hookcallers(plugin):
            hooks.demand_plain(plugin, callers)
            return
        unmarked = hasattr(plugin, "register")
        if unmarked or not (self.offers and offer(self.mine, plugin)):
            raise NoHook(unmarked=unmarked, offers=self.offers)
