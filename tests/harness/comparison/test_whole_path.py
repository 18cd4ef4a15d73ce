"""How often a whole comparison errs, over made-up runs whose truth is known: ``pytest -s -m slow`` prints it."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from augbench.comparison import compare
from augbench.registry.discovery import discover
from augbench.values.comparing import RowComparison
from augbench.values.results import Predictions, Results, TrialResult
from augbench.values.settings import ReportSettings

COUNTS = (200, 100, 50, 40)
PLAIN, BETTER = (0.9, 0.85, 0.75, 0.6), (0.94, 0.9, 0.85, 0.8)
"""Recall of each class, mean over seeds."""
RUNS, ALPHA = 100, 0.05


def predictions(rng: np.random.Generator, recall: np.ndarray, labels: np.ndarray, common: np.ndarray, alike: float) -> Predictions:
    """Let a model see a share of the images with the eyes that all have in common, and be about as sure as it is right."""
    seen = np.where(rng.random(len(labels)) < alike, common, rng.random(len(labels)))
    other = (labels + rng.integers(1, len(COUNTS), len(labels))) % len(COUNTS)
    chosen, sure = np.where(seen < recall[labels], labels, other), rng.uniform(0.6, 0.9, len(labels))
    probabilities = np.repeat((1 - sure)[:, None] / (len(COUNTS) - 1), len(COUNTS), axis=1)
    probabilities[np.arange(len(labels)), chosen] = sure
    return Predictions(ids=tuple(map(str, range(len(labels)))), labels=labels, probabilities=probabilities)


@pytest.fixture
def simulated(make_trial, make_results):
    """Return a maker of runs: rows by the recall of their models, which seeds spread."""

    def made(rng: np.random.Generator, rows: dict[str, tuple[float, ...]], seeds: int, spread: float = 0.04, alike: float = 0.6) -> Results:
        share = np.array(COUNTS) / sum(COUNTS)
        labels, common = rng.choice(len(COUNTS), sum(COUNTS), p=share), rng.random(sum(COUNTS))
        trials: list[TrialResult] = []
        for name, recall in rows.items():
            for seed in range(seeds):
                model = np.clip(np.array(recall) + spread * rng.standard_normal(len(COUNTS)), 0.05, 0.99)
                trials.append(make_trial(name, seed, 0, test=predictions(rng, model, labels, common, alike)))
        found = make_results(trials)
        facts = replace(found.columns[0], classes=tuple("abcd"), counts={"test": COUNTS}, minority=("d",))
        return replace(found, columns=(facts,))

    return made


def judged(results: Results, registry: object, **report: object) -> tuple[RowComparison, ...]:
    settings = ReportSettings(control="control", replicates=999, protocol="none", alpha=ALPHA, **report)
    (column,) = compare(replace(results, report=settings), registry).columns
    return column.rows[1:]


@pytest.mark.slow
@pytest.mark.parametrize(("primary", "seeds", "good"), [("macro-f1", 8, "higher"), ("brier", 8, "lower"), ("macro-f1", 1, "higher")])
def test_equal_rows_are_told_apart_no_more_often_than_alpha_and_a_better_one_is_found(simulated, capsys, primary, seeds, good) -> None:
    registry, rng, words = discover(), np.random.default_rng(7), Counter()
    # Brier's score is resampled one by one.
    runs, wrong, covered = RUNS if primary == "macro-f1" else RUNS // 10, 0, []
    for _ in range(runs):
        # One seed tells about its models: equal ones have equal recall.
        made = simulated(rng, {"control": PLAIN, "same": PLAIN, "better": BETTER}, seeds, spread=0.0 if seeds == 1 else 0.02)
        same, better = judged(made, registry, primary=primary, metrics=(primary,))
        words[better.verdict.word, better.difference.direction] += 1
        wrong += same.verdict.word in ("better", "worse")
        widest = same.difference.widest
        covered.append(widest.low <= 0 <= widest.high)
    with capsys.disabled():
        print(
            f"\n{primary}, {seeds} seeds: equal rows told apart in {wrong / runs:.3f}, {dict(words)}, 0 covered in {np.mean(covered):.3f}"
        )
    assert wrong / runs <= ALPHA + 3 * (ALPHA * (1 - ALPHA) / runs) ** 0.5
    assert {key for key in words if key[0] in ("better", "worse")} <= {("better", good)}
    assert words["better", good] > 0.2 * runs
    assert np.mean(covered) >= 0.95 - 3 * (0.95 * 0.05 / runs) ** 0.5


@pytest.mark.slow
def test_a_row_at_the_margin_is_seldom_called_equivalent(simulated, capsys) -> None:
    registry, rng, shown = discover(), np.random.default_rng(8), {}
    for images in (3, 12):
        margin = images / sum(COUNTS)
        worse = tuple(0.95 - margin for _ in COUNTS)
        words = Counter()
        for _ in range(RUNS // 2):
            # The same eyes, no spread: models differ in the images between the two recalls alone.
            made = simulated(rng, {"control": (0.95,) * 4, "row": worse}, 3, spread=0.0, alike=1.0)
            (row,) = judged(made, registry, primary="accuracy", metrics=("accuracy",), rope=margin)
            words[row.verdict.word] += 1
        shown[images] = words["equivalent"] / (RUNS // 2)
    with capsys.disabled():
        print(f"\nequivalent at a margin of so many images: {shown}")
    assert shown[3] == 0
    assert shown[12] <= 0.1 + 3 * (0.1 * 0.9 / (RUNS // 2)) ** 0.5
