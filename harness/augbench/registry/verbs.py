"""Find the verbs that plugins add to the command line; nothing of a plugin is imported until its verb is used."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import EntryPoint

from augbench.registry.entries import Origin
from augbench.registry.installed import GROUP, VERBS, named_by_environment, points, same
from augbench.registry.places import location
from augbench.values.errors import BrokenComponent

# What somebody can type.
_NAME = re.compile(r"\w[\w.-]*")


@dataclass(frozen=True, kw_only=True)
class ForeignVerb:
    """A verb of a plugin."""

    name: str
    origin: Origin
    point: EntryPoint
    plugins: tuple[str, ...] = ()
    """Plugins of its distribution, whose code it shares."""

    @property
    def qualified(self) -> str:
        """Return its name where another has it, too: ``flip@augbench-flip``."""
        return f"{self.name}@{self.origin.distribution}"

    def is_called(self, name: str) -> bool:
        """Tell whether a name leaves it out: that of its distribution, of a plugin there, its own, or one of these ``@distribution``."""
        plain, at, whole = name.partition("@")
        ours = same(self.origin.distribution)
        return (not at or same(whole) == ours) and (plain in {self.name, *self.plugins} or (not at and same(name) == ours))

    def load(self) -> object:
        """Import what it stands for.  Raise ``BrokenComponent``."""
        try:
            return self.point.load()
        except KeyboardInterrupt:
            raise
        # A module that calls sys.exit while it is imported is broken like any other.
        except BaseException as error:
            raise BrokenComponent("verb", self.name, str(self.origin), error, location(error)) from error


def foreign_verbs(taken: Collection[str], disabled: Collection[str] = ()) -> Mapping[str, ForeignVerb]:
    """Return the verbs of plugins by what a user writes: where a name is ``taken``, or is that of several, all are qualified.

    Those of plugins that are ``disabled``, or that the environment leaves out, are none.
    """
    left_out = {*disabled, *named_by_environment()}
    verbs = sorted(installed_verbs(), key=lambda verb: (verb.name, verb.origin.distribution))
    verbs = [verb for verb in verbs if not any(map(verb.is_called, left_out))]
    names = [verb.name for verb in verbs]
    return {verb.qualified if verb.name in taken or names.count(verb.name) > 1 else verb.name: verb for verb in verbs}


def installed_verbs() -> Iterable[ForeignVerb]:
    """Find all that plugins add, left out or not."""
    for point in points(VERBS):
        if point.dist is not None and _NAME.fullmatch(point.name):
            origin = Origin(plugin=point.name, distribution=point.dist.name, version=point.dist.version)
            plugins = tuple(one.name for one in point.dist.entry_points.select(group=GROUP))
            yield ForeignVerb(name=point.name, origin=origin, point=point, plugins=plugins)
