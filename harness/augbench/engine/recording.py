"""Turn finished artefacts into the run folder's predictions and records."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from augbench.engine.executing import StageOutcome
from augbench.plan.graph import TrialStages
from augbench.plan.keys import Key
from augbench.plan.plan import PlannedTrial
from augbench.plan.tasks import AssessTask, Stage, TrainTask
from augbench.store.manifest import Unfit
from augbench.store.opening import Store
from augbench.store.processes import this_process
from augbench.store.run_folder import RunFolder, images_by_key
from augbench.values.invoked import invoked
from augbench.values.results import Predictions, Status, TrialResult, TrialStage
from augbench.values.synthesis import curves_from

_ADDED = ("seconds", "cpu-seconds", "gpu-seconds", "energy-joules")
_PEAKS = ("peak-memory-mb", "peak-device-memory-mb")


@dataclass(frozen=True, kw_only=True)
class Recorder:
    """Writes the run folder; there is one a run."""

    store: Store
    folder: RunFolder
    _seconds: dict[Key, float] = field(default_factory=dict)
    """What shared stages took: many trials ask for the same."""
    _looked_at: set[Key] = field(default_factory=set)
    """Prepared data sets of which the run folder tells what was found in them."""

    def run_begun(self, engine: str) -> None:
        """Record who runs, where, and since when."""
        told = {"type": "run", **asdict(this_process()), "command": invoked()}
        self.folder.journal.append({**told, "engine": engine, "time": now()})

    def begun(self, stage: Stage, attempt: int, worker: str) -> None:
        """Record that a worker begins a stage."""
        self.folder.journal.append({**_stage(stage), "status": "started", "attempt": attempt, "worker": worker, "time": now()})

    def stage(self, stage: Stage, outcome: StageOutcome, attempt: int, *, again: bool) -> None:
        """Record what a stage cost, or how it failed and whether it is tried again."""
        told = {**_stage(stage), "attempt": attempt, "worker": outcome.worker, "time": now()}
        self.folder.journal.append(told | _outcome(outcome) | ({"again": True} if again else {}) | dict(outcome.notes))

    def failed(self, trial: PlannedTrial, stage: Stage, outcome: StageOutcome) -> TrialResult:
        """Record that a trial failed because a stage did."""
        record = {**_trial(trial), "stage": stage.label, "stage-kind": stage.kind, "reason": f"{stage.label}: {outcome.error}"}
        self.folder.journal.append(record | _outcome(outcome))
        return replace(
            planned_result(trial),
            status="failed",
            reason=record["reason"],
            failure=outcome.error_class,
            failure_class=outcome.failure,
            failed_stage=stage.kind,
        )

    def done(self, trial: PlannedTrial) -> TrialResult:
        """Copy a trial's predictions into the run folder, then record it: the record is what makes it done."""
        from augbench.comparison.metrics import accuracy, macro_f1

        test, validation, notes = self._read(trial)
        self._judgements(trial)
        self._audit(trial)
        metrics = {"accuracy": accuracy(test.confusion), "macro-f1": macro_f1(test.confusion)}
        self.folder.save_predictions(trial.id, _stages(trial).key, test, validation)
        kept = {name: notes[name] for name in ("curves", "steps", "images", "chosen", "seconds")}
        cost = self._cost(_stages(trial))
        self.folder.journal.append({**_trial(trial), "status": "done", "metrics": metrics, **kept, "cost": cost})
        return replace(
            planned_result(trial),
            status="done",
            reason="",
            test=test,
            validation=validation,
            curves=curves_from(notes["curves"]),
            steps=notes["steps"],
            images=notes["images"],
            seconds=notes["seconds"],
            cost=cost,
        )

    def _cost(self, stages: TrialStages) -> dict[str, float]:
        """Add up what a trial's own stages cost; what was not measured of both is left out."""
        own = [self.store.notes(stage.key) for stage in (stages.train, stages.evaluate)]
        cost = {name: sum(notes[name] for notes in own) for name in _ADDED if all(name in notes for notes in own)}
        cost |= {name: max(notes[name] for notes in own) for name in _PEAKS if all(name in notes for notes in own)}
        if (speed := own[0].get("images-per-second")) is not None:
            cost["images-per-second"] = speed
        shared = [self._took(stage) for stage in stages.every() if stage not in (stages.train, stages.evaluate)]
        known = [seconds for seconds in shared if seconds is not None]
        return {**cost, "shared-seconds": round(sum(known), 3)} if len(known) == len(shared) else cost

    def _took(self, stage: Stage) -> float | None:
        """Return what a shared stage took; None where its artefact has been pruned since the trial's own stages read it."""
        if stage.key not in self._seconds:
            with suppress(KeyError, Unfit):
                self._seconds[stage.key] = self.store.manifest(stage.key).summary().seconds
        return self._seconds.get(stage.key)

    def _judgements(self, trial: PlannedTrial) -> None:
        """Copy into the run folder what became of the trial's generators, once each."""
        from augbench.stages.contents import SHEET, load_notes

        stages = _stages(trial)
        for name, stage in stages.judged.items():
            if self.folder.has_generator(stage.key):
                continue
            judged, fitted = self.store.open(stage.key), load_notes(self.store.open(stages.fits[name].key))
            assert isinstance(stage.task, AssessTask)
            document = {
                **load_notes(judged),
                "name": stage.task.generator,
                "class_name": name,
                "seed": stage.task.resample.seed,
                "fold": stage.task.resample.fold,
                "chosen": fitted["chosen"],
                "curves": fitted["curves"],
            }
            self.folder.save_generator(stage.key, document, (judged / SHEET).read_bytes())

    def _audit(self, trial: PlannedTrial) -> None:
        """Record what the preparation of the trial's images found in them, once for each data set."""
        from augbench.stages.prepared import read_prepared

        key = _stages(trial).prepare.key
        if not self._looked_at:
            self._looked_at.update(images_by_key(self.folder.journal))
        if key not in self._looked_at:
            self._looked_at.add(key)
            prepared = read_prepared(self.store.open(key))
            found = {"images": prepared.images(), "audit": [finding.brief() for finding in prepared.audit]}
            self.folder.journal.append({"type": "data", "dataset": trial.column, "key": key, **found, "time": now()})

    def _read(self, trial: PlannedTrial) -> tuple[Predictions, Predictions | None, dict[str, Any]]:
        import numpy as np

        from augbench.stages.contents import TEST, VALIDATION, load_array, load_notes
        from augbench.stages.prepared import read_prepared
        from augbench.stages.subsets import subsets, whole

        stages = _stages(trial)
        evaluated, trained = self.store.open(stages.evaluate.key), self.store.open(stages.train.key)
        prepared = read_prepared(self.store.open(stages.prepare.key))
        notes = load_notes(trained)
        notes["seconds"] = sum(self.store.notes(stage.key)["seconds"] for stage in (stages.train, stages.evaluate))
        scored = load_array(evaluated / TEST).astype(np.float64)
        everything = whole(prepared.test)
        test = Predictions(ids=everything.ids, labels=everything.labels, probabilities=scored)
        assert isinstance(stages.train.task, TrainTask)
        _, held_out = subsets(prepared, stages.train.task.resample)
        if held_out is None:
            return test, None, notes
        corrected = evaluated / VALIDATION
        scored = load_array(corrected if corrected.is_file() else trained / VALIDATION).astype(np.float64)
        return test, Predictions(ids=held_out.ids, labels=held_out.labels, probabilities=scored), notes


def planned_result(trial: PlannedTrial) -> TrialResult:
    """Return what is known of a trial before it has run."""
    status: Status = "skipped" if trial.status == "skipped" else "pending"
    reason = trial.reason or "it has not run yet; 'bench run' continues"
    stages = trial.stages.every() if trial.stages else ()
    fits, judged = (trial.stages.fits, trial.stages.judged) if trial.stages else ({}, {})
    return TrialResult(
        trial=trial.id,
        row=trial.row,
        column=trial.column,
        seed=trial.seed,
        fold=trial.fold,
        status=status,
        reason=reason,
        generators={name: fit.key for name, fit in fits.items()},
        judged={name: stage.key for name, stage in judged.items()},
        stages=tuple(TrialStage(kind=stage.kind, label=stage.label, key=stage.key) for stage in stages),
    )


def _stages(trial: PlannedTrial) -> TrialStages:
    assert trial.stages is not None, "a trial that runs has stages"
    return trial.stages


def _trial(trial: PlannedTrial) -> dict[str, Any]:
    return {"type": "trial", "trial": trial.id, "key": _stages(trial).key, "time": now()}


def _stage(stage: Stage) -> dict[str, Any]:
    return {"type": "stage", "kind": stage.kind, "key": stage.key, "label": stage.label}


def _outcome(outcome: StageOutcome) -> dict[str, Any]:
    known: dict[str, Any] = {"status": outcome.status, "seconds": round(outcome.seconds, 3)}
    if outcome.status != "failed":
        return known
    failed = {"error": outcome.error, "error-class": outcome.error_class, "failure": outcome.failure}
    return known | failed | {"traceback": outcome.traceback}


def now() -> str:
    """Return the time as records have it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")
