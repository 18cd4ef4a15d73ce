"""Values outside each bound are found, and the harness refuses them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

import pytest
from annotated_types import Ge, Gt, Interval, Le, Len, Lt, MinLen, MultipleOf
from pydantic import ConfigDict, TypeAdapter, ValidationError

from augbench.testing.laws._bounds import outside


@pytest.mark.parametrize(
    ("annotation", "inside", "beyond"),
    [
        (Annotated[float, Ge(0), Le(1)], 0.5, [-1.0, 2.0]),
        (Annotated[int, Gt(0)], 3, [0]),
        (Annotated[float, Lt(1)] | None, None, [1.0]),
        (Annotated[int, Interval(ge=1, lt=5)], 2, [0, 5]),
        (Annotated[int, MultipleOf(4)], 8, [5]),
        (Literal["a", "b"], "a", ["not-a"]),
        (Literal[1, 2], 1, [3]),
        (tuple[Annotated[int, Ge(0)], ...], (1, 2), [(-1, 2)]),
        (tuple[Annotated[int, Ge(0)], ...], (), [(-1,)]),
        (tuple[float, Annotated[float, Le(1)]], (0.1, 0.9), [(0.1, 2.0)]),
        (Annotated[tuple[str, ...], MinLen(2)], ("a", "b"), [("a",)]),
        (Annotated[tuple[str, ...], Len(1, 2)], ("a",), [(), ("a", "a", "a")]),
        (Mapping[str, Annotated[int, Ge(1)]], {"a": 3}, [{"a": 0}]),
        (Annotated[float, Ge(0)] | Literal["auto"], "auto", [-1.0, "not-auto"]),
    ],
)
def test_values_outside_are_found_and_refused(annotation, inside, beyond):
    assert list(outside(annotation, inside)) == beyond
    check = TypeAdapter(annotation, config=ConfigDict(strict=True)).validate_python
    check(inside)
    for value in beyond:
        with pytest.raises(ValidationError):
            check(value)


@pytest.mark.parametrize("annotation", [float, str, Literal["auto"] | str, Path | Literal["here"], bool, tuple[int, ...]])
def test_what_has_no_bounds_has_nothing_outside(annotation):
    assert list(outside(annotation, None)) == []
