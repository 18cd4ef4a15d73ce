"""Tests that need no law of the differences: if nothing differs, each might as well have the other sign."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from augbench import PairedTest, evidence, statistics

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, kw_only=True)
class SignFlip(PairedTest):
    """The mean difference among those under all patterns of signs (Fisher 1935): exact up to 32 pairs."""

    def test(self, differences: NDArray[np.float64]) -> evidence.Tested | None:
        """Count the patterns whose mean is at least as far from 0."""
        return statistics.tested("sign-flip", differences, "seed")

    def smallest_p(self, pairs: int) -> float:
        """Return 2^(1 - pairs) where it is exact."""
        return statistics.smallest_p(pairs)


@dataclass(frozen=True, kw_only=True)
class SignedRank(PairedTest):
    """The same for the ranks of the differences' sizes: one large difference weighs less (Wilcoxon 1945).

    Differences of 0 are dropped, ties share a rank; p is exact with both.
    """

    def test(self, differences: NDArray[np.float64]) -> evidence.Tested | None:
        """Count the patterns of signs whose rank sums are at least as unequal."""
        return statistics.tested("signed-rank", differences, "seed")

    def smallest_p(self, pairs: int) -> float:
        """Return 2^(1 - pairs) where it is exact."""
        return statistics.smallest_p(pairs)
