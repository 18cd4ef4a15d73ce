"""Metrics of probabilities against scikit-learn, numbers computed elsewhere and sums by hand."""

from math import log

import numpy as np
import pytest
from sklearn.metrics import brier_score_loss, log_loss

from augbench_plugins.metrics.probabilities import Brier, Ece, LogLoss
from support.predicted import certain, drawn, predictions

WRITTEN = predictions([0, 1, 2, 0], [[0.7, 0.2, 0.1], [0.1, 0.8, 0.1], [0.3, 0.3, 0.4], [0.25, 0.5, 0.25]])


def test_four_images_are_scored_as_published():
    assert LogLoss().measure(WRITTEN) == pytest.approx(0.720600897061747, abs=1e-15)
    assert Brier().measure(WRITTEN) == pytest.approx(0.40375, abs=1e-15)


@pytest.mark.parametrize("missing", [(), (2,)], ids=["all classes", "one class without images"])
@pytest.mark.parametrize("seed", range(3))
def test_they_equal_scikit_learns_on_fixed_labels(seed, missing):
    made = drawn(seed, missing=missing)
    labels = [0, 1, 2, 3]
    assert LogLoss().measure(made) == pytest.approx(log_loss(made.labels, made.probabilities, labels=labels))
    assert Brier().measure(made) == pytest.approx(brier_score_loss(made.labels, made.probabilities, labels=labels, scale_by_half=False))


def test_a_true_class_of_probability_0_costs_as_in_scikit_learn_for_float32():
    made = certain([0, 1, 1, 1], [0, 1, 1, 0], 2)
    assert LogLoss().measure(made) == pytest.approx(23 * log(2) / 4)
    assert LogLoss().measure(made) == pytest.approx(log_loss(made.labels, made.probabilities.astype(np.float32)), rel=1e-6)


def test_certainty_has_the_extremes_of_the_bounds():
    right, wrong = certain([0, 1], [0, 1], 2), certain([0, 1], [1, 0], 2)
    assert (Brier().measure(right), Brier().measure(wrong)) == Brier.bounds
    assert (Ece().measure(right), Ece().measure(wrong)) == Ece.bounds
    assert LogLoss().measure(right) == LogLoss.bounds[0]


def test_calibration_errors_are_weighted_by_images():
    # Bins of a half: three images in the upper one, confident by 0.8 on average, two of them right; in the lower one, one right by 0.5.
    made = predictions([0, 0, 1, 2], [[0.7, 0.3, 0, 0], [0.8, 0.1, 0.1, 0], [0.9, 0.1, 0, 0], [0.2, 0.2, 0.5, 0.1]])
    assert Ece(bins=2).measure(made) == pytest.approx(3 / 4 * abs(2 / 3 - 0.8) + 1 / 4 * abs(1 - 0.5))


def test_one_bin_compares_the_means():
    made = drawn(0)
    right = made.probabilities.argmax(axis=1) == made.labels
    assert Ece(bins=1).measure(made) == pytest.approx(abs(right.mean() - made.probabilities.max(axis=1).mean()))
