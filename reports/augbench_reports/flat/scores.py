"""What every row scored: by seed, over seeds, by class; and what its trials took."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from augbench import Comparison, evidence


class Scored(NamedTuple):
    """One metric of one seed, folds averaged."""

    dataset: str
    row: str
    label: str
    metric: str
    seed: int
    value: float


class Summary(NamedTuple):
    """One metric over the seeds of a row, with the bootstrap interval of its mean."""

    dataset: str
    row: str
    label: str
    metric: str
    seeds: int
    mean: float | None
    sd: float | None
    low: float | None
    high: float | None
    level: float | None
    error: float | None
    best_fold: float | None


class ByClass(NamedTuple):
    """One class of one seed."""

    dataset: str
    row: str
    label: str
    class_name: str
    minority: bool
    test_images: int | None
    seed: int
    f1: float
    precision: float
    recall: float


class Cost(NamedTuple):
    """One thing that was measured, mean over a row's trials."""

    dataset: str
    row: str
    label: str
    trials: int
    number: str
    mean: float


class Trained(NamedTuple):
    """How long a row's classifiers were trained: smallest and largest over its trials."""

    dataset: str
    row: str
    label: str
    done: int
    expected: int
    steps_low: int | None
    steps_high: int | None
    images_low: int | None
    images_high: int | None
    unfair: str


def scores(comparison: Comparison) -> Iterator[Scored]:
    """List every score of every seed."""
    for column in comparison.columns:
        for row in column.rows:
            for name, score in row.scores.items():
                yield from (Scored(column.name, row.name, row.label, name, seed, value) for seed, value in score.seeds)


def summaries(comparison: Comparison) -> Iterator[Summary]:
    """List every metric of every row."""
    for column in comparison.columns:
        for row in column.rows:
            for name, score in row.scores.items():
                named = (column.name, row.name, row.label, name)
                yield Summary(*named, len(score.seeds), score.mean, score.sd, *bounds(score.interval), score.error, score.best_fold)


def bounds(found: evidence.Interval | None) -> tuple[float | None, float | None, float | None]:
    """Return an interval's ends and its level, or that there is none."""
    return (found.low, found.high, found.level) if found else (None, None, None)


def classes(comparison: Comparison) -> Iterator[ByClass]:
    """List every class of every row and seed."""
    for column in comparison.columns:
        for row in column.rows:
            for facts, found in zip(column.classes, row.classes, strict=False):
                named = (column.name, row.name, row.label, facts.name, facts.minority, facts.test)
                seeds = zip(found.f1.seeds, found.precision.seeds, found.recall.seeds, strict=True)
                yield from (ByClass(*named, seed, f1, precision, recall) for (seed, f1), (_, precision), (_, recall) in seeds)


def costs(comparison: Comparison) -> Iterator[Cost]:
    """List what the trials of every row took."""
    for column in comparison.columns:
        for row in column.rows:
            for name, mean in row.budget.cost.items():
                yield Cost(column.name, row.name, row.label, row.done, name, mean)


def trained(comparison: Comparison) -> Iterator[Trained]:
    """List how much of every row is done and how long it was trained."""
    for column in comparison.columns:
        for row in column.rows:
            named, counts = (column.name, row.name, row.label), (row.done, row.expected)
            yield Trained(*named, *counts, *_ends(row.budget.steps), *_ends(row.budget.images), row.unfair)


def _ends(found: tuple[int, int] | None) -> tuple[int | None, int | None]:
    return found or (None, None)
