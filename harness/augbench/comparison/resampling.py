"""What other test images would have given: metrics of all trials under the same resamples, as products of matrices."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from augbench.comparison.counting import Classes, CountMetric, Indices, Values

    Weights = NDArray[np.float32]
    """Counts of images, which float32 holds exactly up to 2^24: sums hang on neither order nor threads."""

Metric = Callable[["Indices", "Values"], float]
"""Any other metric: (labels [n], probabilities [n, K]) -> value."""

_NUMBERS = 10_000_000
"""In a working matrix, at most: 40 MB each, and about 200 MB in all beside the result, however many images and trials there are."""
_REPLICATES, _TRIALS = 1000, 512
"""At a time, at most: enough for BLAS to be at its best."""
_DRAWN = 2**16
"""Images that one random stream draws: many resamples of a small test set, one of a large one."""
_IN_CACHE = 2**17
"""Numbers that a metric is handed at a time."""


def seed_of(ids: Sequence[str], seed: int = 0) -> int:
    """Derive the key of random streams from a test set: its resamples are the same whatever is compared on it."""
    return int.from_bytes(sha256("\0".join((str(seed), *ids)).encode("utf-8", "surrogatepass")).digest()[:16])


def stream(seed: int, place: int, purpose: int = 0) -> np.random.Generator:
    """Return one of many independent random streams: a counter tells them apart, so that none hangs on another."""
    import numpy as np

    return np.random.Generator(np.random.Philox(key=seed, counter=[0, 0, purpose, place]))


def replicated(
    labels: Classes, predicted: Classes, classes: int, metrics: Mapping[str, CountMetric], *, replicates: int, seed: int
) -> dict[str, Values]:
    """Compute metrics of all trials, each by its name as [B, T], under B resamples of the images that all trials share.

    ``predicted`` is [T, N], of the N images that ``labels`` has.  N images are drawn with replacement from the whole test set; what a
    class counts that a resample lacks is the metric's to say.  A replicate is the same whatever other trials and replicates there are.
    """
    import numpy as np

    values = {name: np.empty((replicates, len(predicted))) for name in metrics}
    for counts in resampled(labels, predicted, classes, replicates=replicates, seed=seed):
        for name, metric in metrics.items():
            values[name][counts.replicates, counts.trials] = metric(counts.true_positives, counts.predicted, counts.actual)
    return values


def generically(labels: Indices, probabilities: Sequence[Values], metric: Metric, *, replicates: int, seed: int) -> Values:
    """Compute a metric that is no function of counts, [B, T], under the same resamples: one call for each and each trial."""
    import numpy as np

    values = np.empty((replicates, len(probabilities)))
    for place, drawn in enumerate(_each_drawn(seed, len(labels), replicates)):
        values[place] = [metric(labels[drawn], each[drawn]) for each in probabilities]
    return values


@dataclass(frozen=True, kw_only=True, eq=False)
class Counts:
    """Images by class, of some replicates and some trials: [b, t, K] each."""

    replicates: slice
    trials: slice
    true_positives: Values
    predicted: Values
    actual: Values


def resampled(labels: Classes, predicted: Classes, classes: int, *, replicates: int, seed: int) -> Iterator[Counts]:
    """Count images by class in each resample and trial, in portions that fit the processor's cache."""
    images = _ByClass(labels, classes)
    columns = images.arrange(predicted)
    block, most = _block(len(labels)), _NUMBERS // len(labels)
    for chunk in _slices(replicates, block * max(1, min(_REPLICATES, most) // block)):
        weights = images.weights(seed, chunk)
        actual = images.actual(weights)
        for trials in _slices(len(predicted), min(_TRIALS, most)):
            hits, calls = images.count(weights, columns[trials])
            yield from _portions(chunk, trials, hits, calls, actual)


class _ByClass:
    """A test set whose images lie in the order of their classes, so that each class is a range."""

    def __init__(self, labels: Classes, classes: int) -> None:
        import numpy as np

        self._order = np.argsort(labels, kind="stable")
        ends = np.cumsum(np.bincount(labels, minlength=classes)).tolist()
        self._ranges = [slice(start, end) for start, end in zip([0, *ends], ends, strict=False)]

    @cached_property
    def _places(self) -> Indices:
        """Return where each image lies."""
        import numpy as np

        return np.argsort(self._order)

    def arrange(self, predicted: Classes) -> Classes:
        """Put predictions [T, N] in order, in the smallest type: they are read once for each class."""
        import numpy as np

        return np.asarray(predicted).astype(np.min_scalar_type(len(self._ranges)))[:, self._order]

    def weights(self, seed: int, replicates: slice) -> Weights:
        """Count how often each replicate has each image [b, N]; images are drawn by their own place, so that classes do not matter."""
        import numpy as np

        images, block = len(self._places), _block(len(self._places))
        weights = np.empty((replicates.stop - replicates.start, images), np.float32)
        for rows in _slices(len(weights), block):
            drawn = self._places[_drawn(seed, images, (replicates.start + rows.start) // block)[: rows.stop - rows.start]]
            drawn += images * np.arange(len(drawn))[:, None]
            weights[rows] = np.bincount(drawn.ravel(), minlength=drawn.size).reshape(drawn.shape)
        return weights

    def actual(self, weights: Weights) -> Values:
        """Return the images of each class [K, b]."""
        import numpy as np

        return np.stack([weights[:, images].sum(axis=1, dtype=np.float64) for images in self._ranges])

    def count(self, weights: Weights, predicted: Classes) -> tuple[Weights, Weights]:
        """Return true positives and predictions of each class [K, b, t].

        Predictions of a class are its true positives and those outside its range, so that no image is counted twice; those of the
        smallest class are what the others leave.
        """
        import numpy as np

        shape = (len(self._ranges), len(weights), len(predicted))
        hits, calls = np.empty(shape, np.float32), np.empty(shape, np.float32)
        smallest = int(np.argmin([images.stop - images.start for images in self._ranges]))
        calls[smallest] = weights.shape[1]
        for one, images in enumerate(self._ranges):
            if one == smallest:
                hits[one] = weights[:, images] @ (predicted[:, images] == one).astype(np.float32).T
                continue
            named = (predicted == one).astype(np.float32).T
            np.matmul(weights[:, images], named[images], out=hits[one])
            before, after = slice(images.start), slice(images.stop, None)
            calls[one] = hits[one] + weights[:, before] @ named[before] + weights[:, after] @ named[after]
            calls[smallest] -= calls[one]
        return hits, calls


def _portions(chunk: slice, trials: slice, hits: Weights, calls: Weights, actual: Values) -> Iterator[Counts]:
    """Hand on counts with classes last, as views: numpy works along the axes that lie close together in memory."""
    import numpy as np

    classes, replicates, width = hits.shape
    for part in _slices(replicates, _IN_CACHE // (classes * width)):
        present = np.broadcast_to(actual[:, part, None], (classes, part.stop - part.start, width))
        yield Counts(
            replicates=slice(chunk.start + part.start, chunk.start + part.stop),
            trials=trials,
            true_positives=np.moveaxis(hits[:, part].astype(np.float64), 0, -1),
            predicted=np.moveaxis(calls[:, part].astype(np.float64), 0, -1),
            actual=np.moveaxis(present, 0, -1),
        )


def _block(images: int) -> int:
    """Return how many resamples one random stream draws."""
    return max(1, _DRAWN // images)


def _drawn(seed: int, images: int, block: int) -> Indices:
    """Draw the resamples of a block, [b, N]."""
    return stream(seed, block).integers(0, images, (_block(images), images))


def _each_drawn(seed: int, images: int, replicates: int) -> Iterator[Indices]:
    for part in _slices(replicates, _block(images)):
        yield from _drawn(seed, images, part.start // _block(images))[: part.stop - part.start]


def _slices(total: int, size: int) -> Iterator[slice]:
    for start in range(0, total, max(1, size)):
        yield slice(start, min(total, start + max(1, size)))
