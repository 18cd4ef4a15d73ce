"""Generators, trials without result, failures, and results quoted from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from augbench import Comparison, comparing


class Judged(NamedTuple):
    """One number of one generator of one class, over its fits."""

    dataset: str
    generator: str
    class_name: str
    rows: str
    fits: int
    features: str
    number: str
    mean: float
    smallest: float
    largest: float
    verdict: str


class Missing(NamedTuple):
    """A trial without result."""

    dataset: str
    trial: str
    label: str
    seed: int
    fold: int | None
    status: str
    reason: str
    failure_class: str
    error: str
    stage: str


class Shared(NamedTuple):
    """What failures of one kind, or all together, have in common; without settings where it is nothing."""

    failure_class: str
    error: str
    failures: int
    settings: str = ""
    failures_with: int | None = None
    others: int | None = None
    others_with: int | None = None


class Quoted(NamedTuple):
    """A result quoted from elsewhere."""

    label: str
    dataset: str
    source: str
    accuracy: float | None
    macro_f1: float | None


def generators(comparison: Comparison) -> Iterator[Judged]:
    """List every number of every generator."""
    for column in comparison.columns:
        for each in column.generators:
            for name, spread in each.numbers.items():
                known = (column.name, each.name, each.class_name, "; ".join(each.rows), each.fits, each.features)
                yield Judged(*known, name, spread.mean, spread.low, spread.high, each.word)


def absent(comparison: Comparison) -> Iterator[Missing]:
    """List every trial without result."""
    for column in comparison.columns:
        for each in column.absent:
            failure = (each.failure_class, each.error, each.stage)
            yield Missing(column.name, each.trial, each.row, each.seed, each.fold, each.status, each.reason, *failure)


def failures(comparison: Comparison) -> Iterator[Shared]:
    """List what all failures have in common, and those of each kind."""
    if found := comparison.failures:
        yield from _shared(Shared("all", "", found.total), found.common)
        for group in found.groups:
            yield from _shared(Shared(group.failure_class, group.error, len(group.trials)), group.common)


def _shared(bare: Shared, common: Sequence[comparing.InCommon]) -> Iterator[Shared]:
    if not common:
        yield bare
    for each in common:
        settings = "; ".join(each.settings)
        yield bare._replace(settings=settings, failures_with=each.failures, others=each.of_others, others_with=each.others)


def quoted(comparison: Comparison) -> Iterator[Quoted]:
    """List the results quoted from elsewhere."""
    for each in comparison.published:
        yield Quoted(each.label, each.dataset, each.source, each.accuracy, each.macro_f1)
