"""A flat table: lines of one kind, whose fields are its columns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import NamedTuple, get_args, get_type_hints

Value = str | int | float | bool | None


@dataclass(frozen=True, kw_only=True)
class FlatTable:
    """Lines under the names of their fields."""

    columns: tuple[str, ...]
    types: tuple[type, ...]
    """``str``, ``int``, ``float`` or ``bool`` of each column; any value may be None."""
    lines: tuple[Sequence[Value], ...]


def table(kind: type[NamedTuple], lines: Iterable[Sequence[Value]]) -> FlatTable:
    """Make the table of lines of one kind, a NamedTuple."""
    hints = get_type_hints(kind)
    return FlatTable(
        columns=tuple(hints), types=tuple(_type(hint) for hint in hints.values()), lines=tuple(tuple(map(finite, line)) for line in lines)
    )


def finite(value: Value) -> Value:
    """Return a value, None instead of a float that is no number."""
    return None if isinstance(value, float) and not isfinite(value) else value


def _type(hint: type) -> type:
    """Return a field's type without its None."""
    found: type
    (found,) = [each for each in get_args(hint) or (hint,) if each is not type(None)]
    return found
