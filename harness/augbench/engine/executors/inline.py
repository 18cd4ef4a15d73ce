"""Run one stage at a time in this process: for debuggers, profilers and machines of one core."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from augbench.engine.executing import Executor, Job, Pool, StageOutcome, Workplace
from augbench.engine.limits import limited
from augbench.engine.work import Workbench
from augbench.registry.places import entered_at
from augbench.values.worker_errors import TooSlow


@dataclass(frozen=True, kw_only=True)
class Inline(Executor):
    """Runs stages in the process of ``bench run`` itself.

    What a stage prints goes to the terminal, and one that kills its process ends the run.
    """

    def open(self, workplace: Workplace) -> Pool:
        """Make the pool."""
        return InlinePool(workplace=workplace)


@dataclass(kw_only=True)
class InlinePool:
    """The one worker is whoever waits."""

    workplace: Workplace
    slots: int = 1
    waiting: list[Job] = field(default_factory=list)
    halted: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        place = self.workplace
        self._bench = Workbench(
            store=place.store,
            device=place.devices[0],
            worker="inline",
            watch=place.watch,
            work=place.work,
            alone=True,
            debugger=place.debugger,
        )

    def room(self, job: Job) -> bool:
        """Tell whether nothing waits."""
        return not self.waiting

    def start(self, job: Job) -> None:
        """Take a job; it runs in ``wait``."""
        self.waiting.append(job)

    def wait(self, seconds: float) -> Sequence[StageOutcome]:
        """Run all that was started; where there is nothing, let time pass."""
        jobs, self.waiting = self.waiting, []
        if not jobs:
            time.sleep(seconds)
        return [outcome for job in jobs for outcome in self._run(job)]

    def halt(self) -> None:
        """Ask the stage under way, which a signal has interrupted, to stop."""
        self.halted.set()

    def stop(self) -> None:
        """Forget what has not run."""
        self.waiting.clear()

    def _run(self, job: Job) -> Iterator[StageOutcome]:
        for stage in job.stages:
            with limited(job.timeout, lambda passed: TooSlow(job.timeout, entered_at(passed))):
                yield self._bench.run(stage, self.halted.is_set)
