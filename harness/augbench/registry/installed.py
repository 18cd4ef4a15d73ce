"""Read from the metadata of distributions which plugins are installed; nothing of them is imported."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import Distribution, EntryPoint, distribution, distributions
from pathlib import Path

from augbench.registry.entries import Failure, Note, Origin
from augbench.values.errors import AugbenchError
from augbench.values.plugin_errors import NamesNoModule, TwoModules, UnreadableMetadata

GROUP, VERBS, PRESETS = "augbench", "augbench.commands", "augbench.presets"
"""Groups of entry points that are read: plugins, verbs of the command line, and files of presets."""
VARIABLE = "AUGBENCH_NO_PLUGIN"
"""The environment's variable that names plugins to leave out, with commas between them."""
_POINTS = "entry_points.txt"
# A module, perhaps with something in it, and extras.
_VALUE = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*\s*(:\s*[\w.]+\s*)?(\[.*\]\s*)?")


@dataclass(frozen=True, kw_only=True)
class Installed:
    """An entry point of the group ``augbench``."""

    origin: Origin
    point: EntryPoint
    requires: tuple[str, ...]
    """What its distribution requires, as its metadata write it."""
    where: str
    """file:line of the entry point."""

    def is_called(self, name: str) -> bool:
        """Tell whether a user means it: by its name, by its distribution, or by ``plugin@distribution`` where another has its name."""
        plain, at, whole = name.partition("@")
        ours = same(self.origin.distribution)
        return (plain == self.origin.plugin and same(whole) == ours) if at else (name == self.origin.plugin or same(name) == ours)


@dataclass(frozen=True, kw_only=True)
class Installation:
    """All that is installed."""

    plugins: tuple[Installed, ...]
    """In the order of distributions and names, so that it does not depend on the path."""
    failures: tuple[Failure, ...]
    notes: tuple[Note, ...]

    @property
    def version(self) -> str:
        """Return the version of augbench, whose own components are a plugin's, too."""
        return next((plugin.origin.version for plugin in self.plugins if plugin.origin.built_in), "0")

    def names(self) -> list[str]:
        """Return what plugins may be called."""
        return sorted({name for plugin in self.plugins for name in (plugin.origin.plugin, plugin.origin.distribution)})

    def called(self, name: str) -> bool:
        """Tell whether anything has a name."""
        return any(plugin.is_called(name) for plugin in self.plugins)


def installation() -> Installation:
    """Read what is installed now.  A distribution whose metadata cannot be read is a failure, and stops nothing."""
    reader = _Reader(plugins=[], failures=[], notes=[])
    # A folder may stand on the path twice.
    for found in {_folder(found): found for found in distributions()}.values():
        reader.read(found)
    plugins = tuple(sorted(reader.plugins, key=lambda plugin: (plugin.origin.distribution, plugin.origin.plugin)))
    return Installation(plugins=plugins, failures=tuple(reader.failures), notes=(*reader.notes, *_namesakes(plugins)))


def named_by_environment() -> tuple[str, ...]:
    """Return what is to be left out, whatever a command and a matrix say."""
    return tuple(name for part in os.environ.get(VARIABLE, "").split(",") if (name := part.strip()))


def points(group: str) -> Iterator[EntryPoint]:
    """Yield the entry points of another group, without those of what cannot be read: ``installation`` tells of that."""
    seen: set[str] = set()
    for found in distributions():
        with suppress(Exception):
            if f"[{group}]" in (found.read_text(_POINTS) or "") and (name := same(found.metadata["Name"])) not in seen:
                seen.add(name)
                yield from tuple(found.entry_points.select(group=group))


def same(name: str) -> str:
    """Write a distribution's name as installers compare it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


@dataclass(frozen=True, kw_only=True)
class _Reader:
    plugins: list[Installed]
    failures: list[Failure]
    notes: list[Note]

    def read(self, found: Distribution) -> None:
        """Take in a distribution, if it has plugins."""
        try:
            text = found.read_text(_POINTS) or ""
            if f"[{GROUP}]" in text:
                self._plugins(found, text)
        # Whatever stands there was written by somebody else's tool.
        except Exception as error:
            place = str(_folder(found) / _POINTS)
            origin = Origin(plugin=_folder(found).name, distribution=_folder(found).name)
            self.failures.append(Failure(origin=origin, stage="metadata", error=UnreadableMetadata(error), where=place))

    def _plugins(self, found: Distribution, text: str) -> None:
        # Read once: a parse takes longer than all else.
        metadata = found.metadata
        name, version = str(metadata["Name"] or _folder(found).name), str(metadata["Version"] or "")
        if (used := _used(found, name)) is not None:
            self._shadowed(found, Origin(plugin=name, distribution=name, version=version), used)
            return
        requires = tuple(map(str, metadata.get_all("Requires-Dist") or ()))
        seen: dict[str, EntryPoint] = {}
        for point in found.entry_points.select(group=GROUP):
            origin = Origin(plugin=point.name, distribution=name, version=version)
            where = f"{_folder(found) / _POINTS}:{_line(text, point)}"
            first = seen.setdefault(point.name, point)
            if not _VALUE.fullmatch(point.value):
                error: AugbenchError = NamesNoModule(point.name, point.value)
                self.failures.append(Failure(origin=origin, stage="metadata", error=error, where=where))
            elif first is not point:
                error = TwoModules(point.name, first.value, point.value)
                self.failures.append(Failure(origin=origin, stage="metadata", error=error, where=where, module=point.module))
            else:
                self.plugins.append(Installed(origin=origin, point=point, requires=requires, where=where))

    def _shadowed(self, found: Distribution, origin: Origin, used: Distribution) -> None:
        """Note a copy that is not used, unless it is the same folder by another path."""
        if (place := _folder(found)).resolve() != (other := _folder(used)).resolve():
            text = f"installed twice: {used.version} in '{other}' is used, {origin.version} in '{place}' is not; uninstall one"
            self.notes.append(Note(origin=origin, text=text))


def _used(found: Distribution, name: str) -> Distribution | None:
    """Return the copy of a distribution that Python takes instead, or None where it takes this one."""
    first = distribution(name)
    return None if _folder(first) == _folder(found) else first


def _folder(found: Distribution) -> Path:
    """Return where the metadata lie; the standard library keeps it to itself."""
    return Path(str(getattr(found, "_path", found.locate_file(""))))


def _line(text: str, point: EntryPoint) -> int:
    """Return the line of an entry point; the last, where one name stands there twice with one value."""
    written = [tuple(part.strip() for part in line.partition("=")[::2]) for line in text.splitlines()]
    return max((number for number, pair in enumerate(written, 1) if pair == (point.name, point.value)), default=1)


def _namesakes(plugins: Collection[Installed]) -> Iterator[Note]:
    """Note plugins of several distributions that have one name: all of them work."""
    for plugin in plugins:
        others = [other.origin for other in plugins if other.origin.plugin == plugin.origin.plugin and other is not plugin]
        if others:
            named = f"{plugin.origin.plugin}@{plugin.origin.distribution}"
            have = f"{' and '.join(map(str, others))} {'has' if len(others) == 1 else 'have'}"
            yield Note(origin=plugin.origin, text=f"{have} a plugin of this name, too; '{named}' means this one", where=plugin.where)
