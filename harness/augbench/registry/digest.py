"""Tell whether a component's code has changed, whatever its comments, docstrings and layout do."""

from __future__ import annotations

import ast
import hashlib
import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from importlib.machinery import ModuleSpec, PathFinder
from importlib.metadata import packages_distributions, version
from itertools import groupby
from types import MappingProxyType
from typing import Any

from augbench.registry.outdated import is_outdated
from augbench.registry.typed import MAIN, typed_in
from augbench.values.components import Component
from augbench.values.errors import OutdatedCode

# Stages that call components carry integer revisions of their own, so the harness is not part of a component's code.
_HARNESS = "augbench"


def code_digest(component: type[Component]) -> str:
    """Return sha256 over the syntax trees of a class's module and of all that it imports from its own top-level package.

    Imports are followed transitively, those inside functions too, and stop at ``augbench``; base classes of other
    packages count.  Where there is no source, the distribution's version stands for it.
    Of a notebook or a script, only the class counts, and what it uses of the rest.
    """
    typed = {base.__qualname__: typed_in(base) for base in component.__mro__ if base.__module__ == MAIN}
    return modules_digest((base.__module__ for base in component.__mro__ if base.__module__ != MAIN), typed)


def modules_digest(names: Iterable[str], typed: Mapping[str, Sequence[ast.AST]] = MappingProxyType({})) -> str:
    """Return the digest of modules and of all that they import from their own top-level packages; none of them is run.

    ``typed`` is code that no module holds, by name.  Raise ``OutdatedCode`` for a module that has changed since it was imported.
    """
    parts = {f"{MAIN}.{name}": "".join(map(_outline, trees)) for name, trees in typed.items()}
    waiting = [name for name in names if _counts(name)]
    while waiting:
        name = waiting.pop()
        if name in parts:
            continue
        text, is_package = source_of(name)
        if text is not None and is_outdated(name, text):
            raise OutdatedCode(name)
        parts[name], imports = (_version(name), ()) if text is None else _read(text, name, is_package)
        waiting += [module for module in imports if _top(module) == _top(name) and _counts(module)]
    return hashlib.sha256(json.dumps(sorted(parts.items())).encode()).hexdigest()


def _top(module: str) -> str:
    return module.partition(".")[0]


def _counts(module: str) -> bool:
    return _top(module) != _HARNESS and _top(module) not in sys.stdlib_module_names


def source_of(name: str) -> tuple[str | None, bool]:
    """Return a module's source, None without one, and whether it is a package."""
    module = sys.modules.get(name)
    spec = getattr(module, "__spec__", None) or _find(name)
    path = getattr(module, "__file__", None) or (spec.origin if spec else None)
    if not path or not path.endswith(".py"):
        return None, False
    try:
        with open(path, encoding="utf-8") as file:
            return file.read(), bool(spec and spec.submodule_search_locations is not None)
    except OSError:
        return None, False


def _find(name: str) -> ModuleSpec | None:
    """Find a module without running its packages, as ``importlib.util.find_spec`` would."""
    path, spec = None, None
    parts = name.split(".")
    for length in range(1, len(parts) + 1):
        spec = PathFinder.find_spec(".".join(parts[:length]), path)
        if spec is None:
            return None
        path = spec.submodule_search_locations or []
    return spec


@lru_cache(maxsize=512)
def _read(source: str, name: str, is_package: bool) -> tuple[str, tuple[str, ...]]:
    """Return what a module does, as text, and the names of the modules that it may import."""
    tree = ast.parse(source)
    return _outline(tree), tuple(_imports(tree, name, is_package))


def _outline(node: object) -> str:
    """Write a syntax tree without positions, docstrings, the order of imports and empty fields (which differ between Python versions)."""
    if isinstance(node, ast.Constant):
        return repr(node.value)
    if isinstance(node, list):
        return f"[{','.join(_items(node))}]"
    if not isinstance(node, ast.AST):
        return repr(node)
    fields = ((name, value) for name, value in ast.iter_fields(node) if value is not None and value != [])
    return f"{type(node).__name__}({','.join(f'{name}={_outline(value)}' for name, value in fields)})"


def _items(nodes: list[object]) -> Iterator[str]:
    kept = (node for node in nodes if not _is_docstring(node))
    for imports, run in groupby(kept, lambda node: isinstance(node, ast.Import | ast.ImportFrom)):
        found = list(run)
        yield from _imported(found) if imports else map(_outline, found)


def _imported(run: list[Any]) -> list[str]:
    """Write imports that follow one another name by name, sorted: tools sort and join them."""
    told = [
        (alias, f"from {'.' * node.level}{node.module or ''} " if isinstance(node, ast.ImportFrom) else "")
        for node in run
        for alias in node.names
    ]
    written = [f"{origin}import {alias.name} as {alias.asname}" for alias, origin in told]
    names = [alias.asname or alias.name for alias, _ in told]
    # Where two give one name, the later holds.
    return sorted(written) if len(set(names)) == len(names) and "*" not in names else written


def _is_docstring(node: object) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _imports(tree: ast.Module, name: str, is_package: bool) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = _absolute(node, name, is_package)
            # A package's own module counts only for what it defines: the one that registers names would change every key.
            members = [f"{base}.{alias.name}" for alias in node.names]
            modules = [member for member in members if _is_module(member)]
            yield from modules
            if len(modules) < len(members):
                yield base


def _absolute(node: ast.ImportFrom, name: str, is_package: bool) -> str:
    if not node.level:
        return node.module or ""
    up = node.level - 1 if is_package else node.level
    package = name.split(".")[: len(name.split(".")) - up]
    return ".".join([*package, *([node.module] if node.module else [])])


def _is_module(name: str) -> bool:
    return _counts(name) and (name in sys.modules or _find(name) is not None)


def _version(name: str) -> str:
    distributions = sorted(set(packages_distributions().get(_top(name), ())))
    return " ".join(f"{distribution} {version(distribution)}" for distribution in distributions)
