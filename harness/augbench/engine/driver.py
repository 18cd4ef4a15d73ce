"""Carry a plan out: start what is ready, record what finished, go on past what failed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from augbench.engine.events import Observer
from augbench.engine.executors import Executor, StageOutcome
from augbench.engine.recording import Recorder
from augbench.plan.keys import Key
from augbench.plan.plan import Plan, PlannedTrial
from augbench.plan.tasks import Stage
from augbench.store.artefacts import Store
from augbench.values.errors import Corrupt
from augbench.values.results import TrialResult


@dataclass(kw_only=True)
class Driver:
    """Runs the trials of one plan to their end, each stage once."""

    plan: Plan
    store: Store
    recorder: Recorder
    executor: Executor
    observer: Observer
    pending: dict[Key, Stage] = field(default_factory=dict)
    """Stages to run, each after those it reads."""
    running: set[Key] = field(default_factory=set)
    waiting: dict[str, PlannedTrial] = field(default_factory=dict)
    """Trials without a result, by name."""
    users: dict[Key, list[PlannedTrial]] = field(default_factory=dict)
    """Trials by the artefacts that their records are made of."""
    executed: int = 0
    failed: int = 0

    def run(self) -> None:
        """Run every trial that is not done."""
        self.waiting = {trial.id: trial for trial in self.plan.trials if trial.status == "to run"}
        for trial in self.waiting.values():
            for key in _roots(trial):
                self.users.setdefault(key, []).append(trial)
        self._look()
        try:
            while self.waiting:
                self._start()
                for outcome in self.executor.wait():
                    self._absorb(outcome)
        finally:
            self.executor.stop()

    def _look(self) -> None:
        """Find out which artefacts are missing, and finish the trials that miss none."""
        by_key = {planned.key: planned.stage for planned in self.plan.stages}
        wanted: set[Key] = set()
        open_keys = [key for trial in self.waiting.values() for key in _roots(trial)]
        while open_keys:
            key = open_keys.pop()
            if key not in wanted and key not in self.store:
                wanted.add(key)
                open_keys += by_key[key].inputs.values()
        self.pending = {key: stage for key, stage in by_key.items() if key in wanted}
        self._finish(list(self.waiting.values()))

    def _start(self) -> None:
        """Hand out the first stages, in the plan's order, whose inputs are there."""
        for key, stage in self.pending.items():
            if len(self.running) >= self.executor.slots:
                return
            if key not in self.running and not any(needed in self.pending for needed in stage.inputs.values()):
                self.running.add(key)
                self.executor.start([stage])

    def _absorb(self, outcome: StageOutcome) -> None:
        key = outcome.stage.key
        self.running.discard(key)
        if outcome.error_class == Corrupt.__name__:
            # A damaged input was set aside: it is missing now, and so made again.
            self.observer.message(outcome.error)
            return self._look()
        del self.pending[key]
        self.recorder.stage(outcome)
        if outcome.error:
            return self._fail(outcome)
        self.executed += 1
        return self._finish(self.users.get(key, []))

    def _finish(self, trials: Iterable[PlannedTrial]) -> None:
        """Record the trials whose artefacts are all there."""
        for trial in trials:
            if trial.id in self.waiting and not any(key in self.pending for key in _roots(trial)):
                try:
                    result = self.recorder.done(trial)
                except Corrupt as damage:
                    self.observer.message(str(damage))
                    return self._look()
                self._tell(trial, result)
        return None

    def _fail(self, outcome: StageOutcome) -> None:
        """Give up every stage and trial that needs a stage's result; the others go on."""
        lost = {outcome.stage.key}
        for key, stage in self.pending.items():
            if lost.intersection(stage.inputs.values()):
                lost.add(key)
        self.pending = {key: stage for key, stage in self.pending.items() if key not in lost}
        for trial in [trial for trial in self.waiting.values() if lost.intersection(_roots(trial))]:
            self.failed += 1
            self._tell(trial, self.recorder.failed(trial, outcome))

    def _tell(self, trial: PlannedTrial, result: TrialResult) -> None:
        del self.waiting[trial.id]
        runnable = sum(planned.status != "skipped" for planned in self.plan.trials)
        self.observer.trial_finished(result, runnable - len(self.waiting), runnable)


def _roots(trial: PlannedTrial) -> tuple[Key, ...]:
    assert trial.stages is not None, "a trial that runs has stages"
    return trial.stages.roots()
