"""Carry a plan out: start what is ready, record what finished, go on past what failed."""

from __future__ import annotations

import contextlib
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from augbench.engine.events import Audience
from augbench.engine.executing import Job, Pool, StageOutcome, Watch
from augbench.engine.forecast import Forecast
from augbench.engine.frontier import Frontier
from augbench.engine.recording import Recorder
from augbench.engine.stopping import Stopping
from augbench.plan.keys import Key
from augbench.plan.plan import Plan, PlannedTrial
from augbench.plan.tasks import Stage
from augbench.store.leases import Leases
from augbench.store.opening import Store
from augbench.values.errors import DiskFull
from augbench.values.failing import INFRASTRUCTURE
from augbench.values.numbers import seconds as duration
from augbench.values.results import TrialResult
from augbench.values.run_errors import Corrupt

_GLANCE = 0.5
"""Seconds between two looks at signals and at what other runs have made."""
_FORESEE, _OF_THE_TIME = 2.0, 0.02
"""Seconds between two forecasts, and the share of the time that they may take: adding up a large plan is not for every glance."""
_SILENCE = 600.0
"""Seconds without a word after which a person is told of a stage: its code may be in a loop that has no end."""
_ELSEWHERE = 2.0
"""Seconds between two looks at stages that another run makes."""


@dataclass(frozen=True, kw_only=True)
class Policy:
    """How patient a run is."""

    timeout: float | None = None
    """Seconds that a stage may take."""
    retries: int = 2
    """Further attempts of a stage that the machine failed; an error that would come again is not tried again."""
    max_failures: int | None = None
    """Failed trials after which nothing new is started."""


@dataclass(kw_only=True)
class Driver:
    """Runs the trials of one plan to their end, each stage once."""

    plan: Plan
    store: Store
    leases: Leases
    recorder: Recorder
    open_pool: Callable[[Watch], Pool]
    """Makes the workers, who tell this driver how they get on."""
    audience: Audience
    forecast: Forecast
    frontier: Frontier
    stopping: Stopping
    policy: Policy = field(default_factory=Policy)
    only: frozenset[str] = frozenset()
    """The trials that are wanted; all of them, unless any is named."""
    running: dict[Key, Stage] = field(default_factory=dict)
    elsewhere: dict[Key, Stage] = field(default_factory=dict)
    """Stages that another run is making."""
    attempts: Counter[Key] = field(default_factory=Counter)
    waiting: dict[str, PlannedTrial] = field(default_factory=dict)
    """Trials without a result, by name."""
    users: dict[Key, list[str]] = field(default_factory=dict)
    """Waiting trials by the artefacts that their records are made of."""
    lacking: dict[str, int] = field(default_factory=dict)
    """How many of those artefacts a waiting trial lacks."""
    pool: Pool = field(init=False)
    executed: int = 0
    failed: int = 0
    settled: int = 0
    """Trials that were recorded, done or failed."""
    _heard: dict[Key, float] = field(default_factory=dict)
    """When each running stage last said anything; those that were told of are not in it."""
    _looked: float = 0.0
    _foresee_at: float = float("-inf")

    def run(self) -> None:
        """Run every trial that is not done.  Raise ``KeyboardInterrupt`` where somebody asked to stop, once all is kept."""
        to_run = (trial for trial in self.plan.trials if trial.status == "to run")
        self.waiting = {trial.id: trial for trial in to_run if not self.only or trial.id in self.only}
        self.pool = self.open_pool(self)
        self.stopping.on_request = self._halt
        try:
            self.audience.run_started(self.plan, self.pool.slots)
            self._look()
            while self.waiting:
                if not self.ending:
                    self._start()
                elif not self.running:
                    break
                for outcome in self.pool.wait(_GLANCE):
                    self._absorb(outcome)
                self._look_elsewhere()
                self._wonder()
                if self.waiting and not (self.running or self.elsewhere or self.frontier.ready or self.ending):
                    # Something has gone from the store since the last look.
                    self._look()
                self._foresee()
        finally:
            self.stopping.end()
            self.pool.stop()
            self.leases.close()
        if self.stopping.requested and self.waiting:
            raise KeyboardInterrupt

    @property
    def ending(self) -> bool:
        """Tell whether nothing new is to begin."""
        return self.stopping.requested or self.stopped_by_failures

    @property
    def stopped_by_failures(self) -> bool:
        """Tell whether more trials have failed than a person wants to see."""
        return self.policy.max_failures is not None and self.failed >= self.policy.max_failures

    def _halt(self) -> None:
        self.pool.halt()
        self.audience.message("stopping: what runs ends or keeps its state; the same again stops at once")

    def _foresee(self) -> None:
        """Say every now and then how long it will still take."""
        began = time.monotonic()
        if began >= self._foresee_at:
            self.audience.forecast(self.forecast.left(self.frontier.pending, self.pool.slots))
            self._foresee_at = began + max(_FORESEE, (time.monotonic() - began) / _OF_THE_TIME)

    def _wonder(self) -> None:
        """Tell of stages that have been silent for long; where there is a time limit, that will end them."""
        if self.policy.timeout is not None:
            return
        for key in [key for key, at in self._heard.items() if time.monotonic() - at > _SILENCE]:
            del self._heard[key]
            told = f"'{self.running[key].label}' has said nothing for {duration(_SILENCE)}"
            self.audience.message(f"{told}; if it hangs, stop the run and go on with --timeout TIME, which ends such stages")

    def _look(self) -> None:
        """Find out which artefacts are missing, and finish the trials that miss none."""
        there, by_key = self.store.keys(), {planned.key: planned.stage for planned in self.plan.stages}
        wanted: set[Key] = set()
        open_keys = [key for trial in self.waiting.values() for key in _roots(trial)]
        while open_keys:
            key = open_keys.pop()
            if key not in wanted and key not in there:
                wanted.add(key)
                open_keys += by_key[key].inputs.values()
        self.frontier.fill(stage for key, stage in by_key.items() if key in wanted)
        self.users, self.lacking = {}, {}
        for trial in self.waiting.values():
            missing = [key for key in _roots(trial) if key in wanted]
            self.lacking[trial.id] = len(missing)
            for key in missing:
                self.users.setdefault(key, []).append(trial.id)
        self._finish([trial for trial, missing in self.lacking.items() if not missing])

    def _start(self) -> None:
        """Hand out what is ready, the longest chain first, while there is room."""
        while (stage := self.frontier.take()) is not None:
            logs = {stage.key: self.recorder.folder.log(stage.kind, stage.key)}
            job = Job(stages=(stage,), timeout=self.policy.timeout, logs=logs)
            if not self.pool.room(job):
                self.frontier.put_back(stage.key)
                return
            if not self.leases.acquire(stage.key, stage.inputs.values()):
                self._leave_to_others(stage)
            elif stage.key in self.store:
                # Another run has made it since this one looked.
                self._made(stage.key)
            else:
                self.running[stage.key] = stage
                self.attempts[stage.key] += 1
                self.pool.start(job)

    def _leave_to_others(self, stage: Stage) -> None:
        if not self.elsewhere and (holder := self.leases.holder(stage.key)):
            self.audience.message(f"another run shares the work: process {holder.pid} on {holder.host} makes '{stage.label}'")
        self.elsewhere[stage.key] = stage

    def _look_elsewhere(self) -> None:
        """Take what other runs have made, or given up."""
        if not self.elsewhere or time.monotonic() - self._looked < _ELSEWHERE:
            return
        self._looked = time.monotonic()
        for key in list(self.elsewhere):
            if key in self.store:
                del self.elsewhere[key]
                self._made(key)
            elif self.leases.acquire(key):
                # Whoever had it gave up or died.
                self.leases.release(key)
                del self.elsewhere[key]
                self.frontier.put_back(key)

    def started(self, key: Key, worker: str) -> None:
        """Record that a stage begins, and pass it on."""
        # Within the pool, which takes an error for a worker's end: a full disk is told by the next record.
        with contextlib.suppress(OSError, DiskFull):
            self.recorder.begun(self.running[key], self.attempts[key], worker)
        self.forecast.begin(key)
        self._heard[key] = time.monotonic()
        self.audience.stage_started(self.running[key], worker)

    def progress(self, key: Key, done: int, total: int, numbers: Mapping[str, float]) -> None:
        """Pass on how far a stage has come."""
        self.forecast.progress(key, done / total if total else 0.0)
        self._heard[key] = time.monotonic()
        self.audience.stage_progress(self.running[key], done, total, numbers)

    def _absorb(self, outcome: StageOutcome) -> None:
        stage = self.running.pop(outcome.key)
        self._heard.pop(outcome.key, None)
        self.forecast.end(stage, outcome.seconds if outcome.status == "done" else None)
        self.audience.stage_finished(stage, outcome)
        if outcome.error_class == DiskFull.__name__:
            raise DiskFull(self.store.location)
        again = self._worth_another_try(stage, outcome)
        self.recorder.stage(stage, outcome, self.attempts[stage.key], again=again)
        if outcome.status == "done":
            self.executed += 1
            self._made(stage.key)
            return
        self.leases.release(stage.key)
        if not again:
            self._fail(stage, outcome)
            return
        if outcome.status == "failed":
            self.audience.message(f"{stage.label}: {outcome.error}")
        self.frontier.put_back(stage.key)
        if outcome.error_class == Corrupt.__name__:
            # A damaged input was set aside: it is missing now, and so made again.
            self._look()

    def _worth_another_try(self, stage: Stage, outcome: StageOutcome) -> bool:
        # It may have come to its end and died before it could say so.
        if outcome.status == "halted" or stage.key in self.store:
            return True
        # Each input may turn out to be damaged; where they go bad again and again, the machine is to blame.
        damaged = len(stage.inputs) if outcome.error_class == Corrupt.__name__ else 0
        return outcome.failure in INFRASTRUCTURE and self.attempts[stage.key] <= self.policy.retries + damaged

    def _made(self, key: Key) -> None:
        """Note that an artefact is there, and finish the trials that waited for it alone."""
        self.leases.release(key)
        self.frontier.done(key)
        trials = [trial for trial in self.users.pop(key, ()) if trial in self.waiting]
        for trial in trials:
            self.lacking[trial] -= 1
        self._finish([trial for trial in trials if not self.lacking[trial]])

    def _finish(self, trials: Iterable[str]) -> None:
        """Record the trials whose artefacts are all there, and sound."""
        damaged = False
        for trial in [self.waiting[name] for name in trials]:
            try:
                result = self.recorder.done(trial)
            except Corrupt as damage:
                damaged = True
                self.audience.message(str(damage))
            else:
                self._tell(trial, result)
        if damaged:
            # Once for all of them: there may be thousands.
            self._look()

    def _fail(self, stage: Stage, outcome: StageOutcome) -> None:
        """Give up every stage and trial that needs a stage's result; the others go on."""
        lost = self.frontier.give_up(stage.key)
        names = dict.fromkeys(name for key in lost for name in self.users.pop(key, ()))
        for trial in [self.waiting[name] for name in names if name in self.waiting]:
            self.failed += 1
            self._tell(trial, self.recorder.failed(trial, stage, outcome))
        if self.stopped_by_failures:
            self.pool.halt()

    def _tell(self, trial: PlannedTrial, result: TrialResult) -> None:
        del self.waiting[trial.id]
        self.settled += 1
        self.audience.trial_finished(result, self._runnable - len(self.waiting), self._runnable)

    @cached_property
    def _runnable(self) -> int:
        return sum(planned.status != "skipped" for planned in self.plan.trials)


def _roots(trial: PlannedTrial) -> tuple[Key, ...]:
    assert trial.stages is not None, "a trial that runs has stages"
    return trial.stages.roots()
