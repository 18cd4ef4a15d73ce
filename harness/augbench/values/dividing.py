"""Divide labelled images into parts: each class in given shares, groups whole where there are any."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from augbench.values.sampling import shares

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Indices = NDArray[np.int64]


def by_class(labels: Indices, weights: Sequence[float], rng: np.random.Generator) -> Indices:
    """Return the part of each image: parts hold each class in the ratio of the weights, by largest remainder (ties: the first)."""
    import numpy as np

    part = np.empty(len(labels), dtype=np.int64)
    for label in np.unique(labels):
        members = rng.permutation(np.flatnonzero(labels == label))
        counts = shares({str(number): weight for number, weight in enumerate(weights)}, len(members))
        part[members] = np.repeat(np.arange(len(weights)), list(counts.values()))
    return part


def by_group(
    labels: Indices, groups: Sequence[str], weights: Sequence[float], rng: np.random.Generator, *, largest_first: bool = True
) -> Indices:
    """Return the part of each image: groups stay whole, and each goes to the part that this leaves nearest to its shares.

    The choice is greedy.  Groups that hold most of a class are placed first; ``largest_first = False`` takes them in random
    order instead, for another try.  Of parts that are equally good, the first takes the group.
    """
    import numpy as np

    names, member = np.unique(np.asarray(groups), return_inverse=True)
    classes, label = np.unique(labels, return_inverse=True)
    counts = np.zeros((len(names), len(classes)))
    np.add.at(counts, (member, label), 1)
    # Shares of a class, so that a rare class weighs as much as a large one.
    held = counts / counts.sum(0)
    order = rng.permutation(len(held))
    if largest_first:
        order = order[np.argsort(-held[order].max(1), kind="stable")]
    return _placed(held, order, np.asarray(weights, dtype=np.float64))[member]


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
