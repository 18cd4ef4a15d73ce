"""Tell of a registered class, without importing its module, that it is not there."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import find_spec
from pathlib import Path

from augbench.registry.entries import Entry
from augbench.registry.loading import nothing_called
from augbench.registry.places import location
from augbench.values.errors import BrokenComponent


def unbound(entry: Entry) -> BrokenComponent | None:
    """Return what ``load`` would raise for a module that is not there, does not parse or has no such class; None as far as one can see.

    Those of augbench are there: its tests load them.
    """
    if not isinstance(entry.target, str) or entry.origin.built_in:
        return None
    module, _, attribute = entry.target.partition(":")
    try:
        _look(module, attribute)
    except (ImportError, AttributeError, SyntaxError) as error:
        return BrokenComponent(entry.kind, entry.name, str(entry.origin), error, location(error))
    # What cannot be read may yet be imported.
    except (OSError, ValueError):
        pass
    return None


def _look(module: str, attribute: str) -> None:
    spec = _spec(module)
    if spec.origin is None or not spec.origin.endswith(".py"):
        return
    names = set(_named(ast.parse(Path(spec.origin).read_bytes(), spec.origin)))
    if not names & {attribute, "*", "__getattr__"}:
        raise nothing_called(attribute, module, spec.origin, names)


def _spec(module: str) -> ModuleSpec:
    """Find a module; unlike importlib's own, import none of the packages that it is in."""
    top, *others = module.split(".")
    name, spec = top, find_spec(top)
    for part in others:
        if spec is not None:
            name = f"{name}.{part}"
            spec = PathFinder.find_spec(name, spec.submodule_search_locations) if spec.submodule_search_locations else None
    if spec is None:
        raise ModuleNotFoundError(f"No module named '{name}'", name=name)
    return spec


def _named(tree: ast.Module) -> Iterator[str]:
    """Find all that may be a name of the module: bound anywhere in it, or written in quotes for code that binds names itself."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            yield node.name
        elif isinstance(node, ast.alias):
            yield node.asname or node.name
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
