"""Metrics of counts against scikit-learn on fixed labels, and against numbers computed elsewhere."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, balanced_accuracy_score, f1_score, matthews_corrcoef

from augbench_plugins.metrics.counts import Accuracy, BalancedAccuracy, MacroF1, Mcc
from support.predicted import certain

METRICS = (Accuracy(), MacroF1(), BalancedAccuracy(), Mcc())
labelled = st.integers(2, 6).flatmap(
    lambda classes: st.tuples(
        st.just(classes), st.lists(st.tuples(st.integers(0, classes - 1), st.integers(0, classes - 1)), min_size=1, max_size=60)
    )
)


@given(labelled)
@settings(max_examples=60, deadline=None)
@pytest.mark.filterwarnings("ignore:y_pred contains classes", "ignore:A single label was found")
def test_each_equals_scikit_learns(case):
    classes, pairs = case
    truth, chosen = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    made = certain(truth, chosen, classes)
    labels = list(range(classes))
    assert [metric.measure(made) for metric in METRICS] == pytest.approx(
        [
            accuracy_score(truth, chosen),
            f1_score(truth, chosen, average="macro", labels=labels, zero_division=0),
            balanced_accuracy_score(truth, chosen),
            matthews_corrcoef(truth, chosen),
        ]
    )


def test_a_class_of_one_image_that_is_missed_weighs_as_published():
    made = certain([0, 0, 0, 0, 1, 1, 2], [0, 0, 1, 0, 1, 0, 0], 3)
    assert [metric.measure(made) for metric in METRICS] == pytest.approx(
        [4 / 7, 0.3888888888888889, 0.4166666666666667, 0.1690308509457033], abs=1e-15
    )


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: type(metric).__name__)
@pytest.mark.parametrize("dtype", [np.int64, np.float32, np.float64])
def test_many_resamples_are_scored_at_once_in_any_type_of_number(metric, dtype):
    rng = np.random.default_rng(0)
    matrices = rng.integers(0, 3000, (5, 4, 3, 3))
    counts = (np.diagonal(matrices, axis1=-2, axis2=-1), matrices.sum(axis=-2), matrices.sum(axis=-1))
    found = metric.of_counts(*(each.astype(dtype) for each in counts))
    assert found.shape == (5, 4)
    one_by_one = [[float(metric.of_counts(*(each[i, j] for each in counts))) for j in range(4)] for i in range(5)]
    np.testing.assert_allclose(found, one_by_one, rtol=1e-6)


@given(labelled, st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_the_order_of_the_classes_never_matters(case, random):
    classes, pairs = case
    order = list(range(classes))
    random.shuffle(order)
    before = certain([a for a, _ in pairs], [b for _, b in pairs], classes)
    after = certain([order[a] for a, _ in pairs], [order[b] for _, b in pairs], classes)
    assert [metric.measure(after) for metric in METRICS] == pytest.approx([metric.measure(before) for metric in METRICS])


def test_a_class_without_images_counts_in_macro_f1_alone():
    complete, made = certain([0, 0, 1], [0, 1, 1], 2), certain([0, 0, 1], [0, 1, 1], 3)
    assert MacroF1().measure(made) == pytest.approx(2 / 3 * MacroF1().measure(complete))
    for metric in (Accuracy(), BalancedAccuracy(), Mcc()):
        assert metric.measure(made) == metric.measure(complete)


def test_all_images_in_one_class_correlate_with_nothing():
    assert Mcc().measure(certain([0, 0], [0, 0], 2)) == 0
    assert Mcc().measure(certain([0, 1], [0, 0], 2)) == 0


def test_the_opposite_of_the_truth_is_the_least_correlation():
    made = certain([0, 0, 1, 1], [1, 1, 0, 0], 2)
    assert Mcc().measure(made) == Mcc.bounds[0] == -1
