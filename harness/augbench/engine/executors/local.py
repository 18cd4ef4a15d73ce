"""Run stages side by side on this machine, in processes that a warmed server forks."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from multiprocessing.util import Finalize
from types import ModuleType
from typing import Annotated, Any

from annotated_types import Ge

from augbench.engine.executing import Executor, Job, Pool, StageOutcome, Workplace
from augbench.engine.work import failed
from augbench.engine.worker import HALT, LATE, Parcel, Setup, parcel, serve
from augbench.plan.keys import Key
from augbench.values.cpus import usable_cpus
from augbench.values.worker_errors import TooSlow, WorkerLost

_FORKS = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
_ATTEMPTS = 5
"""Tries to start a process: the server that forks may itself have been killed a moment ago."""


@dataclass(frozen=True, kw_only=True)
class Local(Executor):
    """Runs stages in worker processes on this machine; one that crashes costs one attempt of one stage."""

    jobs: Annotated[int, Ge(1)] | None = None
    """Stages side by side: on CPUs in all (unless given, one for each usable CPU), on GPUs on each (unless given, 1)."""
    grace: Annotated[float, Ge(0)] = 10.0
    """Seconds between asking a stage that takes too long to stop and killing it."""

    def open(self, workplace: Workplace) -> Pool:
        """Make the pool; workers start with their first jobs."""
        jobs = workplace.jobs or self.jobs
        if workplace.devices == ("cpu",):
            devices = ["cpu"] * (jobs or usable_cpus())
        else:
            # Neighbouring jobs on different devices: with few of them, none waits for another's.
            devices = [device for _ in range(jobs or 1) for device in workplace.devices]
        places = tuple(
            Place(name=_name(number, device), device=device, alone=devices.count(device) == 1) for number, device in enumerate(devices, 1)
        )
        return LocalPool(workplace=workplace, places=places, grace=self.grace)


def _name(number: int, device: str) -> str:
    return f"worker {number}" if device == "cpu" else f"worker {number} on {device}"


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where one worker runs."""

    name: str
    device: str
    alone: bool
    """Whether nothing else uses the device."""


@dataclass(kw_only=True)
class LocalPool:
    """Worker processes, one for each place."""

    workplace: Workplace
    places: tuple[Place, ...]
    grace: float
    workers: dict[int, _Worker] = field(default_factory=dict)
    """By place; a worker that died leaves its place to the next."""
    unsent: list[StageOutcome] = field(default_factory=list)
    halted: bool = False

    def __post_init__(self) -> None:
        self._context: Any = multiprocessing.get_context(_FORKS)
        if _FORKS == "forkserver":
            self._context.set_forkserver_preload(["augbench.engine.worker", *self.workplace.preload])
        # Where an interrupt cuts ``stop`` short: Python would wait for the workers for ever when it ends.
        Finalize(self, _kill_all, args=(self.workers,), exitpriority=10)

    @property
    def slots(self) -> int:
        """Return how many single-threaded stages run side by side."""
        return len(self.places)

    def room(self, job: Job | Parcel) -> bool:
        """Tell whether a worker is free and the job's threads have CPUs; a job that is wider than the machine runs alone."""
        busy = [worker.job.slots for worker in self.workers.values() if worker.job]
        if self.places[0].device != "cpu":
            return len(busy) < self.slots
        return not busy or (len(busy) < self.slots and sum(busy) + job.slots <= self.slots)

    def start(self, job: Job) -> None:
        """Hand a job to a free worker."""
        try:
            packed = parcel(job)
        except Exception as error:
            # What pickle raises of a class that is defined inside a function is anything but uniform.
            self.unsent += [failed(stage.key, error, 0.0, "") for stage in job.stages]
        else:
            self.deliver(packed)

    def deliver(self, packed: Parcel) -> None:
        """Hand a packed job to a free worker."""
        place = next(place for place in range(self.slots) if place not in self.workers or self.workers[place].job is None)
        worker = self.workers.get(place)
        if worker is None or not worker.process.is_alive():
            try:
                worker = self.workers[place] = self._new(self.places[place])
            except WorkerLost as error:
                self.unsent += [failed(key, error, 0.0, error.worker) for key in packed.keys]
                return
        worker.give(packed)
        with contextlib.suppress(OSError):  # it died this moment: ``wait`` sees that
            worker.connection.send(packed)

    def wait(self, seconds: float) -> Sequence[StageOutcome]:
        """Return what has ended, as soon as anything has."""
        until = time.monotonic() + seconds
        outcomes, self.unsent = self.unsent, []
        while not outcomes:
            self._pass_on_halt()
            busy = [place for place, worker in self.workers.items() if worker.job]
            left = min([until, *(worker.next_deadline() for worker in self.workers.values())]) - time.monotonic()
            ready = wait([self.workers[place].connection for place in busy], max(0.0, left)) if busy else _nap(left)
            heard = [place for place in busy if self.workers[place].connection in ready]
            outcomes = [outcome for place in heard for outcome in self._hear(place)]
            outcomes += [outcome for place in busy for outcome in self._hurry(place)]
            if time.monotonic() >= until:
                break
        return outcomes

    def halt(self) -> None:
        """Have every busy worker asked to keep its state and stop, in ``wait``: a signal may have come in the middle of a message."""
        self.halted = True

    def stop(self) -> None:
        """Kill every worker."""
        _kill_all(self.workers)

    def _pass_on_halt(self) -> None:
        for worker in self.workers.values():
            if self.halted and worker.job and not worker.asked:
                worker.ask()

    def _new(self, place: Place) -> _Worker:
        ours, theirs = self._context.Pipe()
        setup = Setup(
            name=place.name,
            store=self.workplace.store,
            device=_seen_as(place.device),
            work=self.workplace.work,
            plugins=self.workplace.plugins,
            folder=self.workplace.folder,
            alone=place.alone,
            environment=_environment(place.device),
        )
        process = self._started(theirs, setup)
        theirs.close()
        return _Worker(name=setup.name, process=process, connection=ours, grace=self.grace)

    def _started(self, connection: Connection, setup: Setup) -> BaseProcess:
        for attempt in range(_ATTEMPTS):
            process: BaseProcess = self._context.Process(target=serve, args=(connection, setup), daemon=True)
            try:
                with _no_main_module():
                    process.start()
            except (OSError, EOFError) as error:
                if attempt == _ATTEMPTS - 1:
                    raise WorkerLost(setup.name, None) from error
                time.sleep(0.1 * 2**attempt)
            else:
                break
        return process

    def _hear(self, place: int) -> Iterator[StageOutcome]:
        """Pass on all that a worker has said; what it can no longer do is lost."""
        worker = self.workers[place]
        try:
            while worker.job and worker.connection.poll():
                match worker.connection.recv():
                    case ("started", key, name):
                        worker.begin(key)
                        self.workplace.watch.started(key, name)
                    case ("progress", key, done, total, numbers):
                        self.workplace.watch.progress(key, done, total, numbers)
                    case ("at", where):
                        worker.where = where
                    case ("outcome", outcome):
                        yield worker.end(outcome)
        # Not only the end of the file: a worker that was killed in the middle of a message leaves half of one.
        except Exception:
            yield from self._bury(place)

    def _hurry(self, place: int) -> Iterator[StageOutcome]:
        """Ask a stage whose time is up to stop; kill one that was asked long enough ago."""
        worker = self.workers.get(place)
        if worker is None or worker.job is None or worker.next_deadline() > time.monotonic():
            return
        if not worker.late:
            worker.late = True
            worker.ask()
        else:
            yield from self._bury(place)

    def _bury(self, place: int) -> Iterator[StageOutcome]:
        worker = self.workers.pop(place)
        worker.kill()
        for key in worker.remaining:
            error = worker.lateness() if worker.late else WorkerLost(worker.name, worker.process.exitcode)
            yield failed(key, error, time.monotonic() - worker.since, worker.name)


@dataclass(kw_only=True)
class _Worker:
    name: str
    process: BaseProcess
    connection: Connection
    grace: float
    job: Parcel | None = None
    remaining: list[Key] = field(default_factory=list)
    """Stages of the job without an outcome."""
    since: float = 0.0
    late: bool = False
    """Whether its stage has taken too long."""
    where: str = ""
    """file:line at which it was then."""
    asked: bool = False
    """Whether it was asked to stop."""

    def give(self, job: Parcel) -> None:
        """Note what it is to do."""
        self.job, self.remaining = job, list(job.keys)
        self.since, self.late, self.asked, self.where = time.monotonic(), False, False, ""

    def begin(self, key: Key) -> None:
        """Note that a stage begins: until now imports may have taken their time."""
        self.since = time.monotonic()

    def end(self, outcome: StageOutcome) -> StageOutcome:
        """Note that a stage has ended."""
        assert self.job is not None
        self.remaining.remove(outcome.key)
        late, lateness = self.late, self.lateness()
        self.late, self.asked, self.where = False, False, ""
        self.since = time.monotonic()
        if not self.remaining:
            self.job = None
        # It was only asked to stop because it took too long: that is what became of it.
        return failed(outcome.key, lateness, outcome.seconds, self.name) if late and outcome.status == "halted" else outcome

    def lateness(self) -> TooSlow:
        """Say that its stage has taken too long."""
        return TooSlow(self.job.timeout if self.job else None, self.where)

    def next_deadline(self) -> float:
        """Return when something must be done about its stage, on the monotonic clock."""
        if self.job is None or self.job.timeout is None:
            return float("inf")
        return self.since + self.job.timeout + (self.grace if self.late else 0.0)

    def ask(self) -> None:
        """Ask it to keep its state and stop."""
        self.asked = True
        with contextlib.suppress(OSError):
            self.connection.send(LATE if self.late else HALT)

    def kill(self) -> None:
        """End it, whatever it does; closing the pipe ends one whose process nobody can reach any more."""
        with contextlib.suppress(OSError, AttributeError, ValueError):
            self.process.kill()
        self.connection.close()
        self.process.join(1.0)


def _kill_all(workers: dict[int, _Worker]) -> None:
    for place in list(workers):
        workers.pop(place).kill()


def _nap(seconds: float) -> list[Any]:
    time.sleep(max(0.0, seconds))
    return []


def _seen_as(device: str) -> str:
    """Return what a worker calls its device: of several GPUs it sees its own only."""
    return "cuda:0" if device.startswith("cuda") else device


def _environment(device: str) -> dict[str, str]:
    # Libraries that start threads when they are imported do so by these; torch is told by numerics.
    environment = {"OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS", "1")}
    if device.startswith("cuda:"):
        visible = os.environ.get("CUDA_VISIBLE_DEVICES")
        index = int(device.partition(":")[2])
        environment["CUDA_VISIBLE_DEVICES"] = visible.split(",")[index] if visible else str(index)
    return environment


@contextlib.contextmanager
def _no_main_module() -> Iterator[None]:
    """Keep new processes from running the main script again: a notebook or a script without a guard would start a run in each."""
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main
