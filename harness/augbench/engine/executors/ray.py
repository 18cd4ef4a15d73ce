"""Run stages on the nodes of a Ray cluster: this machine alone, or many."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from importlib.util import find_spec
from typing import Annotated

from annotated_types import Ge, Gt

from augbench.engine.executing import Executor, Pool, Workplace
from augbench.engine.executors.cluster import Claim, Cluster
from augbench.engine.executors.outpost import Orders, fitness
from augbench.engine.executors.ray_pool import RayPool
from augbench.engine.travelling import pack
from augbench.plan.keys import key_of
from augbench.store.opening import open_store
from augbench.values.errors import MissingExtra
from augbench.values.worker_errors import NoRoom, NoSuchDevice, UnfitNode


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
            raise MissingExtra("ray", "ray")

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
        luggage=pack(workplace.plugins, workplace.folder, [work, *workplace.modules]),
        grace=grace,
    )
