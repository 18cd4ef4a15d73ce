"""Find the code of a class that was typed into a notebook, a console or the script that runs: no module holds it alone."""

from __future__ import annotations

import ast
import inspect
import linecache
import reprlib
import sys
from collections.abc import Iterator
from types import FunctionType
from typing import Any

from augbench.values.errors import NoSource

MAIN = "__main__"
_PLAIN = (bool, int, float, complex, str, bytes, type(None))


def typed_in(component: type) -> tuple[ast.AST, ...]:
    """Return the syntax trees of a class of ``__main__`` and of all that it uses from there, transitively, by name.

    Functions and classes count by their code, plain values by what they are, and everything else, such as an imported module, by its
    name alone.  Raise ``NoSource`` where Python keeps no text of it.
    """
    there = vars(sys.modules[MAIN])
    found: dict[str, ast.AST] = {}
    waiting: list[tuple[str, Any]] = [(component.__qualname__, component)]
    while waiting:
        name, value = waiting.pop()
        if name not in found:
            found[name] = _tree(name, value)
            waiting += [(used, there[used]) for used in _names(found[name]) if used in there and used not in found]
    return tuple(tree for _, tree in sorted(found.items()))


def _tree(name: str, value: Any) -> ast.AST:
    if getattr(value, "__module__", None) == MAIN and isinstance(value, type | FunctionType):
        return _definition(value)
    if _is_plain(value):
        return ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=repr(value)))
    return ast.Name(id=name)


def _is_plain(value: Any) -> bool:
    if isinstance(value, tuple | list | frozenset):
        return all(map(_is_plain, value))
    return isinstance(value, _PLAIN)


def _definition(value: type | FunctionType) -> ast.AST:
    """Find a definition in the text that its code was compiled from: the cell of a notebook, or the script."""
    functions = list(functions_in(value))
    if not functions:
        return _members(value)
    for function in functions:
        lines = linecache.getlines(function.__code__.co_filename)
        for node in ast.walk(ast.parse("".join(lines))) if lines else ():
            within = isinstance(node, ast.ClassDef | ast.FunctionDef) and node.name == value.__name__
            if within and node.lineno <= function.__code__.co_firstlineno <= (node.end_lineno or 0):  # type: ignore[attr-defined]
                return node
    raise NoSource(value.__qualname__)


def functions_in(value: type | FunctionType) -> Iterator[FunctionType]:
    """Return the functions that somebody wrote; those that a dataclass makes are of no file, or of reprlib's."""
    own = [value] if isinstance(value, FunctionType) else vars(value).values()
    for part in own:
        function = inspect.unwrap(_inner(part))
        if isinstance(function, FunctionType) and function.__code__.co_filename not in ("<string>", reprlib.__file__):
            yield function


def _inner(part: Any) -> Any:
    """Return the function within a method, a property or its cached kind."""
    for name in ("__func__", "fget", "func"):
        part = getattr(part, name, part)
    return part


def _members(value: Any) -> ast.AST:
    """Write down a class without code of its own: no text is needed to tell what it holds."""
    annotations = sorted((name, str(hint)) for name, hint in vars(value).get("__annotations__", {}).items())
    values = sorted((name, repr(part)) for name, part in vars(value).items() if not name.startswith("__") and _is_plain(part))
    return ast.Constant(value=repr((value.__qualname__, [base.__qualname__ for base in value.__bases__], annotations, values)))


def _names(tree: ast.AST) -> set[str]:
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
