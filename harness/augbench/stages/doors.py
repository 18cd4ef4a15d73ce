"""What a plugin may call of the harness without being led into it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any

_behind: dict[int, Callable[..., Any]] = {}
_numbers = count()


@dataclass(frozen=True)
class Door:
    """Passes calls on to a function of the harness.

    The function itself would lead on, by its closure and what that refers to, to the store and to test images: a plugin is
    handed the number that it goes by.
    """

    number: int

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        """Call what is behind the door."""
        return _behind[self.number](*arguments, **named)


@contextmanager
def door_to(function: Callable[..., Any]) -> Iterator[Door]:
    """Yield a door to a function; it is shut again afterwards."""
    door = Door(next(_numbers))
    _behind[door.number] = function
    try:
        yield door
    finally:
        del _behind[door.number]
