"""Find the classes that a document names; what cannot be found becomes a problem at the very place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from augbench.config.findings import Findings, Path
from augbench.config.shapes import Shapes, Table
from augbench.config.source import Node
from augbench.config.wording import must_be
from augbench.registry.places import definition, frames, innermost
from augbench.values.components import Component, class_address
from augbench.values.errors import AugbenchError, BrokenComponent, UnknownComponent

if TYPE_CHECKING:
    from augbench.registry.collect import Registry

Found = tuple[type[Component], dict[str, Any]]


class Components:
    """The registry as documents use it: asked once for each name."""

    def __init__(self, registry: Registry, shapes: Shapes, findings: Findings) -> None:
        self._registry = registry
        self._shapes = shapes
        self._findings = findings
        self._known: dict[tuple[str, str], Found | AugbenchError] = {}

    def find(self, kind: str, node: Node, label: str, needs: Path | None = None) -> Found | None:
        """Return the class that a ``use`` names and the parameters that the name implies; note a problem otherwise."""
        if not isinstance(node.value, str):
            self._findings.add(must_be(label, f"the name of a component ({kind})", node), node.origin.value)
            return None
        found = self.named(kind, node.value)
        if isinstance(found, AugbenchError):
            # A key of [defaults.KIND] names a component, too: there key and value are one place.
            self._findings.add(getattr(found, "summary", str(found)), node.origin.value, getattr(found, "hint", ""), needs)
            return None
        return found

    def named(self, kind: str, use: str) -> Found | AugbenchError:
        """Return the class of a name, or why there is none."""
        if (kind, use) not in self._known:
            self._known[kind, use] = self._resolve(kind, use)
        return self._known[kind, use]

    def classes(self) -> tuple[tuple[str, str], ...]:
        """Return what was found as ``module:Class``, by kind."""
        found = [(kind, use, each[0]) for (kind, use), each in self._known.items() if not isinstance(each, AugbenchError)]
        return tuple((kind, use) for kind, use, component in found if use == class_address(component))

    def keys(self, component: type[Component]) -> Table:
        """Return what may stand in a component's table."""
        return self._shapes.table(component)

    def _resolve(self, kind: str, use: str) -> Found | AugbenchError:
        if not use:
            return UnknownComponent(kind, use, self._registry.names(kind))
        try:
            resolved = self._registry.resolve(kind, use)
        except AugbenchError as error:
            return error
        try:
            self._shapes.table(resolved.component)
        # Annotations that name what only a type checker imports, defaults that cannot be made.
        except (Exception, SystemExit) as error:
            where = innermost(frames(error), resolved.component) or definition(resolved.component)
            return BrokenComponent(kind, use, str(resolved.entry.origin), error, where)
        return resolved.component, dict(resolved.implied)
