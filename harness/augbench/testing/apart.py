"""Judge a component in a process of its own, so that a check that never ends, or ends the process, is only that check's failure."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

from augbench.testing.blaming import imported_at
from augbench.testing.checking import Verdict
from augbench.values.plugin_errors import LostImport

TIMEOUT = 60.0
"""Seconds that a check may take."""
_OVERDUE = "Timeout ("
"""How a dump of ``faulthandler`` begins that the time limit has caused."""


@dataclass(frozen=True, kw_only=True)
class Lost:
    """A check that has taken its process with it."""

    check: str
    why: str
    dump: str
    """Where each thread was."""
    seconds: float


@dataclass(frozen=True, kw_only=True)
class Job:
    """A component that is to be judged, as plain values."""

    kind: str
    use: str
    """As a slot of a matrix names it: ``mixup``, or ``{ use = "mixup", low = 0.3 }``; nothing to import ``plugins`` alone."""
    sets: tuple[str, ...] = ()
    plugins: tuple[str, ...] = ()
    """Files, from the current folder, or modules that register what ``use`` names."""
    checks: tuple[str, ...] | None = None
    """Names of checks; None is all of the kind."""
    house: bool = True
    expected_failures: Mapping[str, str] = field(default_factory=dict)
    timeout: float = TIMEOUT
    lost: tuple[Lost, ...] = ()
    """Checks that ended the processes before this one."""


@dataclass(frozen=True, kw_only=True)
class Refused:
    """There is nothing to judge: the component does not import, or cannot be built."""

    what: Literal["broken", "unbuilt"]
    """``unbuilt``: its parameters are missing or wrong."""
    why: str


@dataclass(frozen=True, kw_only=True)
class Begun:
    """A component was built and its checks are known, or the next one has begun."""

    component: str
    """``FlipMix(low=0.3)``."""
    checks: int
    law: str = ""
    """Of the check that runs now."""
    remarks: tuple[str, ...] = ()
    """What its author may not have meant, though nothing is wrong with it."""


def judged_apart(job: Job) -> Iterator[Refused | Begun | Verdict]:
    """Judge a component, and tell of each check when it is known; after one that takes its process along, the others go on in another."""
    left: Job | None = job
    while left is not None:
        left = yield from _in_one_process(left)


def expect_to_import(reference: str, timeout: float) -> None:
    """Import a file or a module once, in a process of its own.  Raise ``LostImport`` where that never ends, or ends the process."""
    with (
        TemporaryDirectory(prefix="augbench-") as folder,
        _started(Job(kind="", use="", plugins=(reference,), timeout=timeout), Path(folder)) as process,
    ):
        if process.stdout and process.stdout.readline():
            return
        why, dump = _ending(process.wait(), Path(folder), timeout)
    raise LostImport(reference, why, imported_at(dump))


def _in_one_process(job: Job) -> Generator[Refused | Begun | Verdict, None, Job | None]:
    """Pass on what a process tells; return what is left to do if it was cut short."""
    names: list[str] = []
    with TemporaryDirectory(prefix="augbench-") as folder, _started(job, Path(folder)) as process:
        begun: dict[str, Any] | None = None
        for message in map(json.loads, process.stdout or ()):
            what, about = message["what"], message["about"]
            if what == "refused":
                yield Refused(**about)
                return None
            if what == "end":
                return None
            if what == "checks":
                names = about
            elif what == "began":
                begun = about
                yield Begun(component=about["component"], checks=len(names), law=about["law"], remarks=tuple(about["remarks"]))
            else:
                names.remove(about["check"])
                begun = None
                yield Verdict(**about)
        why, dump = _ending(process.wait(), Path(folder), job.timeout)
    if begun is None:
        yield Refused(what="broken", why=f"before any check, {why}")
        return None
    names.remove(begun["check"])
    lost = Lost(check=begun["check"], why=why, dump=dump, seconds=job.timeout if dump.startswith(_OVERDUE) else 0.0)
    return replace(job, checks=tuple(names), lost=(*job.lost, lost))


@contextmanager
def _started(job: Job, folder: Path) -> Iterator[subprocess.Popen[str]]:
    """Start a process for a job; it is gone after the block."""
    (folder / "dump").touch()
    with (folder / "said").open("wb") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "augbench.testing.child", str(folder / "dump")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=said,
            text=True,
            encoding="utf-8",
        )
        assert process.stdin is not None
        try:
            process.stdin.write(json.dumps({**asdict(job), "path": sys.path}))
            process.stdin.close()
            yield process
        finally:
            process.kill()
            process.wait()
            if process.stdout:
                process.stdout.close()


def _ending(status: int, folder: Path, timeout: float) -> tuple[str, str]:
    """Say how a process came to its end, and return where each thread was."""
    dump, said = ((folder / name).read_text(errors="replace") for name in ("dump", "said"))
    if dump.startswith(_OVERDUE):
        return f"it does not end within {timeout:g} s", dump
    if status < 0:
        return f"it ends the whole process: {signal.strsignal(-status)} (signal {-status})", dump
    last = next((line.strip() for line in reversed(said.splitlines()) if line.strip()), "")
    return f"it ends the whole process with exit code {status}{f', after saying: {last}' if last else ''}", dump
