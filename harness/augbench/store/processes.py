"""Name a process so that others can tell whether it still lives."""

from __future__ import annotations

import hashlib
import os
import socket
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")


@dataclass(frozen=True, kw_only=True)
class Process:
    """A process, and the machine that it runs on."""

    host: str
    boot: str
    """Of which start of the machine, and in which container; empty where the system does not tell."""
    pid: int
    started: str
    """When it was started, in ticks of the machine's: a later process may get the same number.  Empty where the system does not tell."""

    @property
    def machine(self) -> str:
        """Return a short name of host and boot that suits a path."""
        return hashlib.sha256(f"{self.host}\n{self.boot}".encode()).hexdigest()[:12]


def this_process() -> Process:
    """Name the process that asks."""
    pid = os.getpid()
    return Process(host=socket.gethostname(), boot=_boot(), pid=pid, started=_started(pid) or "")


def alive(process: Process) -> bool | None:
    """Tell whether a process lives; None where that cannot be known from here."""
    here = this_process()
    return alive_here(process.pid, process.started) if (process.host, process.boot) == (here.host, here.boot) and here.boot else None


def alive_here(pid: int, started: str) -> bool | None:
    """Tell whether a process of this machine lives."""
    if not _exists(pid):
        return False
    now = _started(pid)
    # Without a time of its start, another process may have got the number.
    return None if now is None or not started else now == started


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True


def _started(pid: int) -> str | None:
    """Return the time of a process' start; of one that is dead, and only not yet buried by its parent, none that equals any."""
    try:
        text = (_PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    # The name, in brackets, may hold brackets and spaces itself.
    fields = text.rpartition(")")[2].split()
    return "dead" if fields[0] in "ZX" else fields[19]


def _boot() -> str:
    try:
        boot = (_PROC / "sys/kernel/random/boot_id").read_text(encoding="utf-8").strip()
        # Containers of one machine may share its host name, but not its numbers of processes.
        return f"{boot} {(_PROC / 'self/ns/pid').readlink()}"
    except OSError:
        return ""
