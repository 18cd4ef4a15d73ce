"""What runs on a node of a cluster: one worker process, and what it says, fetched by whoever asks."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from typing import Any

from augbench.engine.executing import StageOutcome, Workplace
from augbench.engine.executors.local import LocalPool, Place
from augbench.engine.travelling import Luggage, differences, unpack
from augbench.engine.worker import Parcel
from augbench.plan.keys import Key
from augbench.store.opening import open_store
from augbench.store.processes import alive_here, this_process

Message = tuple[Any, ...]
"""``("here", name, what makes it unfit)``, ``("taken",)``, ``("started", key)``, ``("progress", key, done, total, numbers)`` or
``("outcome", outcome, what the stage printed)``."""
_PATIENCE = 0.5
"""Seconds that whoever asks is kept waiting where there is nothing to tell."""
_GLANCE = 0.05
_PREFIX = "augbench-outpost"
_LONGEST = 1_000_000
"""Bytes of a stage's output that are sent."""


@dataclass(frozen=True, kw_only=True)
class Orders:
    """What a node is told of a run."""

    store: str
    lease: Key
    """One that the driver holds: who sees it has the same store before them."""
    work: str
    preload: tuple[str, ...]
    luggage: Luggage
    grace: float
    threads: str | None = field(default_factory=lambda: os.environ.get("OMP_NUM_THREADS"))
    """What libraries are told where the driver runs; Ray says something else, which would change bits."""


def fitness(orders: Orders) -> str:
    """Say why no stage can run on this machine, or nothing."""
    if other := differences(orders.luggage):
        return f"{other}; install the same there"
    try:
        store = open_store(orders.store)
        if store.leases().holder(orders.lease) is None:
            return f"it does not see the store '{orders.store}'; give --store a folder that all nodes share, or a remote address"
        store.check_writable()
    except Exception as error:
        return f"it cannot use the store '{orders.store}': {error}"
    return ""


class Outpost:
    """A place on a node.  One call at a time: none takes longer than a moment, so that ``halt`` is soon heard."""

    def __init__(self, orders: Orders, place: Place) -> None:
        self._name = f"{place.name} on {_address()}"
        self._unfit = fitness(orders)
        _tell_libraries(orders.threads)
        self._messages: list[Message] = []
        self._home = _home()
        luggage = orders.luggage
        workplace = Workplace(
            store=orders.store,
            devices=(place.device,),
            watch=self,
            plugins=luggage.plugins,
            folder=unpack(luggage, Path(self._home.name)),
            preload=orders.preload,
            work=orders.work,
        )
        self._pool = LocalPool(workplace=workplace, places=(replace(place, name=self._name),), grace=orders.grace)

    def hello(self) -> list[Message]:
        """Say who and how one is."""
        return [("here", self._name, self._unfit)]

    def deliver(self, packed: Parcel) -> list[Message]:
        """Begin a job."""
        self._pool.deliver(replace(packed, logs={key: self._log(key) for key in packed.logs}))
        return [("taken",)]

    def listen(self) -> list[Message]:
        """Return what has happened since the last time."""
        until = time.monotonic() + _PATIENCE
        outcomes = self._pool.wait(_GLANCE)
        while not outcomes and not any(message[0] == "started" for message in self._messages) and time.monotonic() < until:
            outcomes = self._pool.wait(_GLANCE)
        told, self._messages = self._messages, []
        return [*told, *(("outcome", outcome, self._printed(outcome)) for outcome in outcomes)]

    def halt(self) -> None:
        """Have the stage asked to keep its state and stop."""
        self._pool.halt()

    def close(self) -> None:
        """End the worker process and leave nothing here."""
        self._pool.stop()
        self._home.cleanup()

    def started(self, key: Key, worker: str) -> None:
        """Note that a stage has begun."""
        self._messages.append(("started", key))

    def progress(self, key: Key, done: int, total: int, numbers: Mapping[str, float]) -> None:
        """Note how far it has come; of what nobody has fetched, the newest is enough."""
        if self._messages and self._messages[-1][:2] == ("progress", key):
            self._messages.pop()
        self._messages.append(("progress", key, done, total, numbers))

    def _log(self, key: Key) -> Path:
        return Path(self._home.name) / f"{key}.log"

    def _printed(self, outcome: StageOutcome) -> bytes:
        """Return the end of what a stage has printed."""
        log = self._log(outcome.key)
        if not log.is_file():
            return b""
        with log.open("rb") as file:
            file.seek(-min(_LONGEST, log.stat().st_size), 2)
            printed = file.read()
        log.unlink()
        return printed


def _home() -> TemporaryDirectory[str]:
    """Make a folder named after this process, and remove those of processes that were killed."""
    me = this_process()
    for left in Path(gettempdir()).glob(f"{_PREFIX}-*-*-*"):
        _, _, pid, started, _ = [*left.name.split("-", 4), ""][:5]
        if pid.isdecimal() and alive_here(int(pid), started) is False:
            shutil.rmtree(left, ignore_errors=True)
    return TemporaryDirectory(prefix=f"{_PREFIX}-{me.pid}-{me.started}-")


def _tell_libraries(threads: str | None) -> None:
    os.environ.pop("OMP_NUM_THREADS", None)
    if threads is not None:
        os.environ["OMP_NUM_THREADS"] = threads


def _address() -> str:
    import ray.util

    address: str = ray.util.get_node_ip_address()
    return address
