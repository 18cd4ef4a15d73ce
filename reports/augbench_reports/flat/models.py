"""What every row's models do: confusions, calibration, where their spread comes from, what they gain for what they take."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from augbench import Comparison, comparing, evidence


class Confused(NamedTuple):
    """Test images of one class that were taken for another or for what they are, over a row's finished trials."""

    dataset: str
    row: str
    label: str
    true: str
    predicted: str
    n: int
    share: float
    share_against_control: float | None


class Calibrated(NamedTuple):
    """Whether a row's probabilities mean what they say."""

    dataset: str
    row: str
    label: str
    ece: float
    brier: float
    log_loss: float
    temperature: float


class Bin(NamedTuple):
    """Test images by the probability of the predicted class."""

    dataset: str
    row: str
    label: str
    low: float
    high: float
    n: int
    confidence: float
    accuracy: float


class Variance(NamedTuple):
    """Variances of a row's mean, by where they come from."""

    dataset: str
    row: str
    label: str
    seeds: float
    images: float
    folds: float | None


class Benefit(NamedTuple):
    """What a row gains over the control, and what it takes more."""

    dataset: str
    row: str
    label: str
    gain: float
    seconds: float | None
    images: float | None
    undominated: bool


def confusions(comparison: Comparison) -> Iterator[Confused]:
    """List every pair of classes of every row."""
    for column in comparison.columns:
        names = [each.name for each in column.classes]
        for row in column.rows:
            if row.confusion:
                yield from _confused((column.name, row.name, row.label), names, row.confusion)


def _confused(named: tuple[str, str, str], names: list[str], found: evidence.Confusion) -> Iterator[Confused]:
    for true, line in enumerate(found.counts):
        for predicted, count in enumerate(line):
            against = found.against[true][predicted] if found.against else None
            yield Confused(*named, names[true], names[predicted], count, found.shares[true][predicted], against)


def _rows(comparison: Comparison) -> Iterator[tuple[tuple[str, str, str], comparing.RowComparison]]:
    """Return each row after its data set, name and label."""
    for column in comparison.columns:
        yield from (((column.name, row.name, row.label), row) for row in column.rows)


def calibrations(comparison: Comparison) -> Iterator[Calibrated]:
    """List the calibration of every row."""
    for named, row in _rows(comparison):
        if found := row.calibration:
            yield Calibrated(*named, found.ece, found.brier, found.log_loss, found.temperature)


def bins(comparison: Comparison) -> Iterator[Bin]:
    """List the bins of every row's calibration."""
    for named, row in _rows(comparison):
        for each in row.calibration.bins if row.calibration else ():
            yield Bin(*named, each.low, each.high, each.n, each.confidence, each.accuracy)


def variances(comparison: Comparison) -> Iterator[Variance]:
    """List where the spread of every row comes from."""
    for named, row in _rows(comparison):
        if found := row.variance:
            yield Variance(*named, found.seeds, found.images, found.folds)


def benefits(comparison: Comparison) -> Iterator[Benefit]:
    """List what every row gains and takes."""
    for named, row in _rows(comparison):
        if found := row.benefit:
            yield Benefit(*named, found.gain, found.seconds, found.images, found.undominated)
