"""Do many small things by several threads, such as decoding images, and hand results on in their order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TypeVar

from augbench.values.cpus import usable_cpus

if TYPE_CHECKING:
    from concurrent.futures import Future

Result = TypeVar("Result")
_CHUNK = 64
"""Things of one piece of work: so many that handing it over costs nothing beside it, so few that few wait in memory."""
_AHEAD = 2
"""Pieces a thread that are done, or begun, before they are asked for."""
_MOST = 16
_ROOM = 256 * 2**20
"""Bytes that results of a known size may take together while they wait."""


def in_order(produce: Callable[[int], Result], count: int, threads: int | None = None, size: int = 0) -> Iterator[Result]:
    """Yield ``produce(0)`` to ``produce(count - 1)``, made by several threads a little ahead of whoever reads.

    For reading, hashing, decoding and NumPy, which leave the interpreter to others while they work.  The first error in this
    order is raised, however the threads run; nothing more is begun then, or once the reader stops.  Unless given, there are as
    many threads as CPUs.  ``size`` is that of a result in bytes: of large ones few are made ahead.
    """
    from concurrent.futures import ThreadPoolExecutor

    threads = threads or min(_MOST, usable_cpus())
    chunk = max(1, min(_CHUNK, _ROOM // (_AHEAD * threads * max(1, size))))
    begun: deque[Future[list[Result]]] = deque()
    with ThreadPoolExecutor(threads, thread_name_prefix="in-order") as pool:
        try:
            for start in range(0, count, chunk):
                begun.append(pool.submit(_each, produce, range(start, min(start + chunk, count))))
                if len(begun) == _AHEAD * threads:
                    yield from begun.popleft().result()
            while begun:
                yield from begun.popleft().result()
        finally:
            pool.shutdown(cancel_futures=True)


def _each(produce: Callable[[int], Result], piece: range) -> list[Result]:
    return [produce(i) for i in piece]
