"""The permutation test of a metric that counts by class are not enough for: whole rows of probabilities are swapped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from statistics import fmean
from typing import TYPE_CHECKING

from augbench.comparison.resampling import stream
from augbench.comparison.scoring import Measure
from augbench.values.evidence import Tested
from augbench.values.results import Predictions

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ONE_BY_ONE = 999
"""Permutations: each takes two calls a model."""
_SWAPS = 3
"""Purpose of the stream that swaps are drawn from."""


def swapped_test(first: Sequence[Predictions], second: Sequence[Predictions], measure: Measure, *, seed: int) -> Tested:
    """Test the difference in a metric's mean over F models of each side; an image is swapped in all of them together."""
    rng, observed = stream(seed, 0, purpose=_SWAPS), _difference(first, second, measure)
    images = len(first[0].labels)
    reached = 0
    for _ in range(ONE_BY_ONE):
        turned = rng.random(images) < 0.5
        pairs = [_swapped(one, other, turned) for one, other in zip(first, second, strict=True)]
        found = _difference([one for one, _ in pairs], [other for _, other in pairs], measure)
        reached += abs(found) >= abs(observed)
    return Tested(
        name="permutation",
        p=(reached + 1) / (ONE_BY_ONE + 1),
        statistic=observed,
        method=f"{ONE_BY_ONE} permutations",
        n=images,
        unit="image",
        smallest_p=1 / (ONE_BY_ONE + 1),
    )


def _difference(first: Sequence[Predictions], second: Sequence[Predictions], measure: Measure) -> float:
    # Rounded, so that a sum's last bit breaks no tie.
    return round(fmean(map(measure, first)) - fmean(map(measure, second)), 12)


def _swapped(one: Predictions, other: Predictions, turned: NDArray[np.bool_]) -> tuple[Predictions, Predictions]:
    import numpy as np

    sides = (one.probabilities, other.probabilities)
    first, second = (np.where(turned[:, None], *pair) for pair in (sides[::-1], sides))
    return replace(one, probabilities=first), replace(other, probabilities=second)
