"""Kinds of failure: what went wrong, and whether trying again could help."""

from __future__ import annotations

import errno
from typing import Literal, get_args

from augbench.values.errors import DataError, DiskFull, Diverged, StageError
from augbench.values.run_errors import Corrupt, UnreachableStore
from augbench.values.worker_errors import UnfitNode, WorkerLost

FailureClass = Literal["killed", "memory", "timeout", "disk", "diverged", "data", "error"]
"""``killed``: a process or machine was lost; ``memory``: too little of it, on the host or the device; ``timeout``: over the
time that a stage may take; ``disk``: none left, or none readable; ``diverged``: a loss is no longer a number; ``data``: images
that cannot be used, or a stage that cannot give a result of them; ``error``: anything else that code raises."""
FAILURE_CLASSES: tuple[str, ...] = get_args(FailureClass)
INFRASTRUCTURE: frozenset[FailureClass] = frozenset({"killed", "memory", "disk"})
"""What the machine did and not the method: worth another try."""


class Halted(BaseException):
    """A stage was asked to stop: it has kept its state, to go on from another time, and left no artefact.

    No failure, and no ``Exception`` that a plugin might take for one of its own.
    """


def failure_class(error: BaseException) -> FailureClass:
    """Tell what kind of failure an exception is."""
    # By name: torch must not be imported for it, whose allocator on the CPU has no error of its own.
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError" or _is_refused_by_torch(error):
        return "memory"
    if isinstance(error, WorkerLost | UnfitNode):
        return "killed"
    if isinstance(error, TimeoutError):
        return "timeout"
    if isinstance(error, Diverged):
        return "diverged"
    if isinstance(error, DiskFull | Corrupt | UnreachableStore) or (
        isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EIO)
    ):
        return "disk"
    if isinstance(error, DataError | StageError):
        return "data"
    return "error"


def _is_refused_by_torch(error: BaseException) -> bool:
    return isinstance(error, RuntimeError) and any(isinstance(part, str) and "DefaultCPUAllocator: " in part for part in error.args)
