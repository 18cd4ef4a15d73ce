"""Write the settings of a cell as one flat table, so that two runs, or the trials that failed, can be compared field by field."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from augbench.values.components import Component, dashed
from augbench.values.results import Setting
from augbench.values.settings import AugmentSlot, ClassSettings, Settings

NameOf = Callable[[type], str]
_Found = Iterator[tuple[str, Setting]]


def flat_settings(settings: Settings, name_of: NameOf) -> dict[str, Setting]:
    """Return each setting by its dotted key, as in a matrix: ``{"generator": "wgan-div", "generator.p": 6.0, "training.lr": 0.05}``.

    ``name_of`` tells the name of a component's class.  A list becomes its TOML text; None stands for what is empty or not given.
    """
    return dict(_Flat(name_of=name_of).members("", settings))


@dataclass(frozen=True, kw_only=True)
class _Flat:
    name_of: NameOf

    def value(self, path: str, value: Any) -> _Found:
        if isinstance(value, Component):
            yield from self.component(path, value)
        elif isinstance(value, AugmentSlot):
            # The keys of the harness stand in the augmenter's own table.
            yield from self.component(path, value.augmenter)
            yield from self.members(path, value, without="augmenter")
        elif isinstance(value, ClassSettings):
            yield from self.members(path, value, without="n")
            yield f"{path}.batch.n", value.n
        elif is_dataclass(value):
            yield from self.members(path, value)
        elif isinstance(value, Mapping):
            for key, part in value.items():
                yield from self.value(f"{path}.{key}", part)
        elif isinstance(value, tuple | list):
            yield from self.several(path, value)
        else:
            yield path, plain(value)

    def members(self, path: str, value: Any, without: str = "") -> _Found:
        for field in fields(value):
            if field.name != without:
                yield from self.value(f"{path}.{dashed(field.name)}" if path else dashed(field.name), getattr(value, field.name))

    def component(self, path: str, value: Component) -> _Found:
        yield path, self.name(value)
        yield from self.parameters(path, value)

    def parameters(self, path: str, value: Component) -> _Found:
        return self.members(path, value, without="name" if _member(value) else "")

    def name(self, value: Component) -> str:
        return called(value, self.name_of)

    def several(self, path: str, values: tuple[Any, ...] | list[Any]) -> _Found:
        """List components by name, and their parameters under it; the second of a name is ``name-2``."""
        yield path, plain([self.name(value) if isinstance(value, Component) else value for value in values])
        components = [value for value in values if isinstance(value, Component)]
        for key, value in zip(keys_of(map(self.name, components)), components, strict=True):
            yield from self.parameters(f"{path}.{key}", value)


def keys_of(names: Iterable[str]) -> Iterator[str]:
    """Tell the components of a list apart by their names."""
    seen: Counter[str] = Counter()
    for name in names:
        seen[name] += 1
        yield name if seen[name] == 1 else f"{name}-{seen[name]}"


def plain(value: Any) -> Setting:
    """Write a value that is no component; a list as its TOML text."""
    if isinstance(value, tuple | list):
        return f"[{', '.join(str(item).lower() if isinstance(item, bool) else str(item) for item in value)}]"
    return value if isinstance(value, str | int | float | None) else str(value)


def called(component: Component, name_of: NameOf) -> str:
    """Return what a matrix calls a component: ``mixup``, or ``timm/resnet34`` of a family."""
    named = _member(component)
    return f"{name_of(type(component))}/{named}" if named else name_of(type(component))


def _member(value: Component) -> str:
    """Return which member of a family a component is: ``resnet34`` of ``timm/resnet34``."""
    return str(getattr(value, "name", "")) if hasattr(type(value), "names") else ""
