"""Turn finished artefacts into the run folder's predictions and records."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from augbench.engine.executors import StageOutcome
from augbench.plan.graph import TrialStages
from augbench.plan.plan import PlannedTrial
from augbench.plan.tasks import AssessTask, TrainTask
from augbench.store.artefacts import Store
from augbench.store.run_folder import RunFolder
from augbench.values.results import Predictions, Status, TrialResult
from augbench.values.synthesis import curves_from


@dataclass(frozen=True, kw_only=True)
class Recorder:
    """Writes the run folder; there is one a run."""

    store: Store
    folder: RunFolder

    def stage(self, outcome: StageOutcome) -> None:
        """Record what a stage cost, or how it failed."""
        record = {"type": "stage", "kind": outcome.stage.kind, "key": outcome.stage.key, "label": outcome.stage.label}
        self.folder.journal.append(record | _outcome(outcome) | dict(outcome.notes))

    def failed(self, trial: PlannedTrial, outcome: StageOutcome) -> TrialResult:
        """Record that a trial failed because a stage did."""
        record = {**_trial(trial), "stage": outcome.stage.label, "reason": f"{outcome.stage.label}: {outcome.error}"}
        self.folder.journal.append(record | _outcome(outcome))
        return replace(planned_result(trial), status="failed", reason=record["reason"], failure=outcome.error_class)

    def done(self, trial: PlannedTrial) -> TrialResult:
        """Copy a trial's predictions into the run folder, then record it: the record is what makes it done."""
        from augbench.comparison.metrics import accuracy, confusion, macro_f1

        test, validation, notes = self._read(trial)
        self._judgements(trial)
        matrix = confusion(test)
        metrics = {"accuracy": accuracy(matrix), "macro-f1": macro_f1(matrix)}
        self.folder.save_predictions(trial.id, _stages(trial).key, test, validation)
        kept = {name: notes[name] for name in ("curves", "steps", "images", "chosen", "seconds")}
        self.folder.journal.append({**_trial(trial), "status": "done", "metrics": metrics, **kept})
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
        )

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
        stages={stage.label: stage.key for stage in stages},
    )


def _stages(trial: PlannedTrial) -> TrialStages:
    assert trial.stages is not None, "a trial that runs has stages"
    return trial.stages


def _trial(trial: PlannedTrial) -> dict[str, Any]:
    return {"type": "trial", "trial": trial.id, "key": _stages(trial).key, "time": _now()}


def _outcome(outcome: StageOutcome) -> dict[str, Any]:
    known: dict[str, Any] = {"status": "failed" if outcome.error else "done", "seconds": round(outcome.seconds, 3)}
    if outcome.error:
        return known | {"error": outcome.error, "error-class": outcome.error_class, "traceback": outcome.traceback}
    return known


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
