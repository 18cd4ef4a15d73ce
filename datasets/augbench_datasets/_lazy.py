"""A sequence whose members are made when they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any


class Lazy(Sequence[Any]):
    """So many members, each made anew whenever it is asked for, by several threads at once."""

    def __init__(self, count: int, make: Callable[[int], Any]) -> None:
        self._count, self._make = count, make

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, index: Any) -> Any:
        return self._make(range(self._count)[index])
