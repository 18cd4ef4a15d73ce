"""What a test set of other images would have given: metrics of all trials under the same resamples, as products of matrices."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Classes = NDArray[np.integer]
    """Of images, as indices below K."""
    Values = NDArray[np.float64]
    Weights = NDArray[np.float32]
    """How often each replicate has each image; float32 is exact up to 2^24."""

CountMetric = Callable[["Values", "Values", "Values"], "Values"]
"""A metric of counts: (true positives [..., K], predicted [..., K], actual [..., K]) -> [...]."""
Metric = Callable[["NDArray[np.int64]", "Values"], float]
"""Any other metric: (labels [n], probabilities [n, K]) -> value."""

_NUMBERS = 10_000_000
"""In one working matrix: 40 MB of float32, and so about 200 MB beside the result, however many images and trials there are."""
_REPLICATES, _TRIALS = 1000, 256
"""At a time, at most: enough for BLAS to be at its best."""
_IN_CACHE = 2**17
"""Numbers that a metric is handed at a time."""


def seed_of(ids: Sequence[str], seed: int = 0) -> int:
    """Derive a key of random streams from a test set, so that its resamples are the same whoever is compared on it."""
    return int.from_bytes(sha256("\0".join((str(seed), *ids)).encode("utf-8", "surrogatepass")).digest()[:16])


def stream(seed: int, replicate: int, purpose: int = 0) -> np.random.Generator:
    """Return the random stream of one replicate: counter-based, so that no replicate hangs on another."""
    import numpy as np

    return np.random.Generator(np.random.Philox(key=seed, counter=[0, 0, purpose, replicate]))


@dataclass(frozen=True, kw_only=True)
class Counts:
    """Images by class, of some replicates (the first axis) and some trials (the second)."""

    replicates: slice
    trials: slice
    true_positives: Values
    """[b, t, K]"""
    predicted: Values
    actual: Values


def replicated(
    labels: Classes, predicted: Classes, classes: int, metrics: Mapping[str, CountMetric], *, replicates: int, seed: int
) -> dict[str, Values]:
    """Compute metrics of all trials, each by its name as [B, T], under B resamples of the images that all trials share.

    ``predicted`` is [T, N], of the N images that ``labels`` has.  Images are drawn with replacement from the whole test set; a class that
    is absent from a resample counts as the metric has it.  A replicate is the same whatever trials there are, in whatever order.
    """
    import numpy as np

    values = {name: np.empty((replicates, len(predicted))) for name in metrics}
    for counts in resampled(labels, predicted, classes, replicates=replicates, seed=seed):
        for name, metric in metrics.items():
            values[name][counts.replicates, counts.trials] = metric(counts.true_positives, counts.predicted, counts.actual)
    return values


def resampled(labels: Classes, predicted: Classes, classes: int, *, replicates: int, seed: int) -> Iterator[Counts]:
    """Count images by class in each resample and trial, in portions that fit the processor's cache."""
    images = _ByClass(labels, classes)
    sorted_predictions = images.sort(predicted)
    for chunk in _slices(replicates, min(_REPLICATES, _NUMBERS // len(labels))):
        weights = images.weights(seed, chunk)
        for trials in _slices(len(predicted), min(_TRIALS, _NUMBERS // len(labels))):
            hits, calls = images.count(weights, sorted_predictions[trials])
            yield from _portions(chunk, trials, hits, calls, images.actual(weights))


def generically(labels: NDArray[np.int64], probabilities: Sequence[Values], metric: Metric, *, replicates: int, seed: int) -> Values:
    """Compute a metric that is no function of counts, [B, T], under the first B of the same resamples, one call for each."""
    import numpy as np

    values = np.empty((replicates, len(probabilities)))
    for replicate in range(replicates):
        drawn = draw(seed, replicate, len(labels))
        for trial, each in enumerate(probabilities):
            values[replicate, trial] = metric(labels[drawn], each[drawn])
    return values


def draw(seed: int, replicate: int, images: int) -> NDArray[np.int64]:
    """Draw as many images as there are, with replacement."""
    return stream(seed, replicate).integers(0, images, images)


class _ByClass:
    """A test set whose images lie in the order of their classes, so that each class is a range."""

    def __init__(self, labels: Classes, classes: int) -> None:
        import numpy as np

        self.order = np.argsort(labels, kind="stable")
        ends = np.cumsum(np.bincount(labels, minlength=classes))
        self.ranges = [slice(int(start), int(end)) for start, end in zip(np.r_[0, ends], ends, strict=False)]
        self.classes = classes

    @cached_property
    def place(self) -> NDArray[np.int64]:
        """Return where each image went."""
        import numpy as np

        return np.argsort(self.order)

    def sort(self, predicted: Classes) -> Classes:
        """Return predictions [T, N] in the order of classes, in the smallest type: they are read once for each class."""
        import numpy as np

        return np.asarray(predicted).astype(np.min_scalar_type(self.classes))[:, self.order]

    def weights(self, seed: int, replicates: slice) -> Weights:
        """Count how often each image is drawn: images are drawn by their own place, so that classes do not matter."""
        import numpy as np

        images = len(self.order)
        weights = np.empty((replicates.stop - replicates.start, images), np.float32)
        for row, replicate in zip(weights, range(replicates.start, replicates.stop), strict=True):
            row[:] = np.bincount(self.place[draw(seed, replicate, images)], minlength=images)
        return weights

    def actual(self, weights: Weights) -> Values:
        """Return the images of each class [K, b]."""
        import numpy as np

        return np.stack([weights[:, images].sum(axis=1, dtype=np.float64) for images in self.ranges])

    def count(self, weights: Weights, predicted: Classes) -> tuple[Weights, Weights]:
        """Return true positives and predictions of each class [K, b, t].

        A class's predictions are its true positives and those outside its own range, so that neither is counted twice; those of the
        smallest class are what all others leave.
        """
        import numpy as np

        shape = (self.classes, len(weights), len(predicted))
        hits, calls = np.empty(shape, np.float32), np.empty(shape, np.float32)
        smallest = min(range(self.classes), key=lambda one: self.ranges[one].stop - self.ranges[one].start)
        left = np.full(shape[1:], weights.shape[1], np.float32)
        for one, images in enumerate(self.ranges):
            np.matmul(weights[:, images], (predicted[:, images] == one).T.astype(np.float32), out=hits[one])
        for one in set(range(self.classes)) - {smallest}:
            named = np.equal(predicted, one).astype(np.float32)
            calls[one] = hits[one]
            for others in (slice(0, self.ranges[one].start), slice(self.ranges[one].stop, None)):
                calls[one] += weights[:, others] @ named[:, others].T
            left -= calls[one]
        calls[smallest] = left
        return hits, calls


def _portions(chunk: slice, trials: slice, hits: Weights, calls: Weights, actual: Values) -> Iterator[Counts]:
    """Hand on counts with their classes last, as views: numpy computes along the axes that lie close together in memory."""
    import numpy as np

    classes, replicates, width = hits.shape
    for part in _slices(replicates, _IN_CACHE // (classes * width)):
        shape = (classes, part.stop - part.start, width)
        yield Counts(
            replicates=slice(chunk.start + part.start, chunk.start + part.stop),
            trials=trials,
            true_positives=np.moveaxis(hits[:, part].astype(np.float64), 0, -1),
            predicted=np.moveaxis(calls[:, part].astype(np.float64), 0, -1),
            actual=np.moveaxis(np.broadcast_to(actual[:, part, None], shape), 0, -1),
        )


def _slices(total: int, size: int) -> Iterator[slice]:
    for start in range(0, total, max(1, size)):
        yield slice(start, min(total, start + max(1, size)))
