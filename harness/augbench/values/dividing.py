"""Divide labelled images into parts: each class in given shares, groups whole where there are any."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from augbench.values.sampling import shares

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Indices = NDArray[np.int64]

_TRIES = 21
"""Orders of groups: the first, and as many others as find what can be found; of 945 odd data sets, five-fold, 6 found none."""


def by_class(labels: Indices, weights: Sequence[float], rng: np.random.Generator) -> Indices:
    """Return the part of each image: parts hold each class in the ratio of the weights, by largest remainder (ties: the first)."""
    import numpy as np

    part = np.empty(len(labels), dtype=np.int64)
    for label in np.unique(labels):
        members = rng.permutation(np.flatnonzero(labels == label))
        counts = shares({str(number): weight for number, weight in enumerate(weights)}, len(members))
        part[members] = np.repeat(np.arange(len(weights)), list(counts.values()))
    return part


def by_group(labels: Indices, groups: Sequence[str], weights: Sequence[float], rng: np.random.Generator, least: Sequence[int]) -> Indices:
    """Return the part of each image: groups stay whole, and each goes to the part that this leaves nearest to its shares.

    The choice is greedy, and takes groups that hold most of a class first; of parts that are equally good, the first takes the
    group.  Where it leaves a part with fewer images of a class than ``least`` says of the part, other orders are tried; whether
    one was found is for the caller to see, by ``lacking``.
    """
    import numpy as np

    names, member = np.unique(np.asarray(groups), return_inverse=True)
    classes, label = np.unique(labels, return_inverse=True)
    counts = np.zeros((len(names), len(classes)))
    np.add.at(counts, (member, label), 1)
    # Shares of a class, so that a rare class weighs as much as a large one.
    held = counts / counts.sum(0)
    # Sizes count within a factor of two: taken exactly, they alone would decide, and every seed would divide alike.
    order = np.argsort(-held.max(1) * rng.uniform(0.5, 1, len(held)), kind="stable")
    for _ in range(_TRIES):
        part = _placed(held, order, np.asarray(weights, dtype=np.float64))[member]
        if not lacking(labels, part, least):
            break
        order = rng.permutation(len(held))
    return part


def lacking(labels: Indices, part: Indices, least: Sequence[int]) -> list[tuple[int, int, int]]:
    """Return the class, the part and its images wherever a part holds fewer of a class than ``least`` says of the part."""
    import numpy as np

    counts = np.zeros((len(least), int(labels.max(initial=-1)) + 1), dtype=np.int64)
    np.add.at(counts, (part, labels), 1)
    short = (np.asarray(least) > counts.T) & (counts.sum(0) > 0)[:, None]
    return [(label, number, int(counts[number, label])) for label, number in np.argwhere(short).tolist()]


def _placed(shares: NDArray[Any], order: Indices, weights: NDArray[Any]) -> Indices:
    """Return the part of each group, from its share of every class [groups, K]."""
    import numpy as np

    place = np.empty(len(shares), dtype=np.int64)
    held = np.zeros((len(weights), shares.shape[1]))
    weights = weights / weights.mean()
    # Putting s into a part that holds h and should hold t adds (2 h s + s^2) / t - 2 s to the sum of (h - t)^2 / t, whose
    # least value is evenness.  What is the same for all parts is left out, so that equal parts compare h s alone.
    extra = (1 / weights - 1) / 2
    for group in order:
        share = shares[group]
        cost = held @ share / weights + extra * (share @ share)
        part = int(np.lexsort((held.sum(1) / weights, cost))[0])
        place[group] = part
        held[part] += share
    return place
