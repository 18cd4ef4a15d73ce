"""Tests of two trained models image by image: they tell these models apart, never the methods."""

from __future__ import annotations

from dataclasses import dataclass
from math import erfc, log, sqrt
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class McNemar:
    """McNemar's test (1947) on which of two models are right."""

    only_first: int
    """Images that the first model alone has right."""
    only_second: int
    p: float
    """Exact and two-sided: conservative."""
    mid_p: float
    """Counts half of the chance of what was seen (Fagerland, Lydersen and Laake 2013): closer to the nominal level."""


def mcnemar(first_right: Any, second_right: Any) -> McNemar:
    """Test whether each of two models is as often right where the other is wrong; images in the same order."""
    import numpy as np
    from scipy.stats import binom

    first, second = np.asarray(first_right, dtype=bool), np.asarray(second_right, dtype=bool)
    alone, other = int((first & ~second).sum()), int((second & ~first).sum())
    fewer, either = min(alone, other), alone + other
    tail = 2 * float(binom.cdf(fewer, either, 0.5))
    seen = float(binom.pmf(fewer, either, 0.5))
    return McNemar(only_first=alone, only_second=other, p=min(1.0, tail), mid_p=min(1.0, tail - seen))


def rank_sum(first: Numbers, second: Numbers) -> tuple[float, float]:
    """Return z and p of the rank-sum test as the paper's protocol has it, ``scipy.stats.ranksums``; positive z: ``first`` is larger."""
    return asymptotic(a12(first, second), len(first), len(second))


def asymptotic(share: float, n: int, m: int) -> tuple[float, float]:
    """Return z and p of the rank-sum test of n and m values from their A12: without correction for ties or continuity."""
    # The rank sum of the first is n (n + 1) / 2 + n m A12.
    z = (share - 0.5) * sqrt(12 * n * m / (n + m + 1))
    return z, erfc(abs(z) / sqrt(2))


def log10_p(z: float) -> float:
    """Return log10 of the two-sided p of a normal z, also where p itself underflows (beyond 38 standard deviations)."""
    from scipy.stats import norm

    return (log(2) + float(norm.logsf(abs(z)))) / log(10)


def tied(first: Numbers, second: Numbers) -> float:
    """Return the share of all values that are equal to another one, of either model."""
    import numpy as np

    _, counts = np.unique(np.concatenate([np.asarray(each, dtype=np.float64) for each in (first, second)]), return_counts=True)
    return float(counts[counts > 1].sum() / max(1, counts.sum()))


def a12(first: Numbers, second: Numbers) -> float:
    """Return the share of pairs in which ``first`` is larger, ties counting half (Vargha and Delaney 2000)."""
    import numpy as np
    from scipy.stats import rankdata

    n, m = len(first), len(second)
    ranks = rankdata(np.concatenate([np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)]))
    return float((ranks[:n].sum() - n * (n + 1) / 2) / (n * m))
