"""Ctrl-C, and what a batch system sends: the first asks to stop, the second does not ask."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType

_SIGNALS = ("SIGINT", "SIGTERM")


@dataclass(kw_only=True)
class Stopping:
    """Whether somebody wants the run to end."""

    on_request: Callable[[], None] = lambda: None
    """Called once, at the first signal, in the middle of whatever the main thread does."""
    _asked: threading.Event = field(default_factory=threading.Event)
    _over: bool = False

    @property
    def requested(self) -> bool:
        """Tell whether the run should end."""
        return self._asked.is_set()

    def request(self) -> None:
        """Ask to stop; asked again, raise ``KeyboardInterrupt``."""
        if self._over:
            return
        if self._asked.is_set():
            raise KeyboardInterrupt
        self._asked.set()
        self.on_request()

    def end(self) -> None:
        """Listen to nobody any more: whatever ran is being ended, and that must not be cut short."""
        self._over = True

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Take the signals within the block, where this thread may."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return

        def heard(number: int, frame: FrameType | None) -> None:
            self.request()

        before = {name: signal.signal(getattr(signal, name), heard) for name in _SIGNALS}
        try:
            yield
        finally:
            for name, handler in before.items():
                signal.signal(getattr(signal, name), handler)
