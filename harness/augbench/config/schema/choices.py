"""What may stand after ``use``: the components of a registry that can be loaded, and every way to write their names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from augbench.config.shapes import REQUIRED, Field, Shapes
from augbench.registry.clashes import Clash
from augbench.registry.entries import Entry
from augbench.registry.loading import load
from augbench.values.components import KINDS, Component
from augbench.values.errors import AugbenchError, BrokenComponent

if TYPE_CHECKING:
    from augbench.registry.collect import Registry

CLASS = r"^[\w.]+:\w+$"
"""``module:Class``, which needs no plugin; a little more, since editors show it to people."""
_DISTRIBUTION = "[A-Za-z0-9_.-]+"
_MEMBERS = 100
"""A family of more is known by a pattern: timm has thousands."""


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A component that a document may name."""

    kind: str
    key: str
    """What it is called within the schema."""
    title: str
    names: tuple[str, ...]
    """What an editor offers."""
    pattern: str
    """Its name, or those of a family."""
    clashing: bool = False
    """Whether its distribution must be named, too: another plugin has the same name."""
    summary: str
    component: type[Component]
    fields: Mapping[str, Field]
    """Its parameters by TOML key, without those that its name gives."""

    @property
    def needs(self) -> bool:
        """Tell whether it cannot be built of its name alone."""
        return any(own.default is REQUIRED for own in self.fields.values())


def written(choices: Iterable[Choice]) -> str:
    """Return the pattern of every way to write components of a kind: ``kind:name@distribution``, or parts of it."""
    known = list(choices)
    plain = "|".join(choice.pattern for choice in known if not choice.clashing)
    clashing = "|".join(choice.pattern for choice in known if choice.clashing)
    ways = [*([f"({plain})(@{_DISTRIBUTION})?"] if plain else []), *([f"({clashing})@{_DISTRIBUTION}"] if clashing else [])]
    return f"^({known[0].kind}:)?({'|'.join(ways)})$"


@dataclass(frozen=True, kw_only=True)
class Choices:
    """The components of a registry, by kind."""

    registry: Registry
    shapes: Shapes
    of: Mapping[str, tuple[Choice, ...]]
    left_out: tuple[AugbenchError, ...]
    """Why components that are registered cannot be used."""


def choices(registry: Registry, classes: Iterable[tuple[str, str]] = ()) -> Choices:
    """Load every component of a registry, and ``classes`` that a matrix names by where they are: (kind, ``module:Class``)."""
    shapes = Shapes()
    found: dict[str, list[Choice]] = {kind: [] for kind in KINDS}
    left_out: list[AugbenchError] = []
    for entry in registry.entries:
        try:
            found[entry.kind].append(_choice(entry, shapes, Clash(tuple(registry.named(entry.kind, entry.name)))))
        except AugbenchError as error:
            left_out.append(error)
    for kind, target in classes:
        found[kind].append(_of_class(kind, target, registry, shapes))
    return Choices(registry=registry, shapes=shapes, of={kind: tuple(several) for kind, several in found.items()}, left_out=tuple(left_out))


def _choice(entry: Entry, shapes: Shapes, alike: Clash) -> Choice:
    component, clashing = load(entry), len(alike.entries) > 1
    label = f"{entry.name}@{alike.owner(entry)}" if clashing else entry.name
    names: tuple[str, ...] = (label,)
    pattern = _escaped(entry.name)
    if entry.family:
        members = _members(component)
        names = tuple(f"{entry.name}/{member}" + label.removeprefix(entry.name) for member in members)
        pattern = f"{pattern}/({'|'.join(map(_escaped, members))})" if members else f"{pattern}/.+"
    return Choice(
        kind=entry.kind,
        key=f"{entry.kind}.{label}",
        title=f"{label}/NAME" if entry.family else label,
        names=names,
        pattern=pattern,
        clashing=clashing,
        summary=entry.summary,
        component=component,
        fields=_fields(component, entry, shapes, {"name"} if entry.family else set()),
    )


def _escaped(name: str) -> str:
    # Outside brackets a dash means itself, and Unicode patterns refuse a backslash before it.
    return re.escape(name).replace("\\-", "-")


def _members(component: Any) -> Sequence[str]:
    """Return the members of a small family whose names are known."""
    try:
        names = tuple(map(str, component.names())) if hasattr(component, "names") else ()
    # Code of a plugin: what it cannot tell now, a pattern stands for.
    except (Exception, SystemExit):
        return ()
    return names if len(names) <= _MEMBERS else ()


def _fields(component: type[Component], entry: Entry, shapes: Shapes, implied: set[str]) -> Mapping[str, Field]:
    try:
        fields = shapes.table(component).fields
    # Annotations that name what only a type checker imports, defaults that cannot be made.
    except Exception as error:
        raise BrokenComponent(entry.kind, entry.name, str(entry.origin), error) from error
    return {key: own for key, own in fields.items() if own.name not in implied}


def _of_class(kind: str, target: str, registry: Registry, shapes: Shapes) -> Choice:
    resolved = registry.resolve(kind, target)
    return Choice(
        kind=kind,
        key=f"{kind}.{target}",
        title=target,
        names=(target,),
        pattern=_escaped(target),
        summary="",
        component=resolved.component,
        fields=_fields(resolved.component, resolved.entry, shapes, set()),
    )
