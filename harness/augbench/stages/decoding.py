"""Decode images by several threads, and hand them on in their order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from augbench.values.cpus import usable_cpus

Result = TypeVar("Result")
_CHUNK = 64
"""Images of one piece of work: so many that handing it over costs nothing beside it, so few that few wait in memory."""
_AHEAD = 2
"""Pieces a thread that are done, or begun, before they are asked for."""
_MOST = 16


def in_order(produce: Callable[[int], Result], count: int, threads: int | None = None) -> Iterator[Result]:
    """Yield ``produce(0)`` to ``produce(count - 1)``, made by several threads a little ahead of whoever reads.

    Decoders and NumPy leave the interpreter to others while they work.  The first error in this order is raised, however the
    threads run; nothing more is begun then, or once the reader stops.  Unless given, there are as many threads as CPUs.
    """
    threads = threads or min(_MOST, usable_cpus())
    begun: deque[Future[list[Result]]] = deque()
    with ThreadPoolExecutor(threads, thread_name_prefix="decode") as pool:
        try:
            for start in range(0, count, _CHUNK):
                begun.append(pool.submit(_each, produce, range(start, min(start + _CHUNK, count))))
                if len(begun) == _AHEAD * threads:
                    yield from begun.popleft().result()
            while begun:
                yield from begun.popleft().result()
        finally:
            pool.shutdown(cancel_futures=True)


def _each(produce: Callable[[int], Result], piece: range) -> list[Result]:
    return [produce(i) for i in piece]
