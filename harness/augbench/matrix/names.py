"""Find the names that a matrix file may use: those of what is installed, but what it leaves out, and of the plugins that it brings."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from augbench.config import documents
from augbench.config.findings import Findings
from augbench.matrix.sections import Sections
from augbench.registry.discovery import discover
from augbench.registry.installed import installation
from augbench.registry.local import load_local
from augbench.values.errors import BrokenComponent

if TYPE_CHECKING:
    from augbench.config.snapshots import Snapshot
    from augbench.config.source import Node
    from augbench.registry.collect import Registry


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which plugins a matrix file wants: they must be in the registry before the rest can be validated."""

    own: tuple[tuple[Node, str], ...]
    """Files, as absolute paths, and modules that are not installed as plugins, each with its place."""
    left_out: tuple[Node, ...]
    """Names of installed ones."""
    findings: Findings

    @property
    def plugins(self) -> tuple[str, ...]:
        """Return the files and modules."""
        return tuple(reference for _, reference in self.own)

    @property
    def disabled(self) -> tuple[str, ...]:
        """Return the names of those that are left out."""
        return tuple(node.value for node in self.left_out)


def wanted(path: Path, snapshot: Snapshot | None = None) -> Wanted:
    """Read only what a matrix file says of plugins.  Raise ``MissingFile``, or ``ConfigError`` with every problem at once."""
    findings = Findings()
    sections = Sections(documents=documents.load(path, findings, snapshot).roots, assigned=(), findings=findings)
    found = Wanted(own=sections.plugins(), left_out=sections.left_out(), findings=findings)
    findings.raise_any()
    return found


def registry_of(path: Path, disabled: Collection[str] = (), snapshot: Snapshot | None = None) -> Registry:
    """Collect the components that a matrix file may name, without the plugins that it, or ``disabled``, leaves out.

    Raise ``UnknownComponent`` for a plugin of ``disabled`` that there is not, ``ConfigError`` for whatever is wrong with one in the file.
    """
    found, known = wanted(path, snapshot), installation()
    for node in found.left_out:
        if not known.called(node.value):
            found.findings.name("plugin", node.value, node.origin.value, known.names())
    found.findings.raise_any()
    registry = discover(disabled, found.disabled)
    for node, reference in found.own:
        try:
            load_local(registry, (reference,), path.parent)
        except BrokenComponent as error:
            found.findings.add(str(error), node.origin.value)
    found.findings.raise_any()
    return registry
