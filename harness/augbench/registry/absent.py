"""Say of a name that nobody registers what was probably meant, or how to get it."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import TYPE_CHECKING

from augbench.registry.clashes import Clash
from augbench.registry.known import sources
from augbench.registry.promised import promises
from augbench.values.components import KINDS
from augbench.values.errors import UnknownComponent

if TYPE_CHECKING:
    from augbench.registry.collect import Registry

_TOLD = 2
"""Broken plugins of which the reason is told where a name is missing that may be theirs."""
_DOTTED = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*\.[A-Z]\w*")


def absent(registry: Registry, kind: str, use: str) -> UnknownComponent:
    """Return the error for a slot of a kind."""
    plain, at, _ = use.partition("@")
    if at:
        named = registry.named(kind, plain.partition("/")[0])
        return UnknownComponent(kind, use, Clash(tuple(named)).addresses) if named else absent(registry, kind, plain)
    if _DOTTED.fullmatch(use):
        return UnknownComponent(kind, use, (), [f"a class is named '{':'.join(use.rsplit('.', 1))}'"])
    if told := _told(registry, kind, use):
        return UnknownComponent(kind, use, (), told)
    notes = [f"'{use}' is of kind {other}" for other in KINDS if other != kind and registry.named(other, use)]
    return UnknownComponent(kind, use, registry.names(kind), [*notes, *_missing(registry)])


def absent_anywhere(registry: Registry, name: str, plugins: Collection[str] = ()) -> UnknownComponent:
    """Return the error for a command line, which may mean any kind, or one of the ``plugins`` and distributions."""
    kind, colon, rest = name.partition(":")
    if colon and kind in KINDS:
        return absent(registry, kind, rest)
    told = [sentence for each in KINDS for sentence in _told(registry, each, name)]
    known = () if told else sorted({*plugins, *(entry.address for entry in registry.entries)})
    return UnknownComponent("component, plugin or distribution" if plugins else "component", name, known, told or _missing(registry))


def _told(registry: Registry, kind: str, name: str) -> list[str]:
    return [*promises(kind, name, registry.failures, registry.left_out), *_recorded(registry, kind, name), *sources(kind, name)]


def _recorded(registry: Registry, kind: str, name: str) -> list[str]:
    """Say where a run that was made before had it from."""
    origin = registry.recorded.get((kind, name))
    return [f"the run had it from {origin}, which does not bring it here; install that again"] if origin else []


def _missing(registry: Registry) -> list[str]:
    """Say which plugins are missing here: the name may be one of theirs."""
    broken = {failure.origin.plugin: f"not loaded: {failure}" for failure in registry.failures}
    left_out: dict[str, list[str]] = {}
    for plugin in registry.left_out:
        left_out.setdefault(plugin.by, []).append(plugin.origin.plugin)
    notes = list(broken.values())
    if len(broken) > _TOLD:
        notes = [f"not loaded: {', '.join(sorted(broken))} ('bench plugins list' says why)"]
    return notes + [f"left out by {by}: {', '.join(sorted(plugins))}" for by, plugins in left_out.items()]
