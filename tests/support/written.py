"""Run folders that hold given results, written in milliseconds."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from augbench.store.run_folder import RunFolder
from augbench.values.results import ColumnFacts, Predictions, Results, TrialResult, TrialStage
from augbench.values.settings import ReportSettings, Row

TIME = "2026-01-02T03:04:05.000+00:00"
LABELS = np.repeat([0, 1], (6, 4))


def results(wrong: dict[str, int | None], seeds: tuple[int, ...] = (0,), **report: object) -> Results:
    """Make results of rows that are wrong about so many of ten test images; None for a row that has not run."""
    return Results(
        title="Written",
        report=ReportSettings(**{"control": next(iter(wrong)), "primary": "accuracy", "formats": ("json",), **report}),
        rows=tuple(Row(name=row, label=row) for row in wrong),
        columns=(
            ColumnFacts(
                name="cells",
                label="Cells",
                classes=("a", "b"),
                counts={"train": (6, 2), "test": (6, 4)},
                minority=("b",),
                folds=None,
                digest="d" * 64,
            ),
        ),
        seeds=seeds,
        trials=tuple(trial(row, seed, wrong[row]) for seed in seeds for row in wrong),
    )


def trial(row: str, seed: int, wrong: int | None) -> TrialResult:
    """Make one trial, done or pending."""
    named = TrialResult(trial=f"cells/{row}/s{seed}", row=row, column="cells", seed=seed, fold=None, status="pending", reason="not yet")
    named = replace(named, stages=(TrialStage(kind="prepare", label="prepare cells", key="p" * 64),))
    return named if wrong is None else replace(named, status="done", reason="", test=_predictions(wrong))


def write(path: Path, found: Results) -> RunFolder:
    """Write results as a run would."""
    folder = RunFolder(path=path)
    plan = replace(found, trials=tuple(replace(one, status="pending", test=None) for one in found.trials))
    folder.begin(plan, {one.trial: one.trial for one in found.trials}, {})
    for one in found.trials:
        if one.status == "done":
            finish(folder, one)
    return folder


def finish(folder: RunFolder, one: TrialResult) -> None:
    """Write that a trial is done."""
    assert one.test is not None
    folder.save_predictions(one.trial, one.trial, one.test, None)
    record = {"type": "trial", "trial": one.trial, "key": one.trial, "status": "done", "time": TIME, "metrics": {}, "curves": {}}
    folder.journal.append({**record, "steps": 1, "images": 8, "seconds": 0.1, "cost": {}})


def _predictions(wrong: int) -> Predictions:
    chosen = np.where(np.arange(len(LABELS)) < wrong, 1 - LABELS, LABELS)
    probabilities = np.where(np.arange(2) == chosen[:, None], 0.9, 0.1)
    return Predictions(ids=tuple(f"i{place}" for place in range(len(LABELS))), labels=LABELS, probabilities=probabilities)
