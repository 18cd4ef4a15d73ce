"""Whether two trained models differ in a metric: predictions are swapped between them, image by image."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import comb, prod
from typing import TYPE_CHECKING

from augbench.comparison.counting import counted
from augbench.comparison.resampling import stream
from augbench.values.evidence import Tested

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from augbench.comparison.counting import Classes, CountMetric, Indices, Values

_EXACT_UP_TO = 2**14
"""Patterns of swaps that are enumerated; with more, as many are drawn as is asked for."""
_NUMBERS = 4_000_000
"""Swaps that are drawn at a time, at most: 32 MB."""
_AT_ONCE = 256
"""Replicates of one product: so little work that BLAS does not share it out, for which other threads would be waited for."""
_SWAPS = 2
"""Purpose of the stream that swaps are drawn from."""


def permutation_test(
    labels: Classes, first: Classes, second: Classes, classes: int, metric: CountMetric, *, replicates: int = 10_000, seed: int
) -> Tested:
    """Test the difference in a metric of ``first`` and ``second``, [F, N]: F models each, whose metric is averaged.

    Were they the same, the predictions of an image could as well be the other's: swapping them in all F at once changes nothing that
    matters.  Images that all models of both sides agree on move nothing; others with equal labels and predictions are swapped as one
    group, Binomial(n, 1/2) of them.  Exact where few patterns can come out, else p = (k + 1) / (B + 1).
    """
    pair = _Pair(labels, first, second, classes, metric)
    groups = pair.groups
    observed = float(pair.difference(groups.kept[None])[0])
    if exact := groups.patterns <= _EXACT_UP_TO:
        p, smallest = _enumerated(pair, abs(observed))
    else:
        p, smallest = _drawn(pair, abs(observed), replicates, seed)
    return Tested(
        name="permutation",
        p=min(1.0, p),
        statistic=observed,
        method="exact" if exact else f"{replicates:,} permutations",
        n=len(labels),
        unit="image",
        smallest_p=min(1.0, smallest),
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class _Groups:
    """Images on which the sides differ, by label and predictions, whichever side has which."""

    sizes: Indices
    """[G]"""
    kept: Indices
    """How many of them have their predictions on the side on which the group's first image has them, [G]."""
    firsts: Indices
    """Each group's first image, [G]: groups are in its order, so that the names of classes and sides do not matter."""

    @property
    def patterns(self) -> int:
        """Return how many different outcomes swapping has."""
        return prod(int(size) + 1 for size in self.sizes)

    def enumerate(self) -> tuple[Indices, Values]:
        """Return all numbers of images kept, [patterns, G], and the chance of each."""
        import numpy as np

        shape = tuple(int(size) + 1 for size in self.sizes)
        patterns = np.stack(np.unravel_index(np.arange(prod(shape)), shape), axis=1) if shape else np.zeros((1, 0), np.int64)
        chances = np.ones(len(patterns))
        for size, kept in zip(self.sizes.tolist(), patterns.T, strict=True):
            chances *= np.array([comb(size, each) / 2**size for each in range(size + 1)])[kept]
        return patterns, chances

    def draw(self, replicates: int, seed: int) -> Iterator[Values]:
        """Draw numbers of images kept, [b, G], until there are enough."""
        import numpy as np

        rng, most = stream(seed, 0, purpose=_SWAPS), max(1, _NUMBERS // len(self.sizes))
        alike = [np.flatnonzero(self.sizes == size) for size in np.unique(self.sizes)]
        for start in range(0, replicates, most):
            kept = np.empty((min(most, replicates - start), len(self.sizes)))
            for groups in alike:
                kept[:, groups] = _binomial(rng, int(self.sizes[groups[0]]), (len(kept), len(groups)))
            yield kept


def _binomial(rng: np.random.Generator, size: int, shape: tuple[int, int]) -> Indices | NDArray[np.uint8]:
    import numpy as np

    if size > 1:
        return rng.binomial(size, 0.5, shape)
    # Many groups are a single image, and eight of those share a random byte.
    coins = np.frombuffer(rng.bytes(-(-prod(shape) // 8)), np.uint8)
    return np.unpackbits(coins, count=prod(shape)).reshape(shape)


class _Pair:
    """Two sides of F models each, as counts that are linear in the numbers of images kept."""

    def __init__(self, labels: Classes, first: Classes, second: Classes, classes: int, metric: CountMetric) -> None:
        import numpy as np

        self.groups, self._metric = _grouped(labels, first, second), metric
        images = self.groups.firsts
        here, there = first[:, images], second[:, images]
        self._moves = _marks(labels[images], here, classes) - _marks(labels[images], there, classes)
        own, other = (counted(labels, side, classes) for side in (first, second))
        self._actual = own[2].astype(np.float64)
        self._total = np.stack(own[:2]) + np.stack(other[:2]).astype(np.float64)
        self._none_kept = np.stack(own[:2]) - (self.groups.kept @ self._moves).reshape(self._total.shape)

    def difference(self, kept: Indices | Values) -> Values:
        """Return first minus second, [b], when of each group so many images are kept, [b, G]."""
        import numpy as np

        moved = np.concatenate([kept[start : start + _AT_ONCE] @ self._moves for start in range(0, len(kept), _AT_ONCE)])
        own = self._none_kept + moved.reshape(len(kept), *self._total.shape)
        first, second = (self._metric(side[:, 0], side[:, 1], self._actual).mean(axis=1) for side in (own, self._total - own))
        # Rounded, so that a sum's last bit breaks no tie.
        return np.asarray(np.round(first - second, 12))


def _enumerated(pair: _Pair, observed: float) -> tuple[float, float]:
    """Return p and the smallest p that these images can give."""
    import numpy as np

    patterns, chances = pair.groups.enumerate()
    sizes = np.abs(pair.difference(patterns))
    return float(chances[~(sizes < observed)].sum()), float(chances[sizes == sizes.max()].sum())


def _drawn(pair: _Pair, observed: float, replicates: int, seed: int) -> tuple[float, float]:
    import numpy as np

    reached = sum(int((~(np.abs(pair.difference(kept)) < observed)).sum()) for kept in pair.groups.draw(replicates, seed))
    return (reached + 1) / (replicates + 1), 1 / (replicates + 1)


def _marks(labels: Classes, predicted: Classes, classes: int) -> Values:
    """Return what one image of each group adds to the true positives and predictions of each model and class, [G, 2 F K]."""
    import numpy as np

    calls = predicted.T[:, :, None] == np.arange(classes)
    hits = calls & (labels[:, None] == predicted.T)[:, :, None]
    return np.stack([hits, calls], axis=1).astype(np.float64).reshape(len(labels), 2 * len(predicted) * classes)


def _grouped(labels: Classes, first: Classes, second: Classes) -> _Groups:
    import numpy as np

    images = np.flatnonzero((first != second).any(axis=0))
    here, there = first[:, images].T, second[:, images].T
    where = np.argmax(here != there, axis=1)[:, None]
    turned = np.take_along_axis(here, where, 1)[:, 0] > np.take_along_axis(there, where, 1)[:, 0]
    low, high = (np.where(turned[:, None], *sides) for sides in ((there, here), (here, there)))
    rows = np.concatenate([labels[images, None], low, high], axis=1)
    _, firsts, groups = np.unique(rows, axis=0, return_index=True, return_inverse=True)
    order = np.argsort(firsts)
    firsts, groups = firsts[order], np.argsort(order)[groups.reshape(-1)]
    return _Groups(
        sizes=np.bincount(groups, minlength=len(firsts)),
        kept=np.bincount(groups[turned == turned[firsts][groups]], minlength=len(firsts)),
        firsts=images[firsts],
    )
