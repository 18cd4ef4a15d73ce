"""Tell whether a module's text has changed since this process imported it: then what runs is not what the text says."""

from __future__ import annotations

import ast
import os
import sys
import time
from collections.abc import Iterator
from functools import lru_cache
from importlib.machinery import SourceFileLoader
from types import CodeType, FunctionType, ModuleType
from typing import Any

from augbench.registry.typed import functions_in

_BEGAN = time.time()
"""When this process came to import plugins; a text that is older has not changed since."""
_LITERALS = (bool, int, float, complex, str, bytes)


def is_outdated(name: str, text: str) -> bool:
    """Tell whether functions or plain constants of an imported module are other than its text, as it is now, would make them."""
    module = sys.modules.get(name)
    # Code that something else has made, such as pytest of asserts, is not what any text says.
    if module is None or type(getattr(module.__spec__, "loader", None)) is not SourceFileLoader:
        return False
    try:
        return os.stat(str(module.__file__)).st_mtime > _BEGAN and _differs(module, text)
    except OSError:
        return False


def _differs(module: ModuleType, text: str) -> bool:
    try:
        written, constants = _read(text, str(module.__file__))
    except (SyntaxError, ValueError):
        return True
    own = [value for value in vars(module).values() if getattr(value, "__module__", None) == module.__name__]
    imported = [function.__code__ for value in own if isinstance(value, type | FunctionType) for function in functions_in(value)]
    places = {"": module, **{value.__name__: value for value in own if isinstance(value, type)}}
    return any(code.co_filename == module.__file__ and _essence(code) not in written for code in imported) or any(
        place in places and not _same(vars(places[place]).get(name), value) for place, name, value in constants
    )


@lru_cache(maxsize=128)
def _read(text: str, file: str) -> tuple[frozenset[Any], tuple[tuple[str, str, Any], ...]]:
    """Return what the functions of a text do, and its plain constants with the class that they stand in."""
    tree = ast.parse(text)
    return frozenset(map(_essence, _codes(compile(tree, file, "exec", dont_inherit=True)))), tuple(_constants(tree))


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for part in code.co_consts:
        if isinstance(part, CodeType):
            yield from _codes(part)


def _essence(code: CodeType) -> Any:
    """Return what code does, wherever its lines stand and whatever its docstring says."""
    first, *others = code.co_consts or (None,)
    constants = (None if isinstance(first, str) else first, *others)
    told = tuple(_essence(part) if isinstance(part, CodeType) else (type(part), repr(part)) for part in constants)
    return code.co_qualname, code.co_code, code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars, told


def _constants(tree: ast.Module) -> Iterator[tuple[str, str, Any]]:
    """Yield names that are bound once, to a plain value, in the module or in one of its classes: nothing changes those later."""
    changed = {name for node in ast.walk(tree) if isinstance(node, ast.Global | ast.Nonlocal) for name in node.names}
    scopes = [("", tree.body), *((node.name, node.body) for node in tree.body if isinstance(node, ast.ClassDef))]
    for scope, body in scopes:
        bound = [node.id for statement in body for node in ast.walk(statement) if isinstance(node, ast.Name) and not _is_read(node)]
        for statement in body:
            name, value = _bound(statement)
            if (
                name
                and bound.count(name) == 1
                and name not in changed
                and isinstance(value, ast.Constant)
                and type(value.value) in _LITERALS
            ):
                yield scope, name, value.value


def _is_read(node: ast.Name) -> bool:
    return isinstance(node.ctx, ast.Load)


def _bound(statement: ast.stmt) -> tuple[str, ast.expr | None]:
    targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
    name = targets[0].id if len(targets) == 1 and isinstance(targets[0], ast.Name) else ""
    return name, getattr(statement, "value", None)


def _same(imported: Any, written: Any) -> bool:
    return type(imported) is type(written) and bool(imported == written)
