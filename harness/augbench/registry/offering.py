"""Name the components of a file that registers none itself, after their classes."""

from __future__ import annotations

import re
from types import ModuleType

from augbench.registry.collect import Registry
from augbench.values.components import Component

_JOINTS = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z0-9])(?=[A-Z][a-z])")


def offer(registry: Registry, module: ModuleType) -> bool:
    """Register the component classes that a module defines: ``FlipMix`` as ``flip-mix``; tell whether there are any.

    Classes whose names begin with an underscore are the module's own business.
    """
    found = [thing for name, thing in vars(module).items() if not name.startswith("_") and _is_own(thing, module)]
    for component in found:
        summary = (component.__doc__ or "").strip().partition("\n")[0].rstrip(".")
        registry.add(component.kind, kebab(component.__name__), f"{module.__name__}:{component.__name__}", summary)
    return bool(found)


def kebab(name: str) -> str:
    """Write the name of a class as a matrix would: ``WganGp`` is ``wgan-gp``, ``HTTPServer2D`` is ``http-server2d``."""
    return _JOINTS.sub("-", name.replace("_", "-")).lower()


def _is_own(thing: object, module: ModuleType) -> bool:
    return isinstance(thing, type) and issubclass(thing, Component) and thing.__module__ == module.__name__ and hasattr(thing, "kind")
