"""How many CPUs there are to work with."""

from __future__ import annotations

import os
from pathlib import Path


def usable_cpus() -> int:
    """Return how many CPUs this process may use, which in a container or a batch job are fewer than the machine has."""
    try:
        usable = len(os.sched_getaffinity(0))
    except AttributeError:  # not on macOS and Windows
        usable = os.cpu_count() or 1
    return max(1, min(usable, _quota() or usable))


def _quota() -> int | None:
    """Return the CPUs that a Linux control group allows."""
    try:
        allowed, period = Path("/sys/fs/cgroup/cpu.max").read_text(encoding="ascii").split()
        return None if allowed == "max" else max(1, int(allowed) // int(period))
    except (OSError, ValueError):
        return None
