"""Find a component as a matrix does: its class alone tells nothing of how it is registered."""

from __future__ import annotations

from augbench.registry.discovery import discover
from augbench.registry.installed import GROUP
from augbench.registry.unplugged import unplugged
from augbench.testing.checking import Broken
from augbench.values.components import Component
from augbench.values.errors import UnknownComponent


def registered(kind: str, name: str) -> type[Component]:
    """Return the class that a matrix means by a name, of what is installed: ``registered("augmenter", "flip-mix")``.

    Raise ``Broken`` where nobody registers the name, and ``BrokenComponent`` where its class does not load.
    """
    try:
        return discover().resolve(kind, name).component
    except UnknownComponent as unknown:
        asked = f"is it installed, and does pyproject.toml have [project.entry-points.{GROUP}]?"
        raise Broken("\n".join([f"{kind} '{name}' is not registered: {asked}", str(unknown), *map(str, unplugged())])) from None
