"""A worker process: takes jobs from a pipe, runs them, and ends when the pipe does."""

from __future__ import annotations

import faulthandler
import os
import pickle
import queue
import signal
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from augbench.engine.executing import Job, StageOutcome
from augbench.engine.work import Workbench, failed
from augbench.plan.keys import Key
from augbench.registry.collect import Registry
from augbench.registry.local import load_local

Parcel = tuple[tuple[Key, ...], bytes]
"""The keys of a job's stages, and the job, pickled: between processes of one run, never in a file."""


def parcel(job: Job) -> Parcel:
    """Pack a job.  Raise what pickle raises of a component that cannot be sent."""
    return tuple(stage.key for stage in job.stages), pickle.dumps(job)


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
    halted = threading.Event()
    signal.signal(signal.SIGTERM, lambda number, frame: halted.set())
    faulthandler.enable()
    os.environ.update(setup.environment)
    load_local(Registry(), setup.plugins, setup.folder)
    voice = _Voice(connection)
    bench = Workbench(store=setup.store, device=setup.device, worker=setup.name, watch=voice, work=setup.work, alone=setup.alone)
    jobs: queue.SimpleQueue[Parcel] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(connection, jobs), daemon=True).start()
    while True:
        packed = jobs.get()
        halted.clear()
        for outcome in _run(packed, bench, halted):
            voice.say("outcome", outcome)


def _run(packed: Parcel, bench: Workbench, halted: threading.Event) -> Iterator[StageOutcome]:
    keys, payload = packed
    try:
        # Here and not where it was received: unpickling imports the components' modules, which takes seconds and may fail.
        job: Job = pickle.loads(payload)
    except Exception as error:
        yield from (failed(key, error, 0.0, bench.worker) for key in keys)
        return
    for stage in job.stages:
        yield bench.run(stage, halted.is_set, job.logs.get(stage.key))


def _listen(connection: Connection, jobs: queue.SimpleQueue[Parcel]) -> None:
    """Take in jobs while a stage runs; end the process with the driver, whatever it is doing."""
    while True:
        try:
            jobs.put(connection.recv())
        except (EOFError, OSError):
            os._exit(1)


@dataclass(frozen=True)
class _Voice:
    """Tells the driver; nobody hears a worker whose driver is gone."""

    connection: Connection

    def started(self, key: Key, worker: str) -> None:
        """Tell that a stage has begun."""
        self.say("started", key, worker)

    def progress(self, key: Key, done: int, total: int, numbers: Mapping[str, float]) -> None:
        """Tell how far it has come."""
        self.say("progress", key, done, total, dict(numbers))

    def say(self, what: str, *details: Any) -> None:
        """Send a message."""
        try:
            self.connection.send((what, *details))
        except OSError:
            os._exit(1)
