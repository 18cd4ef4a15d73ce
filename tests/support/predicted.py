"""Predictions to score, written down or drawn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from augbench import Predictions


def predictions(labels: Sequence[int] | Any, probabilities: Any) -> Predictions:
    """Make predictions of images that are numbered."""
    ids = tuple(map(str, range(len(labels))))
    return Predictions(ids=ids, labels=np.asarray(labels, dtype=np.int64), probabilities=np.asarray(probabilities, dtype=np.float64))


def certain(labels: Sequence[int], chosen: Sequence[int], classes: int) -> Predictions:
    """Make predictions of probability 1."""
    return predictions(labels, np.eye(classes)[np.asarray(chosen)])


def drawn(seed: int, images: int = 60, classes: int = 4, missing: Sequence[int] = (), digits: int | None = None) -> Predictions:
    """Draw predictions that are better than guesses; ``missing`` classes have no image, few ``digits`` make ties."""
    rng = np.random.default_rng(seed)
    present = [index for index in range(classes) if index not in missing]
    labels = rng.choice(present, images)
    scores = rng.normal(size=(images, classes)) + 1.5 * np.eye(classes)[labels]
    probabilities = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    return predictions(labels, probabilities if digits is None else probabilities.round(digits))
