"""Predictions that a metric must survive."""

from __future__ import annotations

from typing import Any

import numpy as np

from augbench.values.results import Predictions

CLASSES = 4


def predictions(labels: Any, probabilities: Any) -> Predictions:
    """Make predictions of numbered images."""
    return _writable(
        tuple(f"image {number}" for number in range(len(labels))), np.array(labels, np.int64), np.array(probabilities, np.float64)
    )


def certain(labels: Any, predicted: Any) -> Predictions:
    """Make predictions of probability 1."""
    return predictions(labels, np.eye(CLASSES)[np.asarray(predicted)])


def drawn(seed: int = 0, images: int = 40) -> Predictions:
    """Draw predictions better than guesses, of classes of different sizes."""
    rng = np.random.default_rng(seed)
    labels = np.concatenate([np.arange(CLASSES), rng.choice(CLASSES, images - CLASSES, p=[0.6, 0.2, 0.1, 0.1])])
    scores = np.exp(rng.normal(size=(images, CLASSES)) + 1.5 * np.eye(CLASSES)[labels])
    return predictions(labels, scores / scores.sum(axis=1, keepdims=True))


def cases() -> dict[str, Predictions]:
    """Return predictions by what is odd about them."""
    ordinary = drawn()
    return {
        "40 ordinary images": ordinary,
        "images that are all wrong, by probability 1": certain([0, 1, 2, 3], [1, 2, 3, 0]),
        "images that are all right, by probability 1": certain([0, 1, 2, 3, 0], [0, 1, 2, 3, 0]),
        "one image": certain([2], [2]),
        "one image that is wrong": certain([2], [1]),
        "images of one class alone": predictions([1] * 5, ordinary.probabilities[:5]),
        "images without one of the classes": predictions([0, 1, 3] * 3, ordinary.probabilities[:9]),
        "equal probabilities": predictions([0, 1, 2, 3], np.full((4, CLASSES), 1 / CLASSES)),
        "one prediction for all": certain([0, 1, 2, 3], [0] * 4),
    }


def reordered(made: Predictions) -> Predictions:
    """Return the same images in another order."""
    order = np.random.default_rng(1).permutation(len(made.labels))
    return _writable(tuple(made.ids[place] for place in order), made.labels[order], made.probabilities[order])


def _writable(ids: tuple[str, ...], labels: Any, probabilities: Any) -> Predictions:
    """Make predictions as no run shows them: a metric that writes to them is told so by one law, and not by all."""
    made = Predictions(ids=ids, labels=labels, probabilities=probabilities)
    object.__setattr__(made, "labels", labels)
    object.__setattr__(made, "probabilities", probabilities)
    return made


def counts_of(made: Predictions) -> tuple[Any, Any, Any]:
    """Return images classified rightly, predicted and present, by class."""
    matrix = made.confusion
    return matrix.diagonal().copy(), matrix.sum(axis=0), matrix.sum(axis=1)
