"""What the test images share with those that are learnt from, and which images have two labels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from augbench.quality.duplicates import Indices, alike, fingerprints, with_near

if TYPE_CHECKING:
    from augbench.stages.prepared import PreparedSplit


def leaks(learnt: Sequence[PreparedSplit], test: PreparedSplit, scale: float) -> dict[str, int]:
    """Count what leaks from training and validation images into the test; ``scale`` is the value that means 1.0.

    ``groups``: groups with images on both sides; absent where no groups are known.  ``duplicates``: test images whose pixels equal
    those of an image that is learnt from.  ``near-duplicates``: further test images that nearly do.  ``conflicts``: images, of any
    split, whose pixels equal those of an image of another class.
    """
    every = [*learnt, test]
    prints = [fingerprints(split.pixels.__getitem__, len(split.labels), scale) for split in every]
    numbers = alike(*prints)
    doubles = np.isin(numbers[-1], np.concatenate(numbers[:-1]))
    near = np.zeros(len(doubles), np.bool_)
    for split, known in zip(learnt, prints[:-1], strict=True):
        near |= with_near(prints[-1], test.pixels.__getitem__, known, split.pixels.__getitem__, scale)
    return {
        **_groups(learnt, test),
        "duplicates": int(doubles.sum()),
        "near-duplicates": int((near & ~doubles).sum()),
        "conflicts": _conflicts(np.concatenate(numbers), np.concatenate([split.labels for split in every])),
    }


def _groups(learnt: Sequence[PreparedSplit], test: PreparedSplit) -> dict[str, int]:
    if test.groups is None or all(split.groups is None for split in learnt):
        return {}
    return {"groups": len({group for split in learnt for group in split.groups or ()}.intersection(test.groups))}


def _conflicts(numbers: Indices, labels: Indices) -> int:
    """Count the images that share their number with one of another label."""
    pairs = np.unique(np.stack([numbers, labels], axis=1), axis=0)
    torn = np.flatnonzero(np.bincount(pairs[:, 0]) > 1)
    return int(np.isin(numbers, torn).sum())
