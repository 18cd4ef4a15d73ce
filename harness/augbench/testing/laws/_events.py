"""Made-up runs as observers hear of them, of harmless names and of names that hold anything."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from augbench.values.observing import Outcome, RunFacts, StageFacts, StageFailure, TrialFacts
from augbench.values.results import Predictions, TrialResult

Event = tuple[str, Mapping[str, Any]]
PLAIN = ("round cells", "long cells")
ODD = ("</b> \\ | ` $x% \x00\n\u202e* ?", "../../" + "n" * 300)


def begun(folder: Path, classes: Sequence[str] = PLAIN) -> RunFacts:
    """Say what the run is about."""
    cells = {row: {"generator": None, "training.lr": lr, "minority": classes[0]} for row, lr in (("ours", 0.1), ("plain", 0.05))}
    return RunFacts(
        title=f"A run that checks an observer: {classes[0]}",
        folder=folder,
        matrix="version = 1\n",
        rows=tuple(cells),
        columns=("cells",),
        trials=2,
        to_run=2,
        settings={"cells": cells},
        provenance={"command": f"bench run {classes[0]}", "device": "cpu"},
        smoke=True,
    )


def life(folder: Path, classes: Sequence[str] = PLAIN) -> Iterator[Event]:
    """Tell of a run of two trials: one is done, one fails; the report is a file that there is."""
    run = begun(folder, classes)
    done, failed = (_trial(run, row) for row in run.rows)
    (folder / "report.md").write_text("# Report\n", encoding="utf-8")
    (folder / "matrix.toml").write_text(run.matrix, encoding="utf-8")
    yield "run_started", {"run": run}
    for trial, kind, told in ((done, "train", _result(done)), (failed, "train", _failure(failed))):
        stage = StageFacts(kind=kind, label=f"{kind} {trial.trial} on {classes[0]}", key=trial.key, worker="worker 1")
        progress = {"run": run, "stage": stage, "done": 5, "total": 10, "numbers": {"training_loss": 0.7}}
        yield "trial_started", {"run": run, "trial": trial}
        yield "stage_started", {"run": run, "stage": stage}
        yield "stage_progress", progress
        yield "trial_progress", {**progress, "trial": trial}
        if told.status == "done":
            yield "stage_finished", {"run": run, "stage": stage, "seconds": 1.5}
            yield "trial_finished", {"run": run, "trial": trial, "result": told, "scores": _scores(classes)}
        else:
            why = StageFailure(error=told.reason, error_class="Diverged", failure_class="method", traceback="Traceback ...")
            yield "stage_failed", {"run": run, "stage": stage, "seconds": 0.5, "failure": why}
            yield "trial_failed", {"run": run, "trial": trial, "result": told}
    reports = (folder / "report.md", folder / "figures" / "gone.svg")
    outcome = Outcome(done=1, failed=1, skipped=0, pending=0, stages_run=2, stages_reused=0, seconds=2.5, reports=reports)
    yield "run_finished", {"run": run, "outcome": outcome}


def cut(events: Sequence[Event], length: int, error: BaseException) -> Iterator[Event]:
    """Tell of a run that an error ends after so many events."""
    yield from events[:length]
    yield "run_failed", {"run": events[0][1]["run"], "error": error}


def _trial(run: RunFacts, row: str) -> TrialFacts:
    key = f"{len(row):x}" * 64
    return TrialFacts(trial=f"cells/{row}/s0", row=row, column="cells", seed=0, fold=None, key=key, settings=run.settings["cells"][row])


def _result(trial: TrialFacts) -> TrialResult:
    test = Predictions(ids=("a", "b", "c"), labels=np.array([0, 1, 1]), probabilities=np.array([[0.9, 0.1], [0.2, 0.8], [0.6, 0.4]]))
    return TrialResult(
        trial=trial.trial,
        row=trial.row,
        column=trial.column,
        seed=trial.seed,
        fold=trial.fold,
        status="done",
        test=test,
        curves={"training loss": ((1, 0.9), (10, 0.5))},
        steps=10,
        images=320,
        seconds=1.5,
        cost={"seconds": 1.5},
    )


def _failure(trial: TrialFacts) -> TrialResult:
    return TrialResult(
        trial=trial.trial,
        row=trial.row,
        column=trial.column,
        seed=trial.seed,
        fold=trial.fold,
        status="failed",
        reason="its loss is not a number by step 3",
        failure="Diverged",
        failure_class="method",
        failed_stage="train",
    )


def _scores(classes: Sequence[str]) -> dict[str, float]:
    return {"accuracy": 2 / 3, "macro-f1": 2 / 3, **{f"{score}/{name}": 0.5 for score in ("f1", "precision", "recall") for name in classes}}
