"""Influences of images on macro-F1: against published numbers, derivatives and the bootstrap."""

import numpy as np
import pytest

from augbench.comparison import delta, resampling
from augbench.values.formulas import macro_f1

V12 = np.array([[190, 10], [2, 4]])


def models(images=400, trials=5, classes=4, seed=0):
    rng = np.random.default_rng(seed)
    labels = rng.choice(classes, images, p=[0.6, 0.2, 0.1, 0.1])
    return labels, np.where(rng.random((trials, images)) < 0.2, rng.integers(0, classes, (trials, images)), labels)


def weighted(labels, predicted, weights, classes):
    marks = [np.eye(classes)[which] for which in (labels, predicted)]
    return macro_f1(weights @ (marks[0] * marks[1]), weights @ marks[1], weights @ marks[0])


def test_a_standard_error_within_classes_is_the_one_computed_elsewhere() -> None:
    labels, predicted = (np.repeat(which, V12.ravel()) for which in ([0, 0, 1, 1], [0, 1, 0, 1]))
    (influences,) = delta.influence(labels, predicted[None], 2)
    centred = np.concatenate([influences[labels == one] - influences[labels == one].mean() for one in (0, 1)])
    assert np.sqrt(centred @ centred) == pytest.approx(0.05902070451015669, abs=1e-14)


def test_an_influence_is_the_derivative_by_the_weight_of_an_image() -> None:
    labels, predicted = models(images=30, trials=1)
    step = 1e-6 * np.eye(30)
    slopes = [weighted(labels, predicted[0], 1 + each, 4) - weighted(labels, predicted[0], 1 - each, 4) for each in step]
    assert delta.influence(labels, predicted, 4)[0] == pytest.approx(np.array(slopes) / 2e-6, abs=1e-7)


def test_influences_of_all_images_cancel() -> None:
    assert delta.influence(*models(), 4).sum(axis=1) == pytest.approx(0, abs=1e-12)


def test_standard_errors_are_those_of_the_bootstrap_within_a_few_percent() -> None:
    labels, predicted = models()
    influences = delta.influence(labels, predicted, 4)
    replicates = resampling.replicated(labels, predicted, 4, {"f1": macro_f1}, replicates=4000, seed=0)["f1"]
    assert delta.standard_errors(influences) == pytest.approx(replicates.std(axis=0), rel=0.06)
    assert delta.covariance(influences) == pytest.approx(np.cov(replicates.T), abs=0.12 * replicates.var(axis=0).max())
    difference = influences[:1] - influences[1:2]
    assert delta.standard_errors(difference) == pytest.approx((replicates[:, 0] - replicates[:, 1]).std(), rel=0.06)


def test_a_class_that_nobody_has_moves_nothing() -> None:
    labels, predicted = models()
    assert delta.influence(labels, predicted, 5) == pytest.approx(delta.influence(labels, predicted, 4) * 4 / 5)
