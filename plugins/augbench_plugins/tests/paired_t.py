"""Student's test of paired differences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from augbench import PairedTest, evidence, statistics

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, kw_only=True)
class PairedT(PairedTest):
    """Mean over standard error of the differences (Student 1908): takes them for normal, and needs fewer seeds for it."""

    def test(self, differences: NDArray[np.float64]) -> evidence.Tested | None:
        """Compare with Student's law; None where there are fewer than two, or all are equal and not 0."""
        return statistics.tested("paired-t", differences, "seed")

    def smallest_p(self, pairs: int) -> float:
        """Return 0: from two pairs on, any p can come out."""
        return 0.0 if pairs > 1 else 1.0
