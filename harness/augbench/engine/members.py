"""What can be told of a data set before anybody gives it parameters."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

from augbench.config.writing import column
from augbench.registry.asking import card_of, downloads_of
from augbench.registry.places import location
from augbench.values.data import Dataset
from augbench.values.errors import AugbenchError, BrokenComponent, reason
from augbench.values.numbers import size

if TYPE_CHECKING:
    from augbench.registry.collect import Registry
    from augbench.registry.describe import Parameter
    from augbench.registry.entries import Entry
    from augbench.values.data import Card, Download

_REQUIREMENT = re.compile(r"([A-Za-z0-9._-]+)[^;]*;.*extra *== *['\"]([^'\"]+)['\"]")


@dataclass(frozen=True, kw_only=True)
class Member:
    """A name that a matrix may write for a data set."""

    use: str
    entry: Entry
    implied: dict[str, Any]
    """Parameters that the name gives."""
    component: type[Dataset] | None
    """None where its module does not load."""

    @cached_property
    def required(self) -> tuple[Parameter, ...]:
        """Return the parameters that must be given."""
        from augbench.registry.describe import parameters

        known = parameters(self.component) if self.component else ()
        return tuple(one for one in known if one.default is None and one.name not in self.implied)

    @cached_property
    def _built(self) -> tuple[Dataset | None, str]:
        try:
            built = None if self.component is None or self.required else self.component(**self.implied)
            if built is not None:
                card_of(built), downloads_of(built)
        except AugbenchError as error:
            return None, str(error)
        # One that breaks in a list of all must not break the others.
        except (Exception, SystemExit) as error:
            return None, f"it fails: {reason(error)}{f' ({place})' if (place := location(error)) else ''}"
        return built, ""

    @property
    def dataset(self) -> Dataset | None:
        """Return the data set with its defaults, or None where parameters must be given, or something is missing."""
        return self._built[0]

    @property
    def refusal(self) -> str:
        """Say why a data set that has all its parameters cannot be had; empty where it can."""
        return self._built[1]

    @property
    def card(self) -> Card | None:
        """Return the data set's card, where it needs no parameters."""
        return card_of(self.dataset) if self.dataset else None

    @property
    def downloads(self) -> tuple[Download, ...]:
        """Return the files that it is made of."""
        return downloads_of(self.dataset) if self.dataset else ()

    @property
    def state(self) -> str:
        """Say in a few words where its files are."""
        if self.component is None:
            return "does not load"
        if extra := _missing_extra(self.component, self.entry.origin.distribution):
            return f"needs {extra}"
        if self.dataset is None:
            return _wants(self.required)
        missing = [download for download in self.downloads if not download.to.is_file()]
        if missing:
            return "to fetch" + (f", {size(sum(one.bytes or 0 for one in missing))}" if all(one.bytes for one in missing) else "")
        if self.downloads:
            return "here"
        return "none needed" if type(self.dataset).unpack is Dataset.unpack else "to fetch"

    def lines(self) -> str:
        """Write what a matrix file may say of it, with something to fill in for what it must be told."""
        return column(self.use, [f"{one.name}={_blank(one)}" for one in self.required])


def members(entries: Sequence[Entry]) -> Iterator[Member]:
    """Return every name that entries stand for: those of a family one by one, if it tells them, without those that it refuses."""
    for entry in entries:
        component, names = _loaded(entry)
        for name in names or [None]:
            use = f"{entry.name}/{name}" if name else entry.address
            found = Member(use=use, entry=entry, implied={"name": name} if name else {}, component=component)
            if not (name and found.refusal):
                yield found


def member(registry: Registry, entry: Entry, use: str) -> Member:
    """Return the data set of a name.  Raise ``BrokenComponent``, or ``UnknownComponent`` for what a family does not have."""
    resolved = registry.resolve("dataset", use) if entry.family and "/" in use else None
    if resolved is None:
        from augbench.registry.loading import load

        return Member(use=entry.address if entry.family else use, entry=entry, implied={}, component=cast("type[Dataset]", load(entry)))
    return Member(use=use, entry=entry, implied=resolved.implied, component=cast("type[Dataset]", resolved.component))


def _missing_extra(component: type[Dataset], distribution: str) -> str:
    """Name what must be installed before a data set can be used, such as ``augbench[hugging-face]``; empty where nothing must."""
    absent = [name for name in component.preload if not _is_installed(name.partition(".")[0])]
    if not absent:
        return ""
    try:
        requires = importlib.metadata.requires(distribution) or []
    except importlib.metadata.PackageNotFoundError:
        requires = []
    extras = {found[1].lower().replace("-", "_"): found[2] for line in requires if (found := _REQUIREMENT.match(line))}
    extra = next((extras[name.lower()] for name in absent if name.lower() in extras), None)
    return f"{distribution}[{extra}]" if extra else absent[0]


def _is_installed(module: str) -> bool:
    found = importlib.util.find_spec(module)
    # A folder of that name below the current one is found as well.
    return found is not None and found.origin is not None


def _loaded(entry: Entry) -> tuple[type[Dataset] | None, Sequence[str | None] | None]:
    """Return a class, and the names of a family that tells them; None where it is broken."""
    from augbench.registry.loading import load, members

    try:
        component = cast("type[Dataset]", load(entry))
        return component, members(entry, component) if entry.family else None
    except BrokenComponent:
        return None, None


def _wants(required: Sequence[Parameter]) -> str:
    if any(one.slot == "dataset" for one in required):
        return "those of another data set"
    if any("path" in one.type for one in required):
        return "your own"
    return f"needs {' and '.join(one.name for one in required)}" if required else "see 'show'"


def _blank(parameter: Parameter) -> str:
    """Return what to fill in, as TOML."""
    if parameter.slot:
        return '{ use = "..." }'
    if "text" in parameter.type or "path" in parameter.type:
        return '"..."'
    return {"true or false": "true", "whole number": "1", "number": "1.0"}.get(parameter.type, '"..."')
