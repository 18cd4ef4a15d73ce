"""Run stages on the nodes of a Ray cluster: this machine alone, or many."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any

from annotated_types import Ge, Gt

from augbench.engine.executing import Executor, Job, Pool, StageOutcome, Workplace
from augbench.engine.executors.cluster import Claim, Cluster
from augbench.engine.executors.local import Place
from augbench.engine.executors.outpost import Message, Orders, Outpost, fitness
from augbench.engine.travelling import pack
from augbench.engine.work import failed
from augbench.engine.worker import Parcel, parcel
from augbench.plan.keys import Key, key_of
from augbench.store.files import space_for
from augbench.store.leases import Leases
from augbench.store.opening import open_store
from augbench.values.errors import MissingExtra, NoRoom, NoSuchDevice, UnfitNode, WorkerLost

_IDLE = 15.0
"""Seconds after which a worker without work gives back what it holds: others may wait for it."""
_PATIENCE = 60.0
"""Seconds that a stage may wait for a node that could ever take it, before the run is ended."""
_GOODBYE = 2.0
"""Seconds for workers to tidy up."""


@dataclass(frozen=True, kw_only=True)
class Ray(Executor):
    """Runs stages on a Ray cluster; a machine that is lost costs one attempt of what ran there.

    All nodes must reach the store: a folder that they share, or a remote address.
    """

    address: str | None = None
    """Of the cluster: ``auto`` (the one that this machine belongs to), ``HOST:PORT`` or ``ray://HOST:PORT``; unless given, the
    environment variable RAY_ADDRESS says, and without that one of this machine alone is started and stopped."""
    jobs: Annotated[int, Ge(1)] | None = None
    """Stages side by side: on CPUs in all (unless given, one for each CPU), on GPUs on each (unless given, 1)."""
    grace: Annotated[float, Ge(0)] = 10.0
    """Seconds between asking a stage that takes too long to stop and killing it."""
    resources: Mapping[str, Annotated[float, Gt(0)]] = field(default_factory=dict)
    """What each stage claims of a node beside CPUs and GPUs, by the names that the cluster gives it."""

    def __post_init__(self) -> None:
        """Refuse to be named where Ray is not installed."""
        if find_spec("ray") is None:
            raise MissingExtra("ray", "Ray", "ray")

    @cached_property
    def cluster(self) -> Cluster:
        """Return the cluster, joined or not."""
        return Cluster(address=self.address)

    def devices(self, name: str) -> tuple[str, ...]:
        """Take ``auto``, ``cpu`` and ``cuda``; which GPU of which node a stage gets, Ray says."""
        self.cluster.join()
        there = ("cpu", "cuda") if any(node.get("GPU", 0) for node in self.cluster.nodes()) else ("cpu",)
        if name != "auto" and name not in there:
            raise NoSuchDevice(name, ", ".join(there), "on the Ray cluster, which chooses among its GPUs itself")
        return (there[-1] if name == "auto" else name,)

    def open(self, workplace: Workplace) -> Pool:
        """Join the cluster, and see that every node can do the work."""
        self.cluster.join()
        try:
            return self._open(workplace)
        except BaseException:
            self.cluster.leave()
            raise

    def _open(self, workplace: Workplace) -> RayPool:
        jobs, device = workplace.jobs or self.jobs, workplace.devices[0]
        share = 0.0 if device == "cpu" else 1 / (jobs or 1)
        claim = Claim(share=share, resources=self.resources)
        slots = sum(claim.workers(node) for node in self.cluster.nodes())
        if not slots:
            raise NoRoom(claim.of(1), self.cluster.nodes())
        if device == "cpu" and jobs:
            # More than there are make a cluster grow, if it can.
            slots = min(jobs, slots) if self.cluster.ours else jobs
        leases = open_store(workplace.store).leases()
        orders = _orders(workplace, self.grace)
        leases.acquire(orders.lease)
        pool = RayPool(workplace=workplace, cluster=self.cluster, orders=orders, claim=claim, slots=slots, leases=leases)
        try:
            for node, why in self.cluster.ask_all(fitness, orders):
                raise UnfitNode(f"node {node}", why)
        except BaseException:
            leases.close()
            raise
        return pool


def _orders(workplace: Workplace, grace: float) -> Orders:
    work = workplace.work.partition(":")[0]
    return Orders(
        store=workplace.store,
        lease=key_of(uuid.uuid4().hex),
        work=workplace.work,
        preload=workplace.preload,
        luggage=pack(workplace.plugins, workplace.folder, [work, *workplace.preload]),
        grace=grace,
    )


@dataclass(kw_only=True)
class RayPool:
    """Workers on nodes, each an actor with what its stages need; they come and go with the work."""

    workplace: Workplace
    cluster: Cluster
    orders: Orders
    claim: Claim
    slots: int
    leases: Leases
    workers: list[_Worker] = field(default_factory=list)
    unsent: list[StageOutcome] = field(default_factory=list)
    halted: bool = False
    _looked: float = 0.0
    _placeable: float = field(default_factory=time.monotonic)
    """When there last was a node for what waits."""

    def room(self, job: Job) -> bool:
        """Tell whether a worker is, or may be made, free; a job that is wider than the cluster runs alone."""
        busy = [worker.job.slots for worker in self.workers if worker.job]
        if self.claim.share:
            return len(busy) < self.slots
        return not busy or (len(busy) < self.slots and sum(busy) + job.slots <= self.slots)

    def start(self, job: Job) -> None:
        """Hand a job to a worker, which begins once the cluster has room for it."""
        try:
            packed = parcel(job)
        except Exception as error:
            self.unsent += [failed(stage.key, error, 0.0, "") for stage in job.stages]
        else:
            self._deliver(packed)

    def wait(self, seconds: float) -> Sequence[StageOutcome]:
        """Return what has ended, as soon as anything has."""
        until = time.monotonic() + seconds
        outcomes, self.unsent = self.unsent, []
        while not outcomes:
            outcomes += self._pass_on_halt()
            waiting = {worker.reply: worker for worker in self.workers if worker.job}
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
        goodbyes = [worker.actor.close.remote() for worker in self.workers if worker.heard]
        self.cluster.ready(goodbyes, _GOODBYE, every=True)
        for worker in self.workers:
            self.cluster.kill(worker.actor)
        self.workers.clear()
        self.leases.close()
        self.cluster.leave()

    def _deliver(self, packed: Parcel) -> None:
        threads = min(packed.slots, self._most_threads())
        free = [worker for worker in self.workers if not worker.job]
        worker = next((worker for worker in free if worker.threads == threads), None)
        if worker is None:
            # What they hold may be what the new one needs.
            for idle in free:
                self._dismiss(idle)
            worker = self._hire(threads)
        worker.give(packed)

    def _most_threads(self) -> int:
        """Return the most CPUs that a worker can have: a stage with more threads takes a whole node."""
        return max([1, *(int(node.get("CPU", 0)) for node in self.cluster.nodes())])

    def _hire(self, threads: int) -> _Worker:
        number = next(number for number in range(1, len(self.workers) + 2) if all(number != worker.number for worker in self.workers))
        share = self.claim.share
        place = Place(name=f"worker {number}", device="cuda:0" if share else "cpu", alone=share == 1)
        actor = self.cluster.actor(Outpost, self.claim, threads, self.orders, place)
        worker = _Worker(number=number, name=place.name, threads=threads, actor=actor)
        self.workers.append(worker)
        return worker

    def _dismiss(self, worker: _Worker) -> None:
        """Let a worker tidy up and go: it ends when nobody refers to it any more."""
        self.workers.remove(worker)
        worker.actor.close.remote()

    def _tidy(self) -> None:
        now = time.monotonic()
        for worker in [worker for worker in self.workers if not worker.job and now - worker.since > _IDLE]:
            self._dismiss(worker)
        if now - self._looked > _IDLE / 3:
            self._looked = now
            self._see_that_there_is_hope()

    def _see_that_there_is_hope(self) -> None:
        """End the run where all machines that could take a waiting stage are gone and none comes in their place."""
        waiting = [worker for worker in self.workers if worker.job and not worker.heard]
        nodes = self.cluster.nodes()
        if all(any(self.claim.workers(node, worker.threads) for node in nodes) for worker in waiting):
            self._placeable = time.monotonic()
        elif time.monotonic() - self._placeable > _PATIENCE:
            raise NoRoom(self.claim.of(max(worker.threads for worker in waiting)), nodes)

    def _hear(self, worker: _Worker) -> Iterator[StageOutcome]:
        """Pass on what a worker has to tell; what it can no longer do is lost."""
        try:
            messages: list[Message] = self.cluster.answer(worker.reply)
        except Exception as error:
            yield from self._bury(worker, error)
            return
        worker.heard = True
        for message in messages:
            match message:
                case ("here", name):
                    worker.name = name
                case ("started", key):
                    worker.begun = True
                    self.workplace.watch.started(key, worker.name)
                case ("progress", key, done, total, numbers):
                    self.workplace.watch.progress(key, done, total, numbers)
                case ("outcome", outcome, printed):
                    yield self._end(worker, outcome, printed)
        worker.listen()

    def _end(self, worker: _Worker, outcome: StageOutcome, printed: bytes) -> StageOutcome:
        assert worker.job is not None
        if printed:
            _append(worker.job.logs[outcome.key], printed)
        worker.end(outcome.key)
        if outcome.error_class == UnfitNode.__name__ and worker in self.workers:
            self._dismiss(worker)
        return outcome

    def _bury(self, worker: _Worker, why: Exception) -> Iterator[StageOutcome]:
        self.workers.remove(worker)
        self.cluster.kill(worker.actor)
        assert worker.job is not None
        if worker.reused and not worker.begun:
            # It was gone before it got the job, which costs the job no attempt.
            self._deliver(worker.job)
            return
        for key in worker.remaining:
            lost = WorkerLost(worker.name, None)
            lost.__cause__ = why
            yield failed(key, lost, time.monotonic() - worker.since, worker.name)

    def _pass_on_halt(self) -> Iterator[StageOutcome]:
        for worker in [worker for worker in self.workers if self.halted and worker.job and not worker.asked]:
            worker.asked = True
            if worker.heard:
                worker.actor.halt.remote()
            else:
                # It may wait for room until tomorrow.
                self.workers.remove(worker)
                self.cluster.kill(worker.actor)
                yield from (StageOutcome(key=key, status="halted", seconds=0.0) for key in worker.remaining)


@dataclass(kw_only=True, eq=False)
class _Worker:
    number: int
    name: str
    threads: int
    actor: Any
    reply: Any = None
    """Of the call under way."""
    heard: bool = False
    """Whether it has ever answered: until then it may wait for a place."""
    job: Parcel | None = None
    remaining: list[Key] = field(default_factory=list)
    """Stages of the job without an outcome."""
    since: float = 0.0
    begun: bool = False
    """Whether it has said that it began the job."""
    reused: bool = False
    """Whether it had a job before this one."""
    asked: bool = False

    def give(self, job: Parcel) -> None:
        """Send it a job."""
        self.job, self.remaining = job, list(job.keys)
        self.since, self.begun, self.asked, self.reused = time.monotonic(), False, False, self.heard
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
