"""What a report of a thousand cells takes: from results in memory to every format on disk."""

import time
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from augbench.comparison import compare
from augbench.registry.discovery import discover
from augbench.values.results import ColumnFacts, Predictions, Results, TrialResult
from augbench.values.settings import ReportSettings, Row

TEST = (120, 72, 72, 12, 8, 6, 5)
CLASSES = tuple(f"class {place}" for place in range(len(TEST)))
LABELS = np.repeat(np.arange(len(TEST)), TEST)
IDS = tuple(f"image-{place}" for place in range(len(LABELS)))
SEEDS = (0, 1, 2)


def trial(row: int, column: int, seed: int) -> TrialResult:
    rng = np.random.default_rng([row, column, seed])
    right = rng.random(len(LABELS)) < 0.6 + 0.3 * rng.random()
    chosen = np.where(right, LABELS, rng.integers(0, len(TEST), len(LABELS)))
    logits = rng.normal(0, 0.5, (len(LABELS), len(TEST))) + 3 * np.eye(len(TEST))[chosen]
    powers = np.exp(logits)
    probabilities = powers / powers.sum(axis=1, keepdims=True)
    curve = tuple((step, float(np.exp(-step / 200) + 0.1 * rng.random())) for step in range(70, 701, 35))
    return TrialResult(
        trial=f"data-{column}/row-{row}/s{seed}",
        row=f"row-{row}",
        column=f"data-{column}",
        seed=seed,
        fold=None,
        status="done",
        test=Predictions(ids=IDS, labels=LABELS, probabilities=probabilities),
        curves={"training loss": curve, "validation macro-f1": curve},
        steps=700,
        images=22_400,
        cost={"seconds": 9 + rng.random(), "shared-seconds": 100.0},
    )


def cells(rows: int, columns: int) -> Results:
    """Make a run of so many cells, three seeds each; rows differ in one of three settings."""
    facts = [
        ColumnFacts(
            name=f"data-{place}",
            label=f"Data set {place}",
            classes=CLASSES,
            counts={"train": TEST, "test": TEST},
            minority=CLASSES[3:],
            folds=None,
            digest="d" * 64,
        )
        for place in range(columns)
    ]
    settings = {
        f"row-{row}": {"generator": f"g{row % 5}", "augment.linear": f"a{row // 5 % 5}", "training.lr": row // 25} for row in range(rows)
    }
    return Results(
        title="A thousand cells",
        report=ReportSettings(control="row-0"),
        rows=tuple(Row(name=f"row-{row}", label=f"Row {row}, of many") for row in range(rows)),
        columns=tuple(facts),
        seeds=SEEDS,
        trials=tuple(trial(*places) for places in product(range(rows), range(columns), SEEDS)),
        settings={each.name: settings for each in facts},
    )


@pytest.mark.parametrize(
    ("rows", "columns"), [pytest.param(100, 10, marks=pytest.mark.slow), pytest.param(1000, 1, marks=pytest.mark.long)]
)
def test_a_thousand_cells_are_reported_in_twenty_seconds_and_five_megabytes(rows: int, columns: int, tmp_path: Path) -> None:
    results, registry = cells(rows, columns), discover()
    begun = time.process_time()
    comparison = compare(results, registry)
    took = {"compare": time.process_time() - begun}
    for name in results.report.formats:
        begun = time.process_time()
        registry.resolve("report", name).component().render(comparison, tmp_path)
        took[name] = time.process_time() - begun
    size = (tmp_path / "report.html").stat().st_size
    print(f"{rows} x {columns}: {sum(took.values()):.1f} s of CPU, {size / 1e6:.1f} MB of HTML;", {k: round(v, 1) for k, v in took.items()})
    assert sum(took.values()) < 20
    assert size < 5e6
