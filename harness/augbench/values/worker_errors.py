"""What can go wrong where stages run: devices, workers, clusters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from augbench.values.errors import AugbenchError, StageError, placed


class NoSuchDevice(AugbenchError):
    """The device that was asked for is not there."""

    def __init__(self, name: str, there: str, where: str = "on this machine") -> None:
        super().__init__(f"no device '{name}' {where}; there is: {there}")


class TooSlow(StageError, TimeoutError):
    """A stage took longer than it may."""

    def __init__(self, seconds: float | None, where: str = "") -> None:
        took = f"it took longer than the {seconds or 0:g} s that a stage may take{placed(where)}"
        super().__init__(f"{took}; raise --timeout, or make it smaller")


class ChangedCode(AugbenchError):
    """A component's code is another than that of the plan."""

    exit_code = 1

    def __init__(self, component: str) -> None:
        super().__init__(f"the code of '{component}' has changed since the run was planned; run it again: the new code has other keys")


class WorkerLost(AugbenchError):
    """The process that ran a stage is gone."""

    exit_code = 1

    def __init__(self, worker: str, code: int | None) -> None:
        self.worker, self.code = worker, code
        super().__init__(f"{worker} {_ending(code)}; the stage is tried again, on the same inputs, as often as --retries says")


def _ending(code: int | None) -> str:
    if code is None or code == 255:
        return "is gone"
    if code == -9:
        return "was killed (SIGKILL), as the system does when memory runs out: try fewer --jobs"
    return f"was killed by signal {-code}" if code < 0 else f"ended with exit code {code}"


class UnfitNode(AugbenchError):
    """A machine of a cluster cannot run stages."""

    exit_code = 1

    def __init__(self, node: str, why: str) -> None:
        super().__init__(f"no stage can run on {node}: {why}")


class NoCluster(AugbenchError):
    """Nothing answers where a cluster should be."""

    def __init__(self, address: str, error: BaseException) -> None:
        why = f"{type(error).__name__}: {str(error).strip().partition(chr(10))[0].rstrip('.')}"
        super().__init__(
            f"no Ray cluster at '{address}': {why}; "
            "start one ('ray start --head'), mend the address, or leave it out for a cluster of this machine alone; "
            "one that asks for a token needs RAY_AUTH_MODE=token"
        )


class NoRoom(AugbenchError):
    """No machine of a cluster has what a stage claims."""

    exit_code = 1

    def __init__(self, wanted: Mapping[str, float], nodes: Iterable[Mapping[str, float]]) -> None:
        there = "; ".join(dict.fromkeys(_amounts({name: node.get(name, 0.0) for name in wanted}) for node in nodes)) or "no node"
        super().__init__(
            f"no node of the Ray cluster has room for a stage, which claims {_amounts(wanted)}; there is: {there}; "
            "add a node, or claim less. What is finished is kept"
        )


def _amounts(resources: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {amount:g}" for name, amount in resources.items())
