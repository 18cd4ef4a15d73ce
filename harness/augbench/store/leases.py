"""Leases: of several runs on one store, one makes an artefact and the others wait for it."""

from __future__ import annotations

import contextlib
import json
import os
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Protocol

from augbench.plan.keys import Key
from augbench.store.processes import Process, alive, this_process
from augbench.values.errors import AugbenchError

BEAT = 10.0
"""Seconds between two signs of life."""
PATIENCE = 3
"""Beats without a sign after which a holder on another machine counts as dead."""
UNATTENDED = 3600.0
"""Seconds without a sign after which a lease is litter, for whoever looks but once; clocks may differ by less."""


@dataclass(frozen=True, kw_only=True)
class Holder:
    """Who holds a lease."""

    host: str
    pid: int
    since: float
    """In seconds since the epoch, by its own clock."""


@dataclass(frozen=True, kw_only=True)
class Posted:
    """A lease as it is found."""

    text: str
    sign: object
    """Is another one after each sign of life."""
    age: float
    """Seconds since the last sign of life, as far as clocks agree."""


class Board(Protocol):
    """Where leases hang for all to see."""

    def stages(self) -> Iterable[Key]:
        """Return the stages that somebody has, or had, a lease of."""

    def post(self, key: Key, text: str) -> bool:
        """Hang a lease up, unless there is one."""

    def read(self, key: Key) -> Posted | None:
        """Read a lease."""

    def renew(self, key: Key, text: str) -> bool:
        """Give a sign of life; False where the lease is no longer this one."""

    def remove(self, key: Key, text: str) -> bool:
        """Take down this very lease; False where there is another, or none."""


class Leases:
    """The leases that this process holds in a store, and a look at those of others.

    A thread renews them while the process lives.  A holder that was killed on this machine is known to be dead at once; of one on
    another machine that is known when it has given no sign for three beats of this process' clock: clocks are never compared.
    Two may come to hold one lease when a holder was only asleep; then a stage is run twice, and either artefact serves.
    """

    def __init__(self, board: Board, beat: float = BEAT, clock: Callable[[], float] = time.monotonic) -> None:
        self.beat = beat
        self._board = board
        self._clock = clock
        self._begin()

    def acquire(self, key: Key, reads: Iterable[Key] = ()) -> bool:
        """Take the lease of a stage; False where somebody who lives holds it.

        ``reads`` are artefacts that it needs: they are not pruned meanwhile.
        """
        self._leave_parent()
        with self._lock:
            if key in self._held:
                return True
            text = self._write(reads)
            if not (self._board.post(key, text) or (self._clear(key) and self._board.post(key, text))):
                return False
            self._held[key] = text
            self._seen.pop(key, None)
            self._start()
            return True

    def release(self, key: Key) -> None:
        """Give a lease back; without effect on one that is not, or no longer, held."""
        self._leave_parent()
        with self._lock:
            if text := self._held.pop(key, None):
                # One that stays is dead when this process is.
                with contextlib.suppress(OSError, AugbenchError):
                    self._board.remove(key, text)

    def holder(self, key: Key) -> Holder | None:
        """Tell who holds a lease, dead or alive."""
        posted = self._board.read(key)
        return _holder(posted.text) if posted else None

    def living(self) -> Mapping[Key, frozenset[Key]]:
        """Return the stages whose holders may live, and what they read; one look, without waiting for signs."""
        return {key: _reads(posted.text) for key, posted in self._posted() if not _litter(posted)}

    def litter(self) -> list[Key]:
        """Return the stages whose holders are dead, as far as one look can tell."""
        return [key for key, posted in self._posted() if _litter(posted)]

    def sweep(self, key: Key) -> None:
        """Take down a lease if its holder is dead, as far as one look can tell."""
        posted = self._board.read(key)
        if posted and _litter(posted):
            self._board.remove(key, posted.text)

    def close(self) -> None:
        """Give every lease back."""
        self._leave_parent()
        self._stop.set()
        for key in list(self._held):
            self.release(key)
        self._begin()

    def _posted(self) -> Iterator[tuple[Key, Posted]]:
        return ((key, posted) for key in self._board.stages() if (posted := self._board.read(key)))

    def _begin(self) -> None:
        self._pid = os.getpid()
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._held: dict[Key, str] = {}
        self._seen: dict[Key, tuple[str, object, float]] = {}

    def _leave_parent(self) -> None:
        """In a forked child, hold nothing: the leases, and perhaps the lock, are its parent's."""
        if self._pid != os.getpid():
            self._begin()

    def _write(self, reads: Iterable[Key]) -> str:
        lease = asdict(this_process()) | {"token": uuid.uuid4().hex, "made": time.time(), "reads": sorted(reads)}
        return json.dumps(lease, sort_keys=True)

    def _clear(self, key: Key) -> bool:
        """Take a dead holder's lease down; True where there is none now."""
        posted = self._board.read(key)
        return posted is None or (self._dead(key, posted) and self._board.remove(key, posted.text))

    def _dead(self, key: Key, posted: Posted) -> bool:
        process = _process(posted.text)
        lives = alive(process) if process else None
        if lives is not None:
            return not lives
        text, sign, since = self._seen.get(key, ("", None, 0.0))
        if (text, sign) != (posted.text, posted.sign):
            self._seen[key] = (posted.text, posted.sign, self._clock())
            return False
        return self._clock() - since >= PATIENCE * self.beat

    def _start(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._renew, args=(self._stop,), name="augbench-leases", daemon=True)
            self._thread.start()

    def _renew(self, stop: threading.Event) -> None:
        while not stop.wait(self.beat):
            for key, text in self._held.copy().items():
                # A store that is out of reach now may be back before others lose patience.
                with contextlib.suppress(Exception):
                    self._sign(key, text)

    def _sign(self, key: Key, text: str) -> None:
        """Give a sign of life; not beside a release, after which a bucket would have the lease again."""
        with self._lock:
            if self._held.get(key) == text and not self._board.renew(key, text):
                del self._held[key]


def _litter(posted: Posted) -> bool:
    process = _process(posted.text)
    lives = alive(process) if process else None
    return not lives if lives is not None else posted.age > UNATTENDED


def _process(text: str) -> Process | None:
    try:
        lease = json.loads(text)
        return Process(host=str(lease["host"]), boot=str(lease["boot"]), pid=int(lease["pid"]), started=str(lease["started"]))
    except (ValueError, KeyError, TypeError):
        return None


def _holder(text: str) -> Holder:
    try:
        lease = json.loads(text)
        return Holder(host=str(lease["host"]), pid=int(lease["pid"]), since=float(lease["made"]))
    except (ValueError, KeyError, TypeError):
        return Holder(host="an unknown machine", pid=0, since=0.0)


def _reads(text: str) -> frozenset[Key]:
    try:
        return frozenset(map(str, json.loads(text)["reads"]))
    except (ValueError, KeyError, TypeError):
        return frozenset()
