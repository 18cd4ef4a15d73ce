"""Small runs whose every prediction is written down."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest

from augbench.values.results import ColumnFacts, Predictions, Results, TrialResult
from augbench.values.settings import ReportSettings, Row

CLASSES = ("common", "rare")
COUNTS = (20, 12)
LABELS = np.repeat([0, 1], COUNTS)


def predictions(wrong: int, confidence: float = 0.9) -> Predictions:
    """Be wrong about the first so many rare images."""
    chosen = LABELS.copy()
    chosen[COUNTS[0] : COUNTS[0] + wrong] = 0
    probabilities = np.full((len(LABELS), 2), 1 - confidence)
    probabilities[np.arange(len(LABELS)), chosen] = confidence
    return Predictions(ids=tuple(f"i{place}" for place in range(len(LABELS))), labels=LABELS, probabilities=probabilities)


def trial(row: str, seed: int, wrong: int, fold: int | None = None, validation: int | None = None, **more: object) -> TrialResult:
    """Make a finished trial that is wrong about so many rare test images, and so many rare validation images."""
    made = TrialResult(
        trial=f"data/{row}/s{seed}" + ("" if fold is None else f"/f{fold}"),
        row=row,
        column="data",
        seed=seed,
        fold=fold,
        status="done",
        test=predictions(wrong),
        validation=None if validation is None else predictions(validation),
        steps=100,
        images=3200,
    )
    return replace(made, **more)


def results(trials: Sequence[TrialResult], alpha: float = 0.05, control: str = "control", **more: object) -> Results:
    """Put trials into a run; rows and seeds are those of the trials."""
    rows = tuple(Row(name=name, label=f"Row {name}") for name in dict.fromkeys(each.row for each in trials))
    made = Results(
        title="A run",
        report=ReportSettings(control=control, alpha=alpha, replicates=999),
        rows=rows,
        columns=(
            ColumnFacts(
                name="data",
                label="Data",
                classes=CLASSES,
                counts={"train": (50, 5), "test": COUNTS},
                minority=("rare",),
                folds=max((each.fold + 1 for each in trials if each.fold is not None), default=None),
                digest="d" * 64,
            ),
        ),
        seeds=tuple(sorted({each.seed for each in trials})),
        trials=tuple(trials),
    )
    return replace(made, **more)


@pytest.fixture
def make_trial() -> Callable[..., TrialResult]:
    """Return the maker of trials."""
    return trial


@pytest.fixture
def make_results() -> Callable[..., Results]:
    """Return the maker of runs."""
    return results


@pytest.fixture
def make_predictions() -> Callable[..., Predictions]:
    """Return the maker of predictions."""
    return predictions
