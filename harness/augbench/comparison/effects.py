"""How large a difference over seeds is, whatever the number of seeds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from augbench.comparison.per_image import a12
from augbench.comparison.tests import rounded, signed_ranks
from augbench.values.evidence import Effects

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]


def effects(row: Sequence[float] | Numbers, control: Sequence[float] | Numbers, differences: Sequence[float] | Numbers) -> Effects:
    """Measure a row against the control: scores of all seeds of each, and the differences of the seeds that pair."""
    above = a12(rounded(row), rounded(control))
    return Effects(
        a12=above,
        cliff=2 * above - 1,
        rank_biserial=rank_biserial(differences),
        hodges_lehmann=hodges_lehmann(differences),
    )


def rank_biserial(differences: Sequence[float] | Numbers) -> float:
    """Return (R+ - R-) / (R+ + R-) over the signed ranks (Kerby 2014); 0 where all differences are 0."""
    import numpy as np

    ranks = signed_ranks(differences)
    return float(ranks.sum() / np.abs(ranks).sum()) if len(ranks) else 0.0


def hodges_lehmann(differences: Sequence[float] | Numbers) -> float:
    """Return the median of the means of all pairs of differences, each with itself too (Hodges and Lehmann 1963)."""
    import numpy as np

    values = rounded(differences)
    first, second = np.triu_indices(len(values))
    return float(np.median((values[first] + values[second]) / 2))
