"""The seam between the driver, which decides, and whatever does the work: jobs go in, outcomes come out."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Literal, Protocol

from augbench.engine.devices import choose_devices
from augbench.plan.keys import Key
from augbench.plan.tasks import Stage
from augbench.values.components import Component, Kind
from augbench.values.failing import FailureClass

WORK = "augbench.stages.run:execute"
"""What executes a stage, unless a test says otherwise."""


@dataclass(frozen=True, kw_only=True)
class Job:
    """Stages that one worker runs, one after another; one, unless several are to share a program."""

    stages: tuple[Stage, ...]
    timeout: float | None = None
    """Seconds that each of them may take."""
    logs: Mapping[Key, Path] = field(default_factory=dict)
    """Where each one's output goes; what has no file is not caught."""

    @property
    def slots(self) -> int:
        """Return how many CPU slots it needs: the threads of its widest stage."""
        return max(getattr(stage.template, "numerics", _ONE).threads for stage in self.stages)


@dataclass(frozen=True)
class _OneThread:
    threads: int = 1


_ONE = _OneThread()


@dataclass(frozen=True, kw_only=True)
class StageOutcome:
    """What became of a stage."""

    key: Key
    status: Literal["done", "failed", "halted"]
    """``halted``: it was asked to stop, and keeps its state for the next attempt."""
    seconds: float
    worker: str = ""
    notes: Mapping[str, Any] = field(default_factory=dict)
    """What it cost, as the artefact's manifest has it."""
    error: str = ""
    """Why it failed, in one sentence."""
    error_class: str = ""
    failure: FailureClass | Literal[""] = ""
    traceback: str = ""


class Watch(Protocol):
    """Hears how jobs go."""

    def started(self, key: Key, worker: str) -> None:
        """A worker has begun a stage."""

    def progress(self, key: Key, done: int, total: int, numbers: Mapping[str, float]) -> None:
        """A stage has come this far."""


class Pool(Protocol):
    """Workers that run jobs whose inputs are in the store and leave the artefacts there.

    Every stage of every started job has one outcome, whatever happens to the process or the machine that ran it.
    """

    @property
    def slots(self) -> int:
        """Return how many single-threaded stages run side by side."""

    def room(self, job: Job) -> bool:
        """Tell whether a job could begin now."""

    def start(self, job: Job) -> None:
        """Begin a job, and return at once."""

    def wait(self, seconds: float) -> Sequence[StageOutcome]:
        """Return what has ended, as soon as anything has; nothing after so many seconds."""

    def halt(self) -> None:
        """Ask all that runs to keep its state and stop; what keeps none runs to its end."""

    def stop(self) -> None:
        """End everything at once.  Calling it twice does no harm."""


@dataclass(frozen=True, kw_only=True)
class Workplace:
    """What an executor needs to know of a run."""

    store: str
    """Location of the store, as ``open_store`` takes it."""
    devices: tuple[str, ...]
    """As the executor's ``devices`` chose them."""
    watch: Watch
    jobs: int | None = None
    """Stages side by side, on a CPU in all, on an accelerator on each; None leaves it to the executor."""
    plugins: tuple[str, ...] = ()
    """Files and modules that the matrix names; workers load them first."""
    folder: Path = field(default_factory=Path)
    """Where their relative paths start."""
    preload: tuple[str, ...] = ()
    """Modules that all workers will need, and that stay as they are."""
    modules: tuple[str, ...] = ()
    """Modules of the components that stages are made of."""
    work: str = WORK
    """``module:function`` that executes a stage."""
    debugger: bool = False
    """Whether a person wants to look at whatever is raised."""


class Executor(Component, ABC):
    """A place where stages run."""

    kind: ClassVar[Kind] = "executor"

    def devices(self, name: str) -> tuple[str, ...]:
        """Say what ``--device NAME`` means where the stages run: ``("cpu",)``, or accelerators.  Raise ``NoSuchDevice``."""
        return choose_devices(name)

    @abstractmethod
    def open(self, workplace: Workplace) -> Pool:
        """Make workers, or reach for them.  Raise an ``AugbenchError`` where there are none."""


Halt = Callable[[], bool]
