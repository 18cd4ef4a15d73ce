"""Ray itself, as much of it as an executor needs."""

from __future__ import annotations

import contextlib
import logging
import os
import random
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from augbench.values.cpus import usable_cpus
from augbench.values.worker_errors import NoCluster

_MEMORY = 100 * 2**20
"""Bytes for objects on the way between processes of a cluster of this machine: stages send none, their output little."""
_KNOCK = 10.0
"""Seconds for an address to answer."""
_ANSWER = 60.0
"""Seconds that a node may take to answer."""


@dataclass(frozen=True, kw_only=True)
class Claim:
    """What a worker holds of its node."""

    share: float
    """Of a GPU; 0 where stages run on CPUs."""
    resources: Mapping[str, float]

    def of(self, threads: int) -> dict[str, float]:
        """Return the amounts by their names."""
        return {"CPU": threads, **({"GPU": self.share} if self.share else {}), **self.resources}

    def workers(self, node: Mapping[str, float], threads: int = 1) -> int:
        """Return how many fit on a node.  Ray counts in ten thousandths, so three thirds of a GPU are one."""
        return min(int(node.get(name, 0.0) / amount + 1e-3) for name, amount in self.of(threads).items())


@dataclass(kw_only=True)
class Cluster:
    """A Ray cluster, from joining it to leaving it."""

    address: str | None
    joined: bool = False
    """By this object, so that it must leave."""

    @property
    def place(self) -> str:
        """Return the address that counts."""
        return self.address or os.environ.get("RAY_ADDRESS") or "local"

    @property
    def ours(self) -> bool:
        """Tell whether it was started for this run alone."""
        return self.joined and self.place == "local"

    def join(self) -> None:
        """Connect to the cluster, or start one; without effect where this process is connected already."""
        import ray

        if ray.is_initialized():
            return
        # Nobody is asked whether to report usage.
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
        fresh: dict[str, Any] = {"num_cpus": usable_cpus(), "include_dashboard": False, "object_store_memory": _MEMORY}
        with _own_signals(), _own_numbers():
            try:
                _knock(self.place)
                ray.init(self.place, log_to_driver=False, logging_level=logging.ERROR, **(fresh if self.place == "local" else {}))
            except Exception as error:
                raise NoCluster(self.place, error) from error
        self.joined = True
        _let_ray_talk(False)

    def leave(self) -> None:
        """Disconnect, and stop what was started."""
        import ray

        if self.joined:
            with _own_numbers():
                ray.shutdown()
            self.joined = False
            _let_ray_talk(True)

    def nodes(self) -> list[dict[str, float]]:
        """Return what each living node has in all."""
        return [node["Resources"] for node in self._living()]

    def _living(self) -> list[dict[str, Any]]:
        import ray

        return [node for node in ray.nodes() if node["Alive"]]

    def actor(self, blueprint: type, claim: Claim, threads: int, *arguments: object) -> Any:
        """Make an actor that holds what it claims; Ray starts it once a node has that, and never again."""
        import ray

        held = {"num_cpus": threads, "num_gpus": claim.share, "resources": dict(claim.resources)}
        return ray.remote(blueprint).options(**held, max_restarts=0, max_task_retries=0).remote(*arguments)

    def kill(self, actor: Any) -> None:
        """End an actor, whatever it does."""
        import ray

        with contextlib.suppress(Exception):  # it may be gone
            ray.kill(actor)

    def ready(self, replies: Sequence[Any], seconds: float, *, every: bool = False) -> list[Any]:
        """Return the replies that are there, as soon as one is, or every one; let time pass where none is awaited."""
        import ray

        if not replies:
            time.sleep(0.0 if every else max(0.0, seconds))
            return []
        there, _ = ray.wait(list(replies), num_returns=len(replies) if every else 1, timeout=max(0.0, seconds))
        return list(there)

    def answer(self, reply: Any) -> Any:
        """Return what a call that is ready has returned.  Raise what Ray raises where it has not."""
        import ray

        return ray.get(reply)

    def ask_all(self, question: Callable[..., str], *arguments: object) -> Iterator[tuple[str, str]]:
        """Ask every node that has CPUs; return the address of each that has something to say, with what it says."""
        import ray
        from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

        asked = {}
        for node in self._living():
            if node["Resources"].get("CPU"):
                there = NodeAffinitySchedulingStrategy(node_id=node["NodeID"], soft=False)
                task = ray.remote(question).options(num_cpus=0, max_retries=0, scheduling_strategy=there)
                asked[task.remote(*arguments)] = node["NodeManagerAddress"]
        ready, late = ray.wait(list(asked), num_returns=len(asked), timeout=_ANSWER)
        yield from ((asked[reply], f"it has not answered for {_ANSWER:g} s") for reply in late)
        yield from ((asked[reply], said) for reply in ready if (said := _said(reply)))


def _said(reply: Any) -> str:
    import ray

    try:
        said: str = ray.get(reply)
    except ray.exceptions.RayTaskError as error:
        # Such as a module that it does not have.
        return str(error).strip().rpartition("\n")[2]
    except ray.exceptions.RayError:
        return ""  # it is gone by now
    return said


def _knock(place: str) -> None:
    """Raise ``OSError`` where nobody answers at an address: Ray would try for minutes."""
    host, _, port = place.rpartition("://")[2].rpartition(":")
    if host and port.isdecimal():
        socket.create_connection((host.strip("[]"), int(port)), _KNOCK).close()


def _let_ray_talk(allowed: bool) -> None:
    """Keep Ray from writing pages about every machine that is lost to stdout, which is for data; it has no option for that."""
    import ray._private.worker

    ray._private.worker._worker_logs_enabled = allowed


@contextlib.contextmanager
def _own_signals() -> Iterator[None]:
    """Keep Ray from taking SIGTERM, which asks a run to stop."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.getsignal(signal.SIGTERM)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before or signal.SIG_DFL)


@contextlib.contextmanager
def _own_numbers() -> Iterator[None]:
    """Let Ray draw ports and names from Python's global stream, and leave that as it was."""
    before = random.getstate()
    # Others than those that it drew the last time, or that another process of the same seed draws.
    random.seed()
    try:
        yield
    finally:
        random.setstate(before)
