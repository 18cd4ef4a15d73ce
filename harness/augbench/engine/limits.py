"""Interrupt code that takes too long."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType

from augbench.registry.places import Frame, standing

_SOON = 1e-3


@contextmanager
def limited(seconds: float | None, over: Callable[[Sequence[Frame]], BaseException]) -> Iterator[None]:
    """Raise what ``over`` makes of the place, the outermost frame first, in a block that takes longer than some seconds.

    Not in other threads, which signals do not reach, nor where there are no alarms.
    """
    if seconds is None or threading.current_thread() is not threading.main_thread() or not hasattr(signal, "setitimer"):
        yield
        return

    def ring(number: int, frame: FrameType | None) -> None:
        raise over(standing(frame))

    before = signal.signal(signal.SIGALRM, ring)
    started, (left, _) = time.monotonic(), signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        # A limit around this one goes on.
        signal.setitimer(signal.ITIMER_REAL, max(_SOON, left - (time.monotonic() - started)) if left else 0)
        signal.signal(signal.SIGALRM, before)
