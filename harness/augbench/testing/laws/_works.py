"""Stages for an executor: each leaves a word, or raises; and whoever runs them."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from augbench.engine.executing import Executor, Job, Pool, StageOutcome, Workplace
from augbench.plan.keys import Key
from augbench.plan.tasks import FitTask, Stage
from augbench.store.opening import Store, open_store
from augbench.testing.checking import Broken
from augbench.values.errors import StageError
from augbench.values.settings import Numerics
from augbench.values.synthesis import Fit, Fitted, Generator, Progress, TrainingView

WORK = f"{__name__}:work"
FAILS = "fails"
MESSAGE = "the law asks it to fail"
_PATIENCE = 60.0
"""Seconds for stages that take none."""


@dataclass(frozen=True, kw_only=True)
class Says(Generator):
    """Stands for what a stage does: it leaves its word."""

    word: str

    def fit(self, view: TrainingView, rng: Any, progress: Progress, resume: Fitted | None = None) -> Fitted:
        """Is never asked to."""
        raise NotImplementedError

    def sample(self, fitted: Fitted, view: TrainingView, count: int, rng: Any) -> Any:
        """Is never asked to."""
        raise NotImplementedError


def stage(word: str) -> Stage:
    """Return a stage that leaves a word, or raises if the word is ``fails``."""
    resample: Any = None  # the work does not look
    template = FitTask(generator=Says(word=word), settings=Fit(), target=None, quality=None, resample=resample, numerics=Numerics())
    key = hashlib.sha256(word.encode()).hexdigest()
    return Stage(kind="fit-generator", key=key, label=word, settings="{}", template=template, resample=None, inputs={})


def work(
    stage: Stage, store: Store, device: str, progress: Progress, halt: Callable[[], bool], *, alone: bool = False
) -> Mapping[str, Any]:
    """Do what the stage says."""
    word = stage.task.generator.word  # type: ignore[union-attr]
    progress(1, 1)
    if word == FAILS:
        raise StageError(MESSAGE)
    notes = {"seconds": 0.0, "device": device}
    with store.write(stage, notes) as folder:
        (folder / "word.txt").write_text(word)
    return notes


@dataclass(kw_only=True)
class Listener:
    """Hears which worker began which stage."""

    workers: dict[Key, str] = field(default_factory=dict)

    def started(self, key: Key, worker: str) -> None:
        """Note who has begun a stage."""
        self.workers[key] = worker

    def progress(self, key: Key, done: int, total: int, numbers: Mapping[str, float]) -> None:
        """Hear of progress."""


@dataclass(kw_only=True)
class Place:
    """An executor at work, and all that it tells."""

    pool: Pool
    store: Store
    listener: Listener
    outcomes: list[StageOutcome] = field(default_factory=list)

    def run(self, *jobs: Sequence[Stage]) -> dict[str, list[StageOutcome]]:
        """Run jobs, as many at a time as there is room for; return the outcomes of each stage by its word."""
        waiting = [Job(stages=tuple(stages)) for stages in jobs]
        labels = {stage.key: stage.label for job in waiting for stage in job.stages}
        until = time.monotonic() + _PATIENCE
        while {outcome.key for outcome in self.outcomes} < set(labels):
            if time.monotonic() > until:
                raise Broken(f"{len(self.outcomes)} of {len(labels)} stages have an outcome after {_PATIENCE:g} s")
            while waiting and self.pool.room(waiting[0]):
                self.pool.start(waiting.pop(0))
            self.outcomes += self.pool.wait(0.2)
        self.outcomes += self.pool.wait(0.0)
        return {label: [outcome for outcome in self.outcomes if outcome.key == key] for key, label in labels.items()}


@contextmanager
def opened(component: Executor) -> Iterator[Place]:
    """Open a pool on a fresh store; stop it in the end."""
    with TemporaryDirectory() as folder:
        store, listener = open_store(Path(folder) / "store"), Listener()
        devices = component.devices("cpu")
        workplace = Workplace(store=store.location, devices=devices, watch=listener, work=WORK, folder=Path(folder))
        pool = component.open(workplace)
        try:
            yield Place(pool=pool, store=store, listener=listener)
        finally:
            pool.stop()
