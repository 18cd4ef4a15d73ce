"""What is known of a registered component and of a plugin that broke."""

from __future__ import annotations

import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pluggy

from augbench.values.components import Component


@dataclass(frozen=True, kw_only=True)
class Origin:
    """The plugin that a component came from."""

    plugin: str
    """Name of the entry point."""
    distribution: str
    version: str = ""

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


@dataclass(frozen=True, kw_only=True)
class Resolved:
    """A component that a matrix named, imported."""

    entry: Entry
    component: type[Component]
    implied: dict[str, Any]
    """Parameters that the name itself gives: ``{"name": "resnet34"}`` of ``timm/resnet34``."""


@dataclass(frozen=True, kw_only=True)
class Failure:
    """A plugin that could not be used, and why."""

    origin: Origin
    stage: str
    """``import``, ``signature`` or ``register``."""
    error: BaseException

    def __str__(self) -> str:
        # pluggy explains itself on several lines.
        message = " ".join(str(self.error).split())
        where = location(self.error)
        return f"{self.origin.plugin}: {self.stage}: {type(self.error).__name__}: {message}{f' ({where})' if where else ''}"


def location(error: BaseException) -> str:
    """Return file:line of the code to blame, or an empty string where only machinery is on the stack."""
    if isinstance(error, SyntaxError) and error.filename:
        return f"{error.filename}:{error.lineno}"
    if isinstance(error, pluggy.PluginValidationError):
        return _hook_location(error.plugin)
    frames = traceback.extract_tb(error.__traceback__)
    blamed = [frame for frame in frames if not _is_machinery(frame.filename)]
    return f"{blamed[-1].filename}:{blamed[-1].lineno}" if blamed else ""


def _is_machinery(filename: str) -> bool:
    if filename.startswith("<"):
        return True
    parts = Path(filename).parts
    return "importlib" in parts[-3:-1] or "pluggy" in parts or Path(filename).parent == Path(__file__).parent


def _hook_location(plugin: object) -> str:
    # A wrong signature is found by looking at the function, so no traceback leads to it.
    for value in vars(plugin).values():
        if hasattr(value, "augbench_impl"):
            return f"{value.__code__.co_filename}:{value.__code__.co_firstlineno}"
    return str(getattr(plugin, "__file__", "") or "")
