"""What the comparison reads off a confusion matrix, against scikit-learn on fixed labels and numbers computed elsewhere."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, f1_score, precision_score, recall_score

from augbench.comparison import metrics
from augbench.values.results import Predictions
from augbench_plugins.metrics.counts import Accuracy


def predicted(labels: list[int], chosen: list[int], classes: int) -> Predictions:
    probabilities = np.eye(classes)[chosen]
    return Predictions(ids=tuple(map(str, range(len(labels)))), labels=np.array(labels, dtype=np.int64), probabilities=probabilities)


labelled = st.integers(2, 6).flatmap(
    lambda classes: st.tuples(
        st.just(classes), st.lists(st.tuples(st.integers(0, classes - 1), st.integers(0, classes - 1)), min_size=1, max_size=60)
    )
)


@given(labelled)
@settings(max_examples=60, deadline=None)
def test_every_metric_equals_scikit_learns_on_fixed_labels(case: tuple[int, list[tuple[int, int]]]) -> None:
    classes, pairs = case
    truth, chosen = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    matrix = predicted(truth, chosen, classes).confusion
    fixed = {"labels": list(range(classes)), "average": None, "zero_division": 0}
    np.testing.assert_allclose(metrics.f1(matrix), f1_score(truth, chosen, **fixed))
    np.testing.assert_allclose(metrics.precision(matrix), precision_score(truth, chosen, **fixed))
    np.testing.assert_allclose(metrics.recall(matrix), recall_score(truth, chosen, **fixed))
    assert metrics.macro_f1(matrix) == pytest.approx(f1_score(truth, chosen, **(fixed | {"average": "macro"})))
    assert metrics.accuracy(matrix) == pytest.approx(accuracy_score(truth, chosen))


def test_macro_f1_counts_a_class_that_is_never_predicted_as_zero() -> None:
    matrix = predicted([0, 0, 0, 0, 1, 1, 2], [0, 0, 1, 0, 1, 0, 0], 3).confusion
    assert metrics.macro_f1(matrix) == pytest.approx(0.3888888888888889, abs=1e-15)


def test_macro_f1_counts_a_class_without_test_images() -> None:
    assert metrics.macro_f1(predicted([0, 1], [0, 1], 3).confusion) == pytest.approx(2 / 3)


@given(labelled, st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_macro_f1_does_not_depend_on_the_order_of_the_classes(case: tuple[int, list[tuple[int, int]]], random: object) -> None:
    classes, pairs = case
    order = list(range(classes))
    random.shuffle(order)
    before = predicted([a for a, _ in pairs], [b for _, b in pairs], classes).confusion
    after = predicted([order[a] for a, _ in pairs], [order[b] for _, b in pairs], classes).confusion
    assert metrics.macro_f1(after) == pytest.approx(metrics.macro_f1(before))


def test_one_image_of_a_class_of_two_moves_macro_f1_visibly() -> None:
    # A proportional test set of 3,228 images. One of two rare images lost to a class of thousands: its F1 falls from 1 to 2/3;
    # lost to a class of three, that class falls from 1 to 6/7 too.
    matrix = np.diag([1433, 862, 860, 61, 7, 2, 3])
    assert metrics.resolution(matrix) == pytest.approx((1 / 3 + 1 / 7) / 7)


def test_resolution_is_the_largest_change_found_by_trying_every_image() -> None:
    truth, chosen = [0, 0, 0, 1, 1, 2], [0, 1, 0, 1, 1, 0]
    base = f1_score(truth, chosen, average="macro", labels=[0, 1, 2], zero_division=0)
    changes = []
    for place in range(len(truth)):
        for other in range(3):
            tried = [*chosen[:place], other, *chosen[place + 1 :]]
            changes.append(abs(f1_score(truth, tried, average="macro", labels=[0, 1, 2], zero_division=0) - base))
    assert metrics.resolution(predicted(truth, chosen, 3).confusion) == pytest.approx(max(changes))
    assert metrics.resolution(predicted(truth, chosen, 3).confusion, Accuracy().of_counts) == pytest.approx(1 / 6)
