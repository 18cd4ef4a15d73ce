"""From what the driver tells to what plugins and observers hear: runs, stages and trials as plain values."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from queue import SimpleQueue
from typing import Any

import pluggy

from augbench.comparison.measures import measured, metrics_of
from augbench.comparison.metrics import f1, precision, recall
from augbench.config.single import component_from
from augbench.engine.aside import Aside
from augbench.engine.events import Audience, Careful, Silent
from augbench.engine.executing import StageOutcome
from augbench.engine.listening import Complaint, Ear, Listener
from augbench.engine.recording import now
from augbench.plan.keys import Key
from augbench.plan.plan import Plan, PlannedTrial
from augbench.plan.tasks import Stage
from augbench.registry.collect import Registry
from augbench.registry.hooks import of_observer
from augbench.registry.places import location
from augbench.store.run_folder import RunFolder
from augbench.values.errors import AugbenchError, BrokenComponent, reason
from augbench.values.failing import Halted
from augbench.values.observing import EVENTS, Observer, Outcome, RunFacts, StageFacts, StageFailure, TrialFacts
from augbench.values.results import Predictions, TrialResult

PATIENCE = 120.0
"""Seconds that a listener may take for one event when the run waits for it."""
_EVERY = 1.0
"""Seconds between two tellings of a stage's progress."""


def ears(observers: Collection[str], registry: Registry) -> tuple[Ear, ...]:
    """Return who listens to a run: plugins that have hooks for it, and the observers that were asked for, as slots are written.

    Raise ``ConfigError`` for an observer that cannot be built, ``BrokenComponent`` for one whose methods ask for what there is not.
    """
    plugins = [Ear(name=f"plugin '{hooked.origin.plugin}'", hook=hooked.hook) for hooked in registry.hooked]
    chosen = dict.fromkeys(observers)
    found = [*plugins, *(_ear(component_from(text, "observer", "observe", registry), registry) for text in chosen)]
    return tuple(ear for ear in found if any(map(ear.hears, EVENTS)))


def _ear(component: Any, registry: Registry) -> Ear:
    assert isinstance(component, Observer)
    name = registry.name_of(type(component))
    try:
        return Ear(name=f"observer '{name}'", hook=of_observer(component))
    except pluggy.PluginValidationError as error:
        why = TypeError(" ".join(str(error).split()))
        raise BrokenComponent("observer", name, type(component).__module__, why, location(error)) from error


@contextmanager
def observed(
    audience: Audience, listening: Sequence[Ear], folder: RunFolder, registry: Registry, *, patience: float = PATIENCE
) -> Iterator[Audience]:
    """Give an audience whose events others hear, too; at the end, wait until they have heard all."""
    if not listening:
        yield audience
        return
    aside = Aside()
    with aside.parted():
        announcer = Announcer(audience, folder, registry)
        announcer.listeners = [Listener(ear, announcer.complaints, _place(aside, folder, ear), patience) for ear in listening]
        try:
            yield Careful(audience, announcer, failed=announcer.failed)
        except BaseException as error:
            announcer.run_failed(error)
            raise
        finally:
            announcer.close()


def _place(aside: Aside, folder: RunFolder, ear: Ear) -> AbstractContextManager[None]:
    return aside.to(folder.log("observer", ear.name.partition("'")[2].rstrip("'")))


class Announcer(Silent):
    """Tells listeners what happens, in their own words, and records where one of them fails."""

    def __init__(self, audience: Audience, folder: RunFolder, registry: Registry) -> None:
        self.listeners: Sequence[Listener] = ()
        self.complaints: SimpleQueue[Complaint] = SimpleQueue()
        self._audience, self._folder, self._registry = audience, folder, registry
        self._run: RunFacts | None = None
        self._classes: Mapping[str, Sequence[str]] = {}
        self._metrics: Mapping[str, Any] = {}
        self._trials: dict[str, TrialFacts] = {}
        self._own: dict[Key, str] = {}
        """Trials by the stages that are theirs alone."""
        self._begun: set[str] = set()
        self._stages: dict[Key, StageFacts] = {}
        self._unsaid: dict[Key, tuple[int, int, Mapping[str, float]]] = {}
        self._said_at: dict[Key, float] = {}

    def run_started(self, plan: Plan, slots: int) -> None:
        """Take down what the run is about, and tell it."""
        about = self._folder.about()
        self._classes = {column["name"]: column["classes"] for column in about["columns"]}
        names = dict.fromkeys((*about["report"]["metrics"], about["report"]["primary"]))
        with suppress(AugbenchError):  # the report will say so
            self._metrics = metrics_of(names, self._registry)
        run = _run_facts(self._folder, about, plan)
        self._trials = {trial.id: _trial_facts(trial, run) for trial in plan.trials if trial.status == "to run"}
        alone = {planned.key for planned in plan.stages if planned.shared == 1}
        self._own = {
            stage.key: trial.id
            for trial in plan.trials
            if trial.id in self._trials and trial.stages
            for stage in trial.stages.every()
            if stage.key in alone
        }
        self._run = run
        self._tell("run_started")

    def run_finished(self, outcome: Outcome) -> None:
        """Tell what the run came to."""
        self._tell("run_finished", outcome=outcome)

    def run_failed(self, error: BaseException) -> None:
        """Tell what ended the run, if it had begun."""
        self._tell("run_failed", error=error)

    def stage_started(self, stage: Stage, worker: str) -> None:
        """Tell that a stage begins, and perhaps a trial."""
        if trial := self._own.get(stage.key):
            self._begin(trial)
        self._stages[stage.key] = StageFacts(kind=stage.kind, label=stage.label, key=stage.key, worker=worker)
        self._tell("stage_started", stage=self._stages[stage.key])

    def stage_progress(self, stage: Stage, done: int, total: int, numbers: Mapping[str, float]) -> None:
        """Tell how far a stage has come, now and then."""
        self._unsaid[stage.key] = done, total, numbers
        if time.monotonic() - self._said_at.get(stage.key, 0.0) >= _EVERY:
            self._say(stage.key)

    def stage_finished(self, stage: Stage, outcome: StageOutcome) -> None:
        """Tell how a stage has ended."""
        self._say(stage.key)
        self._said_at.pop(stage.key, None)
        # A worker that dies at once has not begun it.
        facts = self._stages.pop(stage.key, None) or StageFacts(kind=stage.kind, label=stage.label, key=stage.key, worker=outcome.worker)
        if outcome.status == "done":
            self._tell("stage_finished", stage=facts, seconds=outcome.seconds)
        else:
            self._tell("stage_failed", stage=facts, seconds=outcome.seconds, failure=_failure(outcome))

    def trial_finished(self, result: TrialResult, done: int, total: int) -> None:
        """Tell how a trial has ended."""
        self._begin(result.trial)
        facts = self._trials[result.trial]
        if result.test is None:
            self._tell("trial_failed", trial=facts, result=result)
        elif self._heard("trial_finished"):
            scores = self._scores(result.test, self._classes[result.column])
            self._tell("trial_finished", trial=facts, result=result, scores=scores)

    def forecast(self, seconds: float) -> None:
        """Take the opportunity to say what went wrong."""
        self._report()

    def failed(self, event: str, error: Exception) -> None:
        """Say that an event could not be passed on."""
        self.complaints.put(Complaint(name="augbench", event=event, error=reason(error), where=location(error)))

    def close(self) -> None:
        """Wait for all listeners; who is interrupted while waiting waits no longer."""
        for listener in self.listeners:
            try:
                listener.close(lambda listener=listener: self._wait(listener))  # type: ignore[misc]
            except KeyboardInterrupt:
                for each in self.listeners:
                    each.leave()
        self._report()

    def _wait(self, listener: Listener) -> None:
        with suppress(Exception):
            self._audience.message(f"waiting for {listener.ear.name}, which is {listener.behind} events behind; Ctrl-C leaves it")

    def _begin(self, trial: str) -> None:
        if trial not in self._begun:
            self._begun.add(trial)
            self._tell("trial_started", trial=self._trials[trial])

    def _say(self, key: Key) -> None:
        if (unsaid := self._unsaid.pop(key, None)) is None or key not in self._stages:
            return
        done, total, numbers = unsaid
        self._said_at[key] = time.monotonic()
        told = {"stage": self._stages[key], "done": done, "total": total, "numbers": dict(numbers)}
        self._tell("stage_progress", **told)
        if trial := self._own.get(key):
            self._tell("trial_progress", trial=self._trials[trial], **told)

    def _heard(self, event: str) -> bool:
        return any(listener.ear.hears(event) for listener in self.listeners)

    def _tell(self, event: str, **arguments: Any) -> None:
        if self._run is not None:
            for listener in self.listeners:
                listener.tell(event, {"run": self._run, **arguments})
        self._report()

    def _report(self) -> None:
        """Record and say what went wrong: here, where the driver is, and not in the threads of listeners."""
        while not self.complaints.empty():
            complaint = self.complaints.get()
            told = {"observer": complaint.name, "event": complaint.event, "error": complaint.error, "where": complaint.where}
            with suppress(Exception):  # a disk may be full, a terminal closed
                self._folder.journal.append({"type": "observer", **told, "last": complaint.last, "time": now()})
            with suppress(Exception):
                self._audience.message(str(complaint))

    def _scores(self, predictions: Predictions, classes: Sequence[str]) -> dict[str, float]:
        found: dict[str, float] = {}
        for name, metric in self._metrics.items():
            with suppress(AugbenchError):  # the report will say so
                found[name] = measured(name, metric, predictions)
        by_class = {"f1": f1, "precision": precision, "recall": recall}
        matrix = predictions.confusion
        for measure, of in by_class.items():
            found |= {f"{measure}/{name}": float(value) for name, value in zip(classes, of(matrix), strict=True)}
        return found


def _run_facts(folder: RunFolder, about: Mapping[str, Any], plan: Plan) -> RunFacts:
    return RunFacts(
        title=about["title"],
        folder=folder.path.absolute(),
        matrix=(folder.path / "matrix.toml").read_text(encoding="utf-8"),
        rows=tuple(row["name"] for row in about["rows"]),
        columns=tuple(column["name"] for column in about["columns"]),
        trials=sum(trial.status != "skipped" for trial in plan.trials),
        to_run=sum(trial.status == "to run" for trial in plan.trials),
        settings=about["settings"],
        provenance=about["provenance"],
        smoke=about["smoke"],
    )


def _trial_facts(trial: PlannedTrial, run: RunFacts) -> TrialFacts:
    assert trial.stages is not None, "a trial that runs has stages"
    return TrialFacts(
        trial=trial.id,
        row=trial.row,
        column=trial.column,
        seed=trial.seed,
        fold=trial.fold,
        key=trial.stages.key,
        settings=run.settings[trial.column][trial.row],
    )


def _failure(outcome: StageOutcome) -> StageFailure:
    if outcome.status == "halted":
        return StageFailure(error="it was asked to stop, and goes on next time", error_class=Halted.__name__, failure_class="")
    return StageFailure(error=outcome.error, error_class=outcome.error_class, failure_class=outcome.failure, traceback=outcome.traceback)
