"""What whole data sets allow to say: designs, flags, noise, effects of single settings, and all data sets together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from augbench import Comparison
from augbench_reports.flat.scores import bounds


class Designed(NamedTuple):
    """How the rows of one data set are compared, and what that allows to claim."""

    dataset: str
    label: str
    design: str
    test: str
    unit: str
    claim: str
    seeds: int
    planned: int
    comparisons: int
    alpha: float
    smallest_p: float | None
    seeds_needed: int
    settled: bool
    resolution: float | None
    replicates: int | None


class Flagged(NamedTuple):
    """Something to know before believing a number; of the whole run where no data set is named."""

    dataset: str | None
    code: str
    grave: bool
    sentence: str


class Noise(NamedTuple):
    """What two seeds of one and the same row differ by."""

    dataset: str
    rows: str
    pairs: int
    median: float
    largest: float
    called_different: float | None
    alpha: float


class Effect(NamedTuple):
    """What one setting does, mean over the pairs of rows that differ in it alone."""

    dataset: str
    factor: str
    before: str
    after: str
    pairs: str
    seeds: int
    mean: float
    sd: float | None
    low: float | None
    high: float | None
    level: float | None


class Crossed(NamedTuple):
    """How much the effect of the first setting hangs on the second."""

    dataset: str
    first: str
    second: str
    neither_row: str
    first_row: str
    second_row: str
    both_row: str
    seeds: int
    mean: float
    sd: float | None
    low: float | None
    high: float | None
    level: float | None


class Ranking(NamedTuple):
    """One row over all data sets."""

    label: str
    is_control: bool
    mean_rank: float
    difference: float | None = None
    test: str | None = None
    p: float | None = None
    holm_p: float | None = None
    n: int | None = None
    smallest_p: float | None = None
    verdict: str | None = None


class Everywhere(NamedTuple):
    """The test of all rows over all data sets at once, or why there is none."""

    datasets: int
    friedman: float | None
    friedman_p: float | None
    iman_davenport: float | None
    iman_davenport_p: float | None
    critical_difference: float | None
    refused: str


class Apart(NamedTuple):
    """Two rows that can be told from each other over all data sets."""

    better: str
    worse: str


def designs(comparison: Comparison) -> Iterator[Designed]:
    """List the design of every data set."""
    for column in comparison.columns:
        design, claim, drawn = column.design, column.claim, column.resampling
        yield Designed(
            dataset=column.name,
            label=column.label,
            design=design.word,
            test=design.test,
            unit=design.unit,
            claim=design.claim,
            seeds=claim.seeds,
            planned=claim.planned,
            comparisons=claim.comparisons,
            alpha=claim.alpha,
            smallest_p=claim.smallest_p,
            seeds_needed=claim.seeds_needed,
            settled=claim.settled,
            resolution=column.resolution,
            replicates=drawn.replicates if drawn else None,
        )


def flags(comparison: Comparison) -> Iterator[Flagged]:
    """List the flags of the run and of every data set."""
    yield from (Flagged(None, each.code, each.grave, each.sentence) for each in comparison.flags)
    for column in comparison.columns:
        yield from (Flagged(column.name, each.code, each.grave, each.sentence) for each in column.flags)


def noise(comparison: Comparison) -> Iterator[Noise]:
    """List the noise floor of every data set."""
    for column in comparison.columns:
        if found := column.noise:
            rows = "; ".join(found.rows)
            yield Noise(column.name, rows, found.pairs, found.median, found.largest, found.published, found.alpha)


def factors(comparison: Comparison) -> Iterator[Effect]:
    """List what every single setting does."""
    for column in comparison.columns:
        for each in column.factors:
            pairs = "; ".join(" | ".join(pair) for pair in each.pairs)
            named = (column.name, each.factor, each.before, each.after, pairs)
            yield Effect(*named, len(each.seeds), each.mean, each.sd, *bounds(each.over_seeds))


def interactions(comparison: Comparison) -> Iterator[Crossed]:
    """List how much every effect hangs on another."""
    for column in comparison.columns:
        for each in column.interactions:
            named = (column.name, *each.factors, *each.rows)
            yield Crossed(*named, len(each.seeds), each.mean, each.sd, *bounds(each.over_seeds))


def rankings(comparison: Comparison) -> Iterator[Ranking]:
    """List every row over all data sets."""
    for each in comparison.across.rows if comparison.across else ():
        bare = Ranking(each.row, each.is_control, each.rank, each.difference)
        test = each.test
        tested = bare._replace(test=test.name, p=test.p, holm_p=each.holm, n=test.n, smallest_p=test.smallest_p) if test else bare
        yield tested._replace(verdict=each.verdict.word) if each.verdict else tested


def across(comparison: Comparison) -> Iterator[Everywhere]:
    """Say what all data sets together show; nothing with one."""
    if found := comparison.across:
        tested = (found.friedman, found.friedman_p, found.iman_davenport, found.iman_davenport_p)
        yield Everywhere(len(found.datasets), *tested, found.critical_difference, found.refused)


def apart(comparison: Comparison) -> Iterator[Apart]:
    """List the pairs of rows that can be told from each other."""
    for better, worse in comparison.across.apart if comparison.across else ():
        yield Apart(better, worse)
