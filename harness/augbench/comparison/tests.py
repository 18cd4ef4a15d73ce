"""Two-sided tests of a difference over paired seeds, and the correction for many comparisons."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import sqrt
from typing import TYPE_CHECKING, Literal

from augbench.values import numbers
from augbench.values.evidence import Interval, Tested, Unit

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

TestName = Literal["sign-flip", "signed-rank", "paired-t", "corrected t"]

_EXACT_UP_TO = 32
"""Pairs of which all patterns of signs are counted: those of one half against those of the other, 2^16 each."""
_DRAWN = 2**16
"""Patterns that are drawn for more pairs."""

FEWEST = 3
"""Paired seeds below which nothing is claimed, whatever alpha."""
MOST = 64
"""Pairs beyond which nobody asks how many more a claim would take."""


def smallest_p(pairs: int) -> float:
    """Return the smallest p of the sign-flip and signed-rank tests: 2^(1 - pairs), or 1 / (B + 1) where patterns are drawn."""
    return min(1.0, 2.0 ** (1 - pairs)) if pairs <= _EXACT_UP_TO else 1 / (_DRAWN + 1)


def pairs_needed(alpha: float, comparisons: int, smallest: Callable[[int], float] = smallest_p) -> int:
    """Return how many pairs, at least three, let one of several comparisons pass Holm's first step, alpha / comparisons.

    ``smallest`` is the primary test's smallest p by the number of pairs; that no number up to 64 is enough is said as 64.
    """
    return next((pairs for pairs in range(FEWEST, MOST) if smallest(pairs) <= alpha / max(1, comparisons)), MOST)


def rounded(values: Sequence[float] | Numbers) -> Numbers:
    """Return float64 rounded to 12 digits, so that the noise of a sum's last bit makes no sign and breaks no tie."""
    import numpy as np

    return np.asarray(np.round(np.asarray(values, dtype=np.float64), 12), dtype=np.float64)


def sign_flip(differences: Sequence[float] | Numbers) -> float:
    """Return the p of the mean under random signs (Fisher 1935): exact up to 32 pairs, else (k + 1) / (B + 1), B = 65,536."""
    import numpy as np

    values = rounded(differences)
    # Sums of equal terms in another order differ in their last bits.
    observed = abs(float(values.sum())) - 1e-13 * float(np.abs(values).sum())
    if not observed > 0:
        return 1.0 if observed <= 0 else float("nan")
    if len(values) > _EXACT_UP_TO:
        return (_drawn_beyond(values, observed) + 1) / (_DRAWN + 1)
    # Sorted on both sides, for a search along memory is quicker.
    first, second = (np.sort(_signed_sums(half)) for half in (values[::2], values[1::2]))
    above = len(second) - np.searchsorted(second, observed - first)
    # Turning every sign of a pattern turns its sum: as many lie below.
    return float(2 * above.sum() / 2 ** len(values))


def _signed_sums(values: Numbers) -> Numbers:
    import numpy as np

    sums = np.zeros(1)
    for value in values:
        sums = np.concatenate([sums + value, sums - value])
    return sums


def _drawn_beyond(values: Numbers, observed: float) -> int:
    import numpy as np

    # A stream of our own leaves the global one alone and repeats.
    signs = np.random.default_rng(0).integers(0, 2, (_DRAWN, len(values)), dtype=np.int8)
    return int((np.abs(2 * (signs @ values) - values.sum()) >= observed).sum())


def signed_ranks(differences: Sequence[float] | Numbers) -> Numbers:
    """Return the ranks of the differences' sizes with their signs; zeros are dropped (Wilcoxon 1945), ties share a rank."""
    import numpy as np
    from scipy.stats import rankdata

    values = rounded(differences)
    values = values[values != 0]
    return np.asarray(np.sign(values) * rankdata(np.abs(values)), dtype=np.float64)


def signed_rank(differences: Sequence[float] | Numbers) -> float:
    """Return the p of Wilcoxon's signed-rank test, exact also with ties: random signs on the ranks."""
    return sign_flip(signed_ranks(differences))


def paired_t(differences: Sequence[float] | Numbers) -> tuple[float, float] | None:
    """Return t and p of Student's test (1908) of the mean; None with fewer than two or where all are equal and not 0.

    Equal differences show no spread to judge by: t would be infinite whatever their size.
    """
    return nadeau_bengio(differences, 0.0)


def nadeau_bengio(differences: Sequence[float] | Numbers, ratio: float) -> tuple[float, float] | None:
    """Return t and p of the corrected resampled t-test (Nadeau and Bengio 2003), or None as ``paired_t`` does.

    ``ratio`` is test images / training images of a fold.  Valid only where each fold is its own test set.
    """
    from scipy.stats import t as student

    values = rounded(differences)
    if len(values) < 2:
        return None
    if not values.any():
        return 0.0, 1.0
    if (values == values[0]).all():
        return None
    t = float(values.mean()) / _error(values, ratio)
    return t, float(2 * student.sf(abs(t), len(values) - 1))


def t_interval(differences: Sequence[float] | Numbers, level: float, ratio: float = 0.0) -> Interval | None:
    """Return Student's interval of the mean, with a ``ratio`` Nadeau and Bengio's; None with fewer than two differences.

    It has no width where all are equal.
    """
    from scipy.stats import t as student

    values = rounded(differences)
    if len(values) < 2:
        return None
    mean, half = float(values.mean()), float(student.isf((1 - level) / 2, len(values) - 1)) * _error(values, ratio)
    return Interval(low=mean - half, high=mean + half, level=level, method="corrected t over folds" if ratio else "t over seeds")


def _error(values: Numbers, ratio: float) -> float:
    # Folds share training images: the variance of their mean is (1 / n + ratio) sd^2, not sd^2 / n.
    return float(values.std(ddof=1)) * sqrt(1 / len(values) + ratio)


def tested(name: TestName, differences: Sequence[float] | Numbers, unit: Unit, ratio: float = 0.0) -> Tested | None:  # noqa: PT028 - no test of pytest
    """Do a test by name; None where it cannot judge.  ``ratio`` is read by the corrected t alone."""
    import numpy as np

    values = rounded(differences)
    if not len(values) or not np.isfinite(values).all():
        return None
    found = {"sign-flip": _sign_flipped, "signed-rank": _signed_ranked}.get(name)
    return found(values, unit) if found else _t_tested(name, values, unit, ratio if name == "corrected t" else 0.0)


def _sign_flipped(values: Numbers, unit: Unit) -> Tested:
    return _by_signs("sign-flip", sign_flip(values), float(values.mean()), len(values), unit)


def _signed_ranked(values: Numbers, unit: Unit) -> Tested:
    import numpy as np

    ranks = signed_ranks(values)
    smaller = min(float(np.abs(ranks[ranks * sign > 0]).sum()) for sign in (1, -1))
    return _by_signs("signed-rank", sign_flip(ranks), smaller, len(values), unit)


def _by_signs(name: TestName, p: float, statistic: float, n: int, unit: Unit) -> Tested:
    method = "exact" if n <= _EXACT_UP_TO else f"{_DRAWN:,} patterns of signs"
    return Tested(name=name, p=p, statistic=statistic, method=method, n=n, unit=unit, smallest_p=smallest_p(n))


def _t_tested(name: TestName, values: Numbers, unit: Unit, ratio: float) -> Tested | None:
    found = nadeau_bengio(values, ratio)
    if found is None:
        return None
    method = f"Student's t, {numbers.many(len(values) - 1, 'degree')} of freedom"
    return Tested(name=name, p=found[1], statistic=found[0], method=method, n=len(values), unit=unit, smallest_p=0.0)


def holm(p_values: Sequence[float | None], family: int | None = None) -> tuple[float | None, ...]:
    """Adjust p-values by Holm's step-down method (1979): monotone, at most 1, absent ones left out.

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
