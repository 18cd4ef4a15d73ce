"""Where stages run: the seam between the driver, which decides, and whatever does the work."""

from __future__ import annotations

import time
import traceback
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from augbench.engine.events import Observer
from augbench.plan.tasks import Stage
from augbench.store.artefacts import Store
from augbench.values.errors import AugbenchError, DiskFull

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True, kw_only=True)
class StageOutcome:
    """What became of a stage."""

    stage: Stage
    seconds: float
    notes: dict[str, Any] = field(default_factory=dict)
    """What it cost, as the artefact's manifest has it."""
    error: str = ""
    """Why it failed, in one sentence; empty where it is done."""
    error_class: str = ""
    traceback: str = ""


class Executor(Protocol):
    """Runs stages whose inputs are in the store and leaves their artefacts there.

    ``start`` takes a list (of one, unless several are to share a program) and may return at once; ``wait`` blocks until
    at least one outcome is there.
    """

    slots: int
    """How many stages run side by side."""

    def start(self, stages: Sequence[Stage]) -> None: ...

    def wait(self) -> Sequence[StageOutcome]: ...

    def stop(self) -> None: ...


@dataclass(kw_only=True)
class InlineExecutor:
    """Runs one stage at a time, in this process."""

    store: Store
    device: torch.device
    observer: Observer
    slots: int = 1
    waiting: list[Stage] = field(default_factory=list)

    def start(self, stages: Sequence[Stage]) -> None:
        """Take stages; they run in ``wait``."""
        self.waiting.extend(stages)

    def wait(self) -> Sequence[StageOutcome]:
        """Run all that was started."""
        stages, self.waiting = self.waiting, []
        return [self._run(stage) for stage in stages]

    def stop(self) -> None:
        """Forget what has not run."""
        self.waiting.clear()

    def _run(self, stage: Stage) -> StageOutcome:
        from augbench.stages.run import execute

        self.observer.stage_started(stage.label, stage.kind)
        started = time.perf_counter()
        try:
            notes = execute(stage, self.store, self.device, partial(_tell, self.observer, stage.label))
        except DiskFull:
            raise
        except Exception as error:  # a plugin may raise anything: it fails its trials and no others
            return failure(stage, error, time.perf_counter() - started)
        seconds = time.perf_counter() - started
        self.observer.stage_finished(stage.label, seconds)
        return StageOutcome(stage=stage, seconds=seconds, notes=notes)


def failure(stage: Stage, error: Exception, seconds: float) -> StageOutcome:
    """Describe an exception as a stage's outcome."""
    text = str(error) if isinstance(error, AugbenchError) else f"{type(error).__name__}: {error}"
    trace = "".join(traceback.format_exception(error))
    return StageOutcome(stage=stage, seconds=seconds, error=text, error_class=type(error).__name__, traceback=trace)


def _tell(observer: Observer, label: str, done: int, total: int, **numbers: float) -> None:
    observer.stage_progress(label, done, total, numbers)
