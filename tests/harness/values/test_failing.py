"""What went wrong is told by kind, and whether another attempt could help."""

import errno

import pytest

from augbench.values.errors import DataError, DiskFull, Diverged
from augbench.values.failing import FAILURE_CLASSES, INFRASTRUCTURE, failure_class
from augbench.values.run_errors import Corrupt, UnreachableStore


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (MemoryError(), "memory"),
        (RuntimeError("[enforce fail at alloc_cpu.cpp:127] err == 0. DefaultCPUAllocator: can't allocate memory"), "memory"),
        (RuntimeError(127), "error"),
        (TimeoutError(), "timeout"),
        (Diverged("a loss", 3, "lower lr"), "diverged"),
        (DiskFull("/runs"), "disk"),
        (Corrupt("/store/a", "data.txt has changed"), "disk"),
        (OSError(errno.EIO, "Input/output error"), "disk"),
        (UnreachableStore("s3://bucket/store", ConnectionResetError()), "disk"),
        (DataError("no images"), "data"),
        (ZeroDivisionError(), "error"),
        (OSError(errno.ENOENT, "No such file or directory"), "error"),
    ],
)
def test_failures_have_a_class(error: Exception, kind: str) -> None:
    assert failure_class(error) == kind
    assert kind in FAILURE_CLASSES


def test_what_the_machine_did_is_worth_another_attempt() -> None:
    assert sorted(INFRASTRUCTURE) == ["disk", "killed", "memory"]
