"""Calibration: bins by hand, and temperatures that were put in."""

import numpy as np
import pytest

from augbench.comparison.calibration import COLDEST, HOTTEST, calibration
from support.predicted import certain, predictions


def at(temperature, images=4000, classes=5, dtype=np.float64):
    """Draw labels from softmax(z) and predict softmax(z / temperature)."""
    rng = np.random.default_rng(0)
    logits = 2 * rng.normal(size=(images, classes))
    labels = (softmax(logits).cumsum(axis=1) < rng.random((images, 1))).sum(axis=1).clip(max=classes - 1)
    return predictions(labels, softmax(logits / temperature).astype(dtype))


def softmax(logits):
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


@pytest.mark.parametrize("temperature", [0.2, 0.5, 1.0, 3.0])
def test_the_temperature_that_undoes_another_is_its_inverse(temperature):
    # Too sure by 1 / temperature; the true one is known up to the noise of the labels.
    found = calibration([at(temperature, dtype=np.float32)]).temperature
    assert found == pytest.approx(1 / temperature, rel=0.05)
    assert found * temperature == pytest.approx(calibration([at(1.0)]).temperature, rel=1e-4), "the noise is the same"


def test_no_other_temperature_has_a_smaller_log_loss():
    made = at(0.4)
    best = calibration([made]).temperature

    def loss(temperature):
        return calibration([predictions(made.labels, softmax(np.log(made.probabilities) / temperature))]).log_loss

    assert loss(best) < min(loss(best * 0.99), loss(best * 1.01), loss(1.0))


def test_bins_hold_what_their_images_say():
    made = predictions([0, 0, 1, 2], [[0.7, 0.3, 0, 0], [0.8, 0.1, 0.1, 0], [0.9, 0.1, 0, 0], [0.2, 0.2, 0.5, 0.1]])
    found = calibration([made], bins=4)
    assert [(each.low, each.high, each.n) for each in found.bins] == [(0.25, 0.5, 1), (0.5, 0.75, 1), (0.75, 1, 2)]
    assert [each.confidence for each in found.bins] == pytest.approx([0.5, 0.7, 0.85])
    assert [each.accuracy for each in found.bins] == [1, 1, 0.5]
    assert found.ece == pytest.approx((0.5 + 0.3 + 2 * 0.35) / 4)


def test_an_upper_bound_belongs_to_its_bin():
    # 0.6 is 9 / 15 and 0.2 is 3 / 15, in floats as on paper.
    made = predictions([0, 0], [[0.6, 0.1, 0.1, 0.1, 0.1], [0.2, 0.2, 0.2, 0.2, 0.2]])
    assert [each.high for each in calibration([made]).bins] == pytest.approx([3 / 15, 9 / 15])


def test_trials_are_pooled():
    one, other = at(0.5, images=50), at(2.0, images=70)
    both = predictions(np.concatenate([one.labels, other.labels]), np.concatenate([one.probabilities, other.probabilities]))
    assert calibration([one, other]) == calibration([both])


def test_the_scores_are_those_of_the_metrics():
    made = predictions([0, 1, 2, 0], [[0.7, 0.2, 0.1], [0.1, 0.8, 0.1], [0.3, 0.3, 0.4], [0.25, 0.5, 0.25]])
    found = calibration([made])
    assert (found.log_loss, found.brier) == (pytest.approx(0.720600897061747), pytest.approx(0.40375))


def test_the_ends_of_the_range_stand_for_temperatures_beyond_it():
    assert calibration([certain([0, 1], [0, 1], 2)]).temperature == COLDEST
    assert calibration([certain([0, 1], [1, 0], 2)]).temperature == HOTTEST


def test_where_nothing_depends_on_the_temperature_it_is_1():
    assert calibration([predictions([0, 1], np.full((2, 4), 0.25))]).temperature == 1
