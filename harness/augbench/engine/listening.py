"""Tell somebody what happens in a thread of their own: who is slow keeps nobody waiting, and what breaks breaks nothing else."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from queue import Full, Queue, SimpleQueue
from typing import Any

import pluggy

from augbench.registry.places import location
from augbench.values.errors import placed, reason
from augbench.values.observing import PROGRESS

_BEHIND = 1000
"""Events that a listener may be behind before the run waits for it."""
_FAILURES = 10
"""Failures after which a listener is told nothing more."""
_GLANCE = 0.1


@dataclass(frozen=True, kw_only=True)
class Ear:
    """Who listens, and by which hooks."""

    name: str
    """What a person is told: ``observer 'mlflow'``, ``plugin 'flip'``."""
    hook: pluggy.HookRelay

    def hears(self, event: str) -> bool:
        """Tell whether anything is done with an event."""
        caller: pluggy.HookCaller | None = getattr(self.hook, event, None)
        return caller is not None and bool(caller.get_hookimpls())


@dataclass(frozen=True, kw_only=True)
class Complaint:
    """What went wrong with a listener."""

    name: str
    event: str
    error: str
    where: str = ""
    """file:line, where there is one."""
    last: bool = False
    """Whether it is told nothing more."""

    def __str__(self) -> str:
        after = "it is told nothing more; the run goes on" if self.last else "the run goes on"
        return f"{self.name} failed at {self.event}: {self.error}{placed(self.where)}; {after}"


class Listener:
    """Hands events to one ear, in the order in which they came."""

    def __init__(self, ear: Ear, complaints: SimpleQueue[Complaint], place: AbstractContextManager[None], patience: float) -> None:
        self.ear = ear
        self._complaints = complaints
        self._place = place
        self._patience = patience
        self._events: Queue[tuple[str, Any] | None] = Queue(maxsize=_BEHIND)
        self._latest: dict[tuple[str, str], Mapping[str, Any]] = {}
        """Progress that has not been handed on, by event and stage."""
        self._lock = threading.Lock()
        self._deaf = False
        self._at = ""
        self._taken, self._failures = 0, 0
        self._told: set[str] = set()
        # A daemon, so that one that hangs does not keep Python from ending.
        self._thread = threading.Thread(target=self._listen, name=ear.name, daemon=True)
        self._thread.start()

    @property
    def behind(self) -> int:
        """Return how many events it has not taken yet."""
        return self._events.qsize() + bool(self._at)

    def tell(self, event: str, arguments: Mapping[str, Any]) -> None:
        """Pass an event on, and return at once unless it is far behind."""
        if self._deaf or not self.ear.hears(event):
            return
        if event not in PROGRESS:
            self._put((event, arguments))
            return
        place = event, arguments["stage"].key
        with self._lock:
            waits = place in self._latest
            self._latest[place] = arguments
        if not waits:
            self._put((event, place))

    def close(self, waiting: Callable[[], None]) -> None:
        """Wait until all is taken, for as long as anything is; call ``waiting`` once where that takes a while."""
        self._put(None)
        began, seen, since, said = time.monotonic(), self._taken, time.monotonic(), False
        while self._thread.is_alive() and not self._deaf:
            self._thread.join(_GLANCE)
            now = time.monotonic()
            if self._taken != seen:
                seen, since = self._taken, now
            if now - since > self._patience:
                self._give_up()
            elif not said and now - began > 20 * _GLANCE:
                said = True
                waiting()

    def leave(self) -> None:
        """Tell it nothing more."""
        self._deaf = True

    def _put(self, told: tuple[str, Any] | None) -> None:
        while not self._deaf:
            taken = self._taken
            try:
                self._events.put(told, timeout=self._patience)
            except Full:
                if self._taken == taken:
                    self._give_up()
            else:
                return

    def _give_up(self) -> None:
        self._deaf = True
        self._complaints.put(self._complaint(self._at, f"it has not come back for {self._patience:g} s", last=True))

    def _listen(self) -> None:
        with self._place:
            while not self._deaf and (told := self._events.get()) is not None:
                self._at, arguments = told
                if self._at in PROGRESS:
                    with self._lock:
                        arguments = self._latest.pop(arguments)
                self._hand_on(arguments)
                self._at = ""
                self._taken += 1

    def _hand_on(self, arguments: Mapping[str, Any]) -> None:
        try:
            getattr(self.ear.hook, self._at)(**arguments)
        # Whatever it raises, SystemExit and KeyboardInterrupt too, is its own failure.
        except BaseException as error:
            self._failures += 1
            last = self._failures >= _FAILURES
            if last or self._at not in self._told:
                self._told.add(self._at)
                self._complaints.put(self._complaint(self._at, reason(error), location(error), last=last))
            self._deaf = self._deaf or last

    def _complaint(self, event: str, error: str, where: str = "", *, last: bool) -> Complaint:
        return Complaint(name=self.ear.name, event=event, error=error, where=where, last=last)
