"""The workers of a run on a cluster: they come and go with the work, and are lost without warning."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from augbench.engine.executing import Job, StageOutcome, Workplace
from augbench.engine.executors.cluster import Claim, Cluster
from augbench.engine.executors.local import Place
from augbench.engine.executors.outpost import Message, Orders, Outpost
from augbench.engine.work import failed
from augbench.engine.worker import Parcel, parcel
from augbench.plan.keys import Key
from augbench.store.files import space_for
from augbench.store.leases import Leases
from augbench.values.worker_errors import NoRoom, UnfitNode, WorkerLost

_IDLE = 15.0
"""Seconds after which a worker without work gives back what it holds: others may wait for it."""
_LOOK = 5.0
"""Seconds between two looks at the nodes."""
_PATIENCE = 60.0
"""Seconds that a stage may wait for a node that could ever take it, before the run is ended."""
_STARTS = 3
"""Workers in a row that do not come up, after which a job that waits for them counts as failed by the machine."""
_GOODBYE = 2.0
"""Seconds for workers to tidy up."""


@dataclass(kw_only=True)
class RayPool:
    """Workers, each an actor with what its stages need."""

    workplace: Workplace
    cluster: Cluster
    orders: Orders
    claim: Claim
    slots: int
    leases: Leases
    workers: list[_Worker] = field(default_factory=list)
    queue: list[Parcel] = field(default_factory=list)
    """Jobs that no worker has: any may take them that is there first."""
    unsent: list[StageOutcome] = field(default_factory=list)
    halted: bool = False
    widest: int = 1
    """CPUs of the largest node."""
    _failed_starts: int = 0
    """In a row."""
    _looked: float = field(default_factory=time.monotonic)
    _placeable: float = 0.0
    """When there last was a node for all that wait for one."""

    def __post_init__(self) -> None:
        self._see_that_there_is_hope()

    def room(self, job: Job) -> bool:
        """Tell whether a worker is, or may be made, free; a job that is wider than the cluster runs alone."""
        threads = [packed.slots for packed in self.queue] + [worker.job.slots for worker in self.workers if worker.job]
        if self.claim.share:
            return len(threads) < self.slots
        return not threads or (len(threads) < self.slots and sum(threads) + job.slots <= self.slots)

    def start(self, job: Job) -> None:
        """Queue a job, and see to it that there will be a worker."""
        try:
            self.queue.append(parcel(job))
        except Exception as error:
            self.unsent += [failed(stage.key, error, 0.0, "") for stage in job.stages]
        else:
            self._assign()

    def wait(self, seconds: float) -> Sequence[StageOutcome]:
        """Return what has ended, as soon as anything has."""
        until = time.monotonic() + seconds
        outcomes, self.unsent = self.unsent, []
        while not outcomes:
            outcomes += self._pass_on_halt()
            self._assign()
            waiting = {worker.reply: worker for worker in self.workers if worker.reply}
            for reply in self.cluster.ready(list(waiting), until - time.monotonic()):
                outcomes += self._hear(waiting[reply])
            if time.monotonic() >= until:
                break
        self._tidy()
        return outcomes

    def halt(self) -> None:
        """Have every busy worker asked to keep its state and stop, in ``wait``: a signal may have come in the middle of a call."""
        self.halted = True

    def stop(self) -> None:
        """End every worker and leave the cluster."""
        goodbyes = [worker.actor.close.remote() for worker in self.workers if worker.up]
        self.cluster.ready(goodbyes, _GOODBYE, every=True)
        for worker in self.workers:
            self.cluster.kill(worker.actor)
        self.workers.clear()
        self.queue.clear()
        self.leases.close()
        self.cluster.leave()

    def _assign(self) -> None:
        """Give what is queued to workers that are free; hire where none is on its way."""
        for packed in self.queue.copy():
            threads = self._claimed(packed)
            if worker := next((worker for worker in self.workers if worker.free and worker.threads == threads), None):
                self.queue.remove(packed)
                worker.give(packed)
        for threads, wanted in Counter(map(self._claimed, self.queue)).items():
            coming = sum(not worker.up and worker.threads == threads for worker in self.workers)
            for _ in range(wanted - coming):
                self._hire(threads)

    def _claimed(self, packed: Parcel) -> int:
        """Return the CPUs that a job's worker holds: one with more threads than any node has takes a whole one."""
        return min(packed.slots, self.widest)

    def _hire(self, threads: int) -> None:
        for idle in [worker for worker in self.workers if worker.free]:
            # What it holds may be what the new one needs.
            self._dismiss(idle)
        number = next(number for number in range(1, len(self.workers) + 2) if all(number != worker.number for worker in self.workers))
        share = self.claim.share
        place = Place(name=f"worker {number}", device="cuda:0" if share else "cpu", alone=share == 1)
        actor = self.cluster.actor(Outpost, self.claim, threads, self.orders, place)
        self.workers.append(_Worker(number=number, name=place.name, threads=threads, actor=actor, reply=actor.hello.remote()))

    def _dismiss(self, worker: _Worker) -> None:
        """Let a worker tidy up and go: it ends when nobody refers to it any more."""
        self.workers.remove(worker)
        worker.actor.close.remote()

    def _tidy(self) -> None:
        now = time.monotonic()
        for worker in [worker for worker in self.workers if worker.free and now - worker.since > _IDLE]:
            self._dismiss(worker)
        if self.queue and now - self._looked > _LOOK:
            self._looked = now
            self._see_that_there_is_hope()

    def _see_that_there_is_hope(self) -> None:
        """End the run where all machines that could take a waiting stage are gone and none comes in their place."""
        nodes = self.cluster.nodes()
        self.widest = max([1, *(int(node.get("CPU", 0)) for node in nodes)])
        waiting = {self._claimed(packed) for packed in self.queue}
        if all(any(self.claim.workers(node, threads) for node in nodes) for threads in waiting):
            self._placeable = time.monotonic()
        elif time.monotonic() - self._placeable > _PATIENCE:
            raise NoRoom(self.claim.of(max(waiting)), nodes)

    def _hear(self, worker: _Worker) -> Iterator[StageOutcome]:
        """Pass on what a worker has to tell; what it can no longer do is lost."""
        try:
            messages: list[Message] = self.cluster.answer(worker.reply)
        except Exception as error:
            yield from self._bury(worker, error)
            return
        worker.reply = None
        for message in messages:
            match message:
                case ("here", name, unfit):
                    yield from self._welcome(worker, name, unfit)
                case ("taken",):
                    worker.taken = True
                case ("started", key):
                    self.workplace.watch.started(key, worker.name)
                case ("progress", key, done, total, numbers):
                    self.workplace.watch.progress(key, done, total, numbers)
                case ("outcome", outcome, printed):
                    yield self._end(worker, outcome, printed)
        worker.listen()

    def _welcome(self, worker: _Worker, name: str, unfit: str) -> Iterator[StageOutcome]:
        worker.up, worker.name, worker.since = True, name, time.monotonic()
        if unfit:
            self._dismiss(worker)
            yield from self._count_failed_start(UnfitNode(name, unfit))
        else:
            self._failed_starts = 0

    def _count_failed_start(self, why: Exception) -> Iterator[StageOutcome]:
        """Give a job up, for this time, that waited for workers none of which came up: they may never do."""
        self._failed_starts += 1
        if self._failed_starts >= _STARTS and self.queue:
            self._failed_starts = 0
            yield from (failed(key, why, 0.0, "") for key in self.queue.pop(0).keys)

    def _end(self, worker: _Worker, outcome: StageOutcome, printed: bytes) -> StageOutcome:
        assert worker.job is not None
        if printed:
            _append(worker.job.logs[outcome.key], printed)
        worker.end(outcome.key)
        return outcome

    def _bury(self, worker: _Worker, why: Exception) -> Iterator[StageOutcome]:
        self.workers.remove(worker)
        self.cluster.kill(worker.actor)
        lost = WorkerLost(worker.name, None)
        lost.__cause__ = why
        if worker.job is None:
            yield from self._count_failed_start(lost)
        elif not worker.taken:
            # It was gone before it got the job, which costs the job no attempt.
            self.queue.insert(0, worker.job)
        else:
            yield from (failed(key, lost, time.monotonic() - worker.since, worker.name) for key in worker.remaining)

    def _pass_on_halt(self) -> Iterator[StageOutcome]:
        if not self.halted:
            return
        for worker in self.workers:
            if worker.job and not worker.asked:
                worker.asked = True
                worker.actor.halt.remote()
        queued, self.queue = self.queue, []
        yield from (StageOutcome(key=key, status="halted", seconds=0.0) for packed in queued for key in packed.keys)


@dataclass(kw_only=True, eq=False)
class _Worker:
    number: int
    name: str
    threads: int
    actor: Any
    reply: Any
    """Of the call under way, if there is one."""
    up: bool = False
    """Whether it has come up: until then it may wait for a place."""
    job: Parcel | None = None
    taken: bool = False
    """Whether it has the job for certain."""
    remaining: list[Key] = field(default_factory=list)
    """Stages of the job without an outcome."""
    since: float = 0.0
    asked: bool = False
    """Whether it was asked to stop."""

    @property
    def free(self) -> bool:
        """Tell whether it has nothing to do."""
        return self.up and self.job is None

    def give(self, job: Parcel) -> None:
        """Send it a job."""
        self.job, self.remaining = job, list(job.keys)
        self.since, self.taken, self.asked = time.monotonic(), False, False
        self.reply = self.actor.deliver.remote(job)

    def listen(self) -> None:
        """Ask for more, as long as there is more to come."""
        if self.job:
            self.reply = self.actor.listen.remote()

    def end(self, key: Key) -> None:
        """Note that a stage has ended."""
        self.remaining.remove(key)
        self.since, self.asked = time.monotonic(), False
        if not self.remaining:
            self.job = None


def _append(log: Path, printed: bytes) -> None:
    with space_for(log):
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as file:
            file.write(printed)
