"""Divide training images into folds, by class and without tearing groups apart."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from augbench.values.errors import TooFewForFolds

Indices = NDArray[np.int64]


def fold_indices(
    labels: Indices, groups: Sequence[str] | None, folds: int, fold: int, seed: int, *, classes: Sequence[str] = (), dataset: str = "?"
) -> tuple[Indices, Indices]:
    """Return what is learnt from and what is held out in one fold: ascending indices, together all images.

    Over the folds each image is held out once.  Without groups, a class's share of any two folds differs by one image
    at most; with groups, no group is on both sides, and shares are as even as a greedy choice makes them.
    Raise ``TooFewForFolds``, with the names of class and data set, where a class has fewer images, or groups, than folds.
    """
    if not 0 <= fold < folds or folds < 2:
        raise ValueError(f"fold {fold} of {folds}: there must be at least 2, counted from 0")
    _check(labels, groups, folds, classes, dataset)
    rng = np.random.Generator(np.random.PCG64(seed))
    assigned = _stratified(labels, folds, rng) if groups is None else _grouped(labels, groups, folds, rng)
    return np.flatnonzero(assigned != fold), np.flatnonzero(assigned == fold)


def _check(labels: Indices, groups: Sequence[str] | None, folds: int, classes: Sequence[str], dataset: str) -> None:
    for label in np.unique(labels).tolist():
        members = np.flatnonzero(labels == label).tolist()
        count, unit = (len(members), "images") if groups is None else (len({groups[i] for i in members}), "groups")
        if count < folds:
            raise TooFewForFolds(dataset, classes[label] if classes else str(label), count, folds, unit)


def _stratified(labels: Indices, folds: int, rng: np.random.Generator) -> Indices:
    """Return the fold of each image: every class is shuffled, then dealt out like cards."""
    assigned = np.empty(len(labels), dtype=np.int64)
    start = 0
    for label in np.unique(labels):
        members = rng.permutation(np.flatnonzero(labels == label))
        # The next class begins where this one ended, so that the folds' sizes differ by one image at most, too.
        assigned[members] = (start + np.arange(len(members))) % folds
        start = (start + len(members)) % folds
    return assigned


def _grouped(labels: Indices, groups: Sequence[str], folds: int, rng: np.random.Generator) -> Indices:
    """Return the fold of each image: whole groups, the unevenest first, each to the fold that stays evenest."""
    names, member = np.unique(np.asarray(groups), return_inverse=True)
    classes, label = np.unique(labels, return_inverse=True)
    counts = np.zeros((len(names), len(classes)))
    np.add.at(counts, (member, label), 1)
    # Shares of a class, so that a rare class weighs as much as a large one.
    shares = counts / counts.sum(0)
    place = _deal(shares, folds, rng)
    return place[member]


def _deal(shares: NDArray[np.float64], folds: int, rng: np.random.Generator) -> Indices:
    """Return the fold of each group, from its share of every class [groups, K]."""
    shuffled = rng.permutation(len(shares))
    order = shuffled[np.argsort(-shares[shuffled].max(1), kind="stable")]
    place = np.empty(len(shares), dtype=np.int64)
    held = np.zeros((folds, shares.shape[1]))
    for group in order:
        # Putting s into a fold that holds h adds 2 h s + s^2 to the sum of squares, whose least value is evenness.
        cost = held @ shares[group]
        fold = int(np.lexsort((held.sum(1), cost))[0])
        place[group] = fold
        held[fold] += shares[group]
    return place
