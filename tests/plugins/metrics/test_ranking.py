"""The area under the ROC curve against scikit-learn."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from augbench_plugins.metrics.ranking import Auroc
from support.predicted import drawn, predictions


@pytest.mark.parametrize("digits", [None, 1], ids=["distinct", "ties"])
@pytest.mark.parametrize("seed", range(5))
def test_it_equals_scikit_learns_one_against_the_rest(seed, digits):
    made = drawn(seed, digits=digits)
    expected = np.mean([roc_auc_score(made.labels == index, made.probabilities[:, index]) for index in range(4)])
    assert Auroc().measure(made) == pytest.approx(expected)


def test_a_class_without_images_leaves_the_mean():
    made = drawn(0, missing=[2])
    expected = np.mean([roc_auc_score(made.labels == index, made.probabilities[:, index]) for index in (0, 1, 3)])
    assert Auroc().measure(made) == pytest.approx(expected)


def test_equal_probabilities_count_half():
    assert Auroc().measure(predictions([0, 1, 1], [[0.5, 0.5]] * 3)) == 0.5


def test_where_all_images_are_of_one_class_nothing_is_ranked():
    assert Auroc().measure(drawn(0, classes=2, missing=[1])) == 0.5


def test_the_right_order_is_all_that_counts():
    scores = np.array([0.9, 0.8, 0.2, 0.1])
    made = predictions([0, 0, 1, 1], np.stack([scores, 1 - scores], axis=1))
    squared = predictions([0, 0, 1, 1], np.stack([scores**3, 1 - scores**3], axis=1))
    assert Auroc().measure(made) == Auroc().measure(squared) == 1
