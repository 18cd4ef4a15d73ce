"""Find values that a parameter's type forbids."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from annotated_types import Ge, GroupedMetadata, Gt, Le, Lt, MaxLen, MinLen, MultipleOf


def outside(annotation: Any, value: Any) -> Iterator[Any]:
    """Yield values just outside each bound of a type; ``value`` is one inside of it."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        yield from (beyond for mark in _marks(annotation) for beyond in _beyond(mark, arguments[0], value))
        yield from outside(arguments[0], value)
    elif origin is Literal:
        yield from _unlisted(arguments)
    elif origin in (Union, types.UnionType):
        # A text or a path may be anything: the words that stand beside it are examples.
        free = {str, Path, Any} & set(arguments)
        yield from (beyond for member in arguments if not (free and get_origin(member) is Literal) for beyond in outside(member, value))
    elif isinstance(origin, type) and issubclass(origin, Mapping) and len(arguments) == 2:
        yield from ({key: beyond} for key in [*(value or {}), "key"][:1] for beyond in outside(arguments[1], None))
    elif origin in (tuple, list):
        yield from _in_sequence(origin, arguments, value)


def _marks(annotation: Any) -> Iterator[Any]:
    for mark in annotation.__metadata__:
        yield from mark if isinstance(mark, GroupedMetadata) else (mark,)


def _beyond(mark: Any, bare: Any, value: Any) -> Iterator[Any]:
    match mark:
        case Ge(ge=bound):
            yield _typed(bound, bare) - 1
        case Gt(gt=bound):
            yield _typed(bound, bare)
        case Le(le=bound):
            yield _typed(bound, bare) + 1
        case Lt(lt=bound):
            yield _typed(bound, bare)
        case MultipleOf(multiple_of=step) if step != 1:
            yield _typed(step, bare) * 1.5 if bare is float else _typed(step, bare) + 1
        case MinLen(min_length=least) if isinstance(value, str | tuple | list) and least and len(value) >= least:
            yield value[: least - 1]
        case MaxLen(max_length=most) if isinstance(value, str | tuple | list) and value:
            yield (value * (most + 1))[: most + 1]


def _typed(bound: Any, bare: Any) -> Any:
    return float(bound) if bare is float else bound


def _unlisted(words: tuple[Any, ...]) -> Iterator[Any]:
    if all(isinstance(word, str) for word in words):
        yield f"not-{words[0]}"
    elif all(isinstance(word, int) and not isinstance(word, bool) for word in words):
        yield max(words) + 1


def _in_sequence(origin: type, arguments: tuple[Any, ...], value: Any) -> Iterator[Any]:
    if origin is list or arguments[1:] == (Ellipsis,):
        first = value[0] if value else None
        yield from (origin([beyond, *(value or ())[1:]]) for beyond in outside(arguments[0], first))
    elif isinstance(value, tuple) and len(value) == len(arguments):
        for place, (item, own) in enumerate(zip(arguments, value, strict=True)):
            yield from ((*value[:place], beyond, *value[place + 1 :]) for beyond in outside(item, own))
