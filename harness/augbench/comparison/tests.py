"""Tests of a difference over few seeds, the published per-image test, and the correction for many comparisons."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

_EXACT_UP_TO = 2**16
"""Sign patterns that are enumerated; with more, as many are drawn."""


FEWEST = 3
"""Paired seeds below which nothing is claimed, whatever alpha."""


def smallest_p(pairs: int) -> float:
    """Return the smallest two-sided p of the sign-flip and signed-rank tests: 2^(1 - pairs)."""
    return min(1.0, 2.0 ** (1 - pairs))


def pairs_needed(alpha: float, comparisons: int) -> int:
    """Return how many pairs, at least three, let one of several comparisons pass Holm's first step, alpha / comparisons."""
    pairs = FEWEST
    while smallest_p(pairs) > alpha / max(1, comparisons):
        pairs += 1
    return pairs


def sign_flip(differences: Sequence[float] | Numbers) -> float:
    """Return the two-sided p of the mean under random signs: exact up to 16 pairs, else (k + 1) / (B + 1), B = 65,536.

    Differences are rounded to 12 digits first, so that rounding noise breaks no tie.
    """
    import numpy as np
    from scipy.stats import permutation_test

    def mean(values: Any, axis: int) -> Any:
        return np.mean(values, axis=axis)

    values = np.round(np.asarray(differences, dtype=np.float64), 12)
    if len(values) < 2:
        return 1.0  # either sign is as likely; SciPy refuses a single one
    # The global stream is SciPy's default; a stream of our own leaves it alone and repeats.
    test = permutation_test(
        (values,),
        mean,
        permutation_type="samples",
        vectorized=True,
        n_resamples=_EXACT_UP_TO,
        batch=4096,
        random_state=np.random.default_rng(0),
    )
    return min(1.0, float(test.pvalue))


def signed_ranks(differences: Sequence[float] | Numbers) -> Numbers:
    """Return the ranks of the differences' sizes with their signs; zeros are dropped (Wilcoxon), ties share a rank."""
    import numpy as np
    from scipy.stats import rankdata

    values = np.round(np.asarray(differences, dtype=np.float64), 12)
    values = values[values != 0]
    return np.asarray(np.sign(values) * rankdata(np.abs(values)), dtype=np.float64)


def signed_rank(differences: Sequence[float] | Numbers) -> float:
    """Return the two-sided p of Wilcoxon's signed-rank test, exact also with ties: random signs on the ranks."""
    ranks = signed_ranks(differences)
    return sign_flip(ranks)


def rank_sum(first: Numbers, second: Numbers) -> tuple[float, float]:
    """Return z and the two-sided p of the rank-sum test as the paper's protocol has it (scipy.stats.ranksums).

    Asymptotic, without correction for ties or continuity; positive z: ``first`` is larger.
    """
    import numpy as np
    from scipy.stats import ranksums

    # In float16 and float32 ranks of thousands of images are no longer exact.
    result = ranksums(np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64))
    return float(result.statistic), float(result.pvalue)


def a12(first: Numbers, second: Numbers) -> float:
    """Return the share of pairs in which ``first`` is larger, ties counting half (Vargha and Delaney 2000)."""
    import numpy as np
    from scipy.stats import rankdata

    n, m = len(first), len(second)
    ranks = rankdata(np.concatenate([np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)]))
    return float((ranks[:n].sum() - n * (n + 1) / 2) / (n * m))


def holm(p_values: Sequence[float | None], family: int | None = None) -> tuple[float | None, ...]:
    """Adjust p-values by Holm's step-down method: monotone, at most 1, absent ones left out.

    ``family`` may count comparisons whose p is not known yet: they stand behind all others.
    """
    known = sorted((p, index) for index, p in enumerate(p_values) if p is not None and p == p)
    size = max(len(known), family or 0)
    adjusted: list[float | None] = [None] * len(p_values)
    highest = 0.0
    for rank, (p, index) in enumerate(known):
        highest = max(highest, min(1.0, (size - rank) * p))
        adjusted[index] = highest
    return tuple(adjusted)
