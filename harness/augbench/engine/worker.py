"""A worker process: takes jobs from a pipe, runs them, and ends when the pipe does."""

from __future__ import annotations

import faulthandler
import os
import pickle
import queue
import signal
import sys
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from augbench.engine.executing import Job, StageOutcome
from augbench.engine.work import Workbench, failed
from augbench.plan.keys import Key
from augbench.plan.tasks import Stage
from augbench.registry.collect import Registry
from augbench.registry.local import load_local
from augbench.registry.places import entered_at, standing

HALT = "halt"
"""Asks a worker to let its job keep its state and stop."""
LATE = "late"
"""Asks the same, since a stage's time is up, and where it is."""


@dataclass(frozen=True, kw_only=True)
class Parcel:
    """A job on its way to another process, to be handled without importing what its components are made of."""

    keys: tuple[Key, ...]
    slots: int
    timeout: float | None
    logs: Mapping[Key, Path]
    stages: bytes
    """Pickled: between processes of one run, never in a file."""


def parcel(job: Job) -> Parcel:
    """Pack a job.  Raise what pickle raises of a component that cannot be sent."""
    keys = tuple(stage.key for stage in job.stages)
    return Parcel(keys=keys, slots=job.slots, timeout=job.timeout, logs=job.logs, stages=pickle.dumps(job.stages))


@dataclass(frozen=True, kw_only=True)
class Setup:
    """What a worker is told once."""

    name: str
    store: str
    device: str
    work: str
    plugins: tuple[str, ...]
    folder: Path
    alone: bool
    environment: Mapping[str, str] = field(default_factory=dict)
    """Set before anything heavy is imported: which GPU it may see, how many threads libraries may start."""


def serve(connection: Connection, setup: Setup) -> None:
    """Run jobs until the other end is closed, by whoever asks for work or by its death."""
    # A Ctrl-C is meant for the driver, which says what becomes of the stages.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    voice = _Voice(connection)
    orders = _Orders(connection=connection, voice=voice)
    signal.signal(signal.SIGTERM, lambda number, frame: orders.leave())
    faulthandler.enable()
    os.environ.update(setup.environment)
    bench = Workbench(store=setup.store, device=setup.device, worker=setup.name, watch=voice, work=setup.work, alone=setup.alone)
    threading.Thread(target=orders.listen, daemon=True).start()
    while not orders.leaving:
        for outcome in _run(*orders.take(), bench, setup):
            voice.say("outcome", outcome)
        orders.busy = False


def _run(packed: Parcel, halted: threading.Event, bench: Workbench, setup: Setup) -> Iterator[StageOutcome]:
    try:
        load_local(Registry(), setup.plugins, setup.folder)
        # Here and not where it was received: unpickling imports the components' modules, which takes seconds and may fail.
        stages: tuple[Stage, ...] = pickle.loads(packed.stages)
    except BaseException as error:  # what a module raises while it is imported; no Ctrl-C comes here
        yield from (failed(key, error, 0.0, bench.worker) for key in packed.keys)
        return
    for stage in stages:
        if halted.is_set():
            yield StageOutcome(key=stage.key, status="halted", seconds=0.0, worker=bench.worker)
        else:
            yield bench.run(stage, halted.is_set, packed.logs.get(stage.key))


@dataclass(kw_only=True)
class _Orders:
    """What comes from the driver while a stage runs."""

    connection: Connection
    voice: _Voice
    jobs: queue.SimpleQueue[tuple[Parcel, threading.Event]] = field(default_factory=queue.SimpleQueue)
    newest: threading.Event = field(default_factory=threading.Event)
    """Tells the newest job to keep its state and stop; each has its own, so that one that has not begun hears it, too."""
    busy: bool = False
    leaving: bool = False
    """Whether the process was asked to end."""

    def take(self) -> tuple[Parcel, threading.Event]:
        """Wait for a job."""
        job = self.jobs.get()
        self.busy = True
        return job

    def listen(self) -> None:
        """Take orders in; end the process with the driver, whatever it is doing."""
        while True:
            try:
                order = self.connection.recv()
            except (EOFError, OSError):
                os._exit(1)
            if order in (HALT, LATE):
                if order == LATE:
                    self.voice.say("at", _whereabouts())
                self.halt()
            else:
                self.newest = threading.Event()
                self.jobs.put((order, self.newest))

    def halt(self) -> None:
        """Tell the newest job."""
        self.newest.set()

    def leave(self) -> None:
        """End the process, once a stage that runs has kept its state or come to its end."""
        self.leaving = True
        self.halt()
        if not self.busy:
            os._exit(0)


@dataclass(frozen=True)
class _Voice:
    """Tells the driver; nobody hears a worker whose driver is gone."""

    connection: Connection
    turn: threading.Lock = field(default_factory=threading.Lock)
    """Whoever holds it may speak."""

    def started(self, key: Key, worker: str) -> None:
        """Tell that a stage has begun."""
        self.say("started", key, worker)

    def progress(self, key: Key, done: int, total: int, numbers: Mapping[str, float]) -> None:
        """Tell how far it has come."""
        self.say("progress", key, done, total, dict(numbers))

    def say(self, what: str, *details: Any) -> None:
        """Send a message."""
        try:
            with self.turn:
                self.connection.send((what, *details))
        except OSError:
            os._exit(1)


def _whereabouts() -> str:
    """Return file:line of a component's code in which the stage is, if it is in any."""
    return entered_at(standing(sys._current_frames().get(threading.main_thread().ident or 0)))
