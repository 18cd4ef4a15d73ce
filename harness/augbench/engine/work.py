"""Run one stage in this process, whatever it does: every ending becomes an outcome."""

from __future__ import annotations

import importlib
import json
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from augbench.engine.executing import Halt, StageOutcome, Watch
from augbench.plan.keys import Key, codes_in
from augbench.plan.tasks import Stage
from augbench.registry.digest import code_digest
from augbench.registry.places import entered
from augbench.store.opening import open_store
from augbench.values.components import class_address, components_in
from augbench.values.errors import AugbenchError, reason
from augbench.values.failing import Halted, failure_class
from augbench.values.worker_errors import ChangedCode

if TYPE_CHECKING:
    from augbench.store.opening import Store

_EVERY = 0.1
"""Seconds between two tellings of progress: a bar needs no more."""


def resolve(work: str) -> Callable[..., Any]:
    """Import ``module:function``."""
    module, _, name = work.partition(":")
    function: Callable[..., Any] = getattr(importlib.import_module(module), name)
    return function


@dataclass(frozen=True, kw_only=True)
class Workbench:
    """Runs stages, one at a time."""

    store: str
    device: str
    worker: str
    watch: Watch
    work: str
    alone: bool = False
    """Whether nothing else uses the device."""
    debugger: bool = False
    _codes: dict[type, str] = field(default_factory=dict)
    """Digests of components' code, as it was imported."""

    @cached_property
    def _store(self) -> Store:
        # One for all stages: it remembers what it has verified.
        return open_store(self.store)

    def run(self, stage: Stage, halt: Halt, log: Path | None = None) -> StageOutcome:
        """Run a stage to its end, its failure or its halt; only what must end the process is raised."""
        self.watch.started(stage.key, self.worker)
        started = time.perf_counter()
        progress = _Throttled(stage=stage, watch=self.watch)
        try:
            with _caught(log) if log else nullcontext():
                self._check_code(stage)
                notes = resolve(self.work)(stage, self._store, self.device, progress, halt, alone=self.alone)
        except Halted:
            return StageOutcome(key=stage.key, status="halted", seconds=time.perf_counter() - started, worker=self.worker)
        except BaseException as error:  # a plugin may raise anything: it fails its trials and no others
            # No Ctrl-C comes where it is ignored: in a worker.
            if isinstance(error, KeyboardInterrupt) and signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
                raise
            if self.debugger:
                _look_at(error)
            return failed(stage.key, error, time.perf_counter() - started, self.worker)
        finally:
            with suppress(TypeError, ValueError):  # of numbers that are none
                progress.flush()
        return StageOutcome(key=stage.key, status="done", seconds=time.perf_counter() - started, worker=self.worker, notes=_plain(notes))

    def _check_code(self, stage: Stage) -> None:
        """Raise ``ChangedCode`` for a component of which this process has imported other code than the stage's key names."""
        planned = codes_in(stage.settings)
        for kind in {type(component) for component in components_in(stage.task)}:
            # What was imported stays, whatever becomes of its file.
            imported = self._codes.get(kind) or self._codes.setdefault(kind, code_digest(kind))
            if planned.get(class_address(kind), imported) != imported:
                raise ChangedCode(class_address(kind))


@dataclass(kw_only=True)
class _Throttled:
    """Passes progress on, ten times a second at most, and in the end the last that was told."""

    stage: Stage
    watch: Watch
    last: float = field(default=float("-inf"))
    unsaid: tuple[int, int, Mapping[str, float]] | None = None

    def __call__(self, done: int, total: int, **numbers: float) -> None:
        self.unsaid = int(done), int(total), numbers
        if time.monotonic() - self.last >= _EVERY:
            self.flush()

    def flush(self) -> None:
        """Tell what has not been told yet."""
        if self.unsaid is not None:
            (done, total, numbers), self.unsaid, self.last = self.unsaid, None, time.monotonic()
            # Here and not before: a number may be a tensor on a device, which takes a wait to be read.
            self.watch.progress(self.stage.key, done, total, {name: float(value) for name, value in numbers.items()})


def _plain(notes: Mapping[str, Any]) -> dict[str, Any]:
    """Leave nothing that takes a library to be read: the driver has not imported torch, whose version is a class of its own."""
    plain: dict[str, Any] = json.loads(json.dumps(dict(notes), default=str))
    return plain


def failed(key: Key, error: BaseException, seconds: float, worker: str) -> StageOutcome:
    """Describe an exception as a stage's outcome."""
    return StageOutcome(
        key=key,
        status="failed",
        seconds=seconds,
        worker=worker,
        error=str(error) if isinstance(error, AugbenchError) else _foreign(error),
        error_class=type(error).__name__,
        failure=failure_class(error),
        traceback="".join(traceback.format_exception(error)),
    )


def _foreign(error: BaseException) -> str:
    """Say what somebody's code raised, and where; what the machine did is nobody's line."""
    place = entered(error) if failure_class(error) == "error" else ""
    return f"{reason(error)}{f' ({place})' if place else ''}"


@contextmanager
def _caught(log: Path) -> Iterator[None]:
    """Send all that is printed, by Python or below it, to a file; a file that stays empty goes."""
    log.parent.mkdir(parents=True, exist_ok=True)
    before = [(stream.fileno(), os.dup(stream.fileno())) for stream in (sys.__stdout__, sys.__stderr__) if stream is not None]
    with log.open("ab", buffering=0) as file:
        _flush()
        for descriptor, _ in before:
            os.dup2(file.fileno(), descriptor)
        try:
            yield
        finally:
            with suppress(OSError):  # the disk may be full
                _flush()
            for descriptor, kept in before:
                os.dup2(kept, descriptor)
                os.close(kept)
    if not log.stat().st_size:
        log.unlink(missing_ok=True)


def _flush() -> None:
    for stream in filter(None, (sys.stdout, sys.stderr)):
        stream.flush()


def _look_at(error: BaseException) -> None:
    import pdb

    traceback.print_exception(error)
    pdb.post_mortem(error.__traceback__)
