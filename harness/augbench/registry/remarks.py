"""Remark on what works, and its author may not have meant: parameters without bounds, and attributes that are none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from augbench.values.components import Component

if TYPE_CHECKING:
    from augbench.registry.describe import Parameter

_NUMBERS = ("number", "whole number")
_PLAIN = (bool, int, float, str, tuple)


def remarks(component: type[Component], parameters: Sequence[Parameter]) -> tuple[str, ...]:
    """Return a sentence on each."""
    return *_untyped(component), *_unbounded(parameters)


def _untyped(component: type[Component]) -> Iterator[str]:
    """Tell of attributes that look like parameters, but for their types: dataclasses do not see them."""
    own = [base for base in component.__mro__ if not base.__module__.startswith("augbench.")]
    others = [base for base in component.__mro__ if base not in own]
    # What the base class of a kind has, such as arity, is set so.
    known = {name for base in others for name in (*vars(base), *vars(base).get("__annotations__", {}))}
    for base in own:
        for name, value in vars(base).items():
            typed = name in vars(base).get("__annotations__", {}) or name in known
            if isinstance(value, _PLAIN) and not typed and not name.startswith("_") and not name.isupper():
                kind = type(value).__name__
                mend = f"write '{name}: {kind} = {value!r}' to make it one, or '{name}: ClassVar[{kind}]'"
                yield f"{name} = {value!r} is no parameter: {mend}"


def _unbounded(parameters: Sequence[Parameter]) -> Iterator[str]:
    for parameter in parameters:
        if parameter.type in _NUMBERS and not parameter.bounds:
            yield f"{parameter.name} may be any {parameter.type}: bounds, as in Annotated[float, Ge(0)], refuse those that make no sense"
