"""Which classes a row takes for which others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from augbench.comparison.scoring import Scored
from augbench.values.evidence import Confused, Confusion

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MOST = 5
"""Pairs of classes that are named."""


def confusion(classes: Sequence[str], trials: Sequence[Scored], control: Sequence[Scored]) -> Confusion | None:
    """Sum a row's confusion matrices, and set its shares against the control's; None without finished trials."""
    if not trials:
        return None
    counts, shares = _summed(trials)
    against = shares - _summed(control)[1] if control else None
    others = [(row, column) for row in range(len(classes)) for column in range(len(classes)) if row != column and counts[row, column]]
    most = sorted(others, key=lambda place: (-shares[place], place))[:MOST]
    return Confusion(
        counts=tuple(map(tuple, counts.tolist())),
        shares=tuple(map(tuple, shares.tolist())),
        against=None if against is None else tuple(map(tuple, against.tolist())),
        confused=tuple(
            Confused(true=classes[row], predicted=classes[column], n=int(counts[row, column]), share=float(shares[row, column]))
            for row, column in most
        ),
    )


def _summed(trials: Sequence[Scored]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return counts and their shares of each true class."""
    import numpy as np

    counts = np.sum([each.matrix for each in trials], axis=0)
    return counts, counts / counts.sum(axis=1, keepdims=True).clip(1)
