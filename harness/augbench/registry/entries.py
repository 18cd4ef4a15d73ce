"""What is known of a registered component and of a plugin that broke."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pluggy

from augbench.registry.places import location
from augbench.values.components import Component, class_address
from augbench.values.errors import placed, reason


@dataclass(frozen=True, kw_only=True)
class Origin:
    """The plugin that a component came from."""

    plugin: str
    """Name of the entry point; of a file, its name without ``.py``."""
    distribution: str
    version: str = ""
    """Empty for what is not installed as a distribution."""

    @property
    def built_in(self) -> bool:
        """Tell whether it comes with augbench itself."""
        return self.distribution == "augbench"

    def __str__(self) -> str:
        return f"{self.distribution} {self.version}".strip()


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One registered component, not yet imported."""

    kind: str
    name: str
    target: str | type
    """``"module:Class"``, or the class itself."""
    summary: str
    origin: Origin
    family: bool = False
    """Whether the name stands for many components: ``timm`` for ``timm/NAME``."""

    @property
    def address(self) -> str:
        """Return what a matrix writes: the name, or ``name/NAME`` of a family."""
        return f"{self.name}/NAME" if self.family else self.name

    @property
    def reference(self) -> str:
        """Return what it stands for as ``module:Class``."""
        return self.target if isinstance(self.target, str) else class_address(self.target)

    @property
    def package(self) -> str:
        """Return the topmost package, or the module, that it lies in."""
        return package_of(self.reference)


def package_of(reference: str) -> str:
    """Return the topmost package, or the module, that ``module:Class`` lies in."""
    return reference.partition(":")[0].partition(".")[0]


@dataclass(frozen=True, kw_only=True)
class Resolved:
    """A component that a matrix named, imported."""

    entry: Entry
    component: type[Component]
    implied: dict[str, Any]
    """Parameters that the name itself gives: ``{"name": "resnet34"}`` of ``timm/resnet34``."""


@dataclass(frozen=True, kw_only=True)
class Hooked:
    """A plugin that works, and the hooks that it implements."""

    origin: Origin
    hook: pluggy.HookRelay

    @property
    def listens(self) -> tuple[str, ...]:
        """Return the hooks by which it follows runs, adds to reports and so on: all but ``register``."""
        return tuple(sorted(name for name, caller in vars(self.hook).items() if name != "register" and caller.get_hookimpls()))


@dataclass(frozen=True, kw_only=True)
class Failure:
    """A plugin that could not be used, and why."""

    origin: Origin
    stage: str
    """``metadata``, ``version``, ``import``, ``module``, ``signature`` or ``register``."""
    error: BaseException
    where: str = ""
    """The place to mend, where the error has none of its own."""
    module: str = ""
    """What its entry point names."""

    @property
    def reason(self) -> str:
        """Say what is wrong, on one line."""
        return reason(self.error)

    @property
    def place(self) -> str:
        """Return file:line, or an empty string."""
        return self.where or location(self.error)

    def __str__(self) -> str:
        return f"{self.origin.plugin}: {self.stage}: {self.reason}{placed(self.place)}"


@dataclass(frozen=True, kw_only=True)
class Note:
    """What its user, or its author, should know of a plugin that works."""

    origin: Origin
    text: str
    where: str = ""
    """file:line, where there is one."""

    def __str__(self) -> str:
        return f"{self.origin.plugin}: {self.text}{placed(self.where)}"


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """A plugin that somebody left out; nothing of it was imported."""

    origin: Origin
    by: str
    """``--no-plugin``, ``disable-plugins`` or the name of the environment's variable."""
    module: str
    """What its entry point names."""
