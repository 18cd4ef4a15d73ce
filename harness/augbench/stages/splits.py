"""Divide training images into folds, by class and without tearing groups apart."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from augbench.values.dividing import by_group, lacking
from augbench.values.errors import NotInEveryFold, TooFewForFolds

Indices = NDArray[np.int64]


def fold_indices(
    labels: Indices, groups: Sequence[str] | None, folds: int, fold: int, seed: int, *, classes: Sequence[str] = (), dataset: str = "?"
) -> tuple[Indices, Indices]:
    """Return what is learnt from and what is held out in one fold: ascending indices, together all images.

    Over the folds each image is held out once.  Without groups, a class's share of any two folds differs by one image
    at most; with groups, no group is on both sides, and shares are as even as a greedy choice makes them.
    Raise ``TooFewForFolds``, with the names of class and data set, where a class has fewer images, or groups, than folds, and
    ``NotInEveryFold`` where whole groups would leave a fold without a class.
    """
    if not 0 <= fold < folds or folds < 2:
        raise ValueError(f"fold {fold} of {folds}: there must be at least 2, counted from 0")
    _check(labels, groups, folds, classes, dataset)
    rng = np.random.Generator(np.random.PCG64(seed))
    assigned = _stratified(labels, folds, rng) if groups is None else by_group(labels, groups, [1] * folds, rng, [1] * folds)
    for label, *_ in lacking(labels, assigned, [1] * folds):
        raise NotInEveryFold(classes[label] if classes else str(label), folds)
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
