"""Resamples of a test set: against the exact bootstrap, against literal resamples, and whatever else is resampled beside."""

from itertools import product

import numpy as np
import pytest
from scipy.special import gammaln
from sklearn.metrics import balanced_accuracy_score, f1_score
from threadpoolctl import threadpool_limits

from augbench.comparison import resampling
from augbench.values import formulas

V12 = np.array([[190, 10], [2, 4]])
MACRO = {"macro-f1": formulas.macro_f1}


def models(images, trials, classes, seed=0):
    """Make labels, the last class rare, and predictions of which most are right."""
    rng = np.random.default_rng(seed)
    labels = np.minimum(rng.integers(0, 4 * classes, images) // 4, classes - 1)
    labels[rng.random(images) < 0.8 * (labels == classes - 1)] = 0
    return labels, np.where(rng.random((trials, images)) < 0.3, rng.integers(0, classes, (trials, images)), labels)


def f1(labels, predicted, classes, replicates=40, seed=3):
    return resampling.replicated(labels, predicted, classes, MACRO, replicates=replicates, seed=seed)["macro-f1"]


def tables_near(table):
    """List all tables that a resample of these images can well give, [n, 2, 2], and their chances."""
    images = table.sum()
    cells = np.array(list(product(range(45), range(25), range(25))))  # more of the rarer cells: chance below 1e-9
    cells = np.column_stack([images - cells.sum(axis=1), cells]).reshape(-1, 2, 2)
    logs = (cells * np.log(table / images) - gammaln(cells + 1)).sum(axis=(1, 2))
    return cells, np.exp(logs + gammaln(images + 1))


def moments(values, chances):
    """Return mean, standard deviation and 2.5 % and 97.5 % quantiles."""
    order = np.argsort(values)
    values, chances = values[order], chances[order] / chances.sum()
    mean = values @ chances
    return mean, np.sqrt((values - mean) ** 2 @ chances), *values[np.searchsorted(chances.cumsum(), [0.025, 0.975])]


def of_tables(tables):
    return formulas.macro_f1(np.diagonal(tables, axis1=1, axis2=2), tables.sum(axis=1), tables.sum(axis=2))


def test_resamples_with_the_classes_of_the_test_set_give_the_exact_stratified_bootstrap_that_was_computed_elsewhere() -> None:
    tables, chances = tables_near(V12)
    same = (tables.sum(axis=2) == V12.sum(axis=1)).all(axis=1)
    exact = (0.6866419632509895, 0.061317024514177865, 0.5678321678321678, 0.8068836212669077)
    assert moments(of_tables(tables[same]), chances[same]) == pytest.approx(exact, abs=1e-6)


def test_replicates_have_the_moments_of_the_exact_bootstrap() -> None:
    tables, chances = tables_near(V12)
    assert chances.sum() == pytest.approx(1, abs=1e-6)
    mean, sd, low, high = moments(of_tables(tables), chances)
    labels, predicted = (np.repeat(which, V12.ravel()) for which in ([0, 0, 1, 1], [0, 1, 0, 1]))
    drawn = f1(labels, predicted[None], 2, replicates=20_000)[:, 0]
    assert drawn.mean() == pytest.approx(mean, abs=3 * sd / np.sqrt(20_000))
    assert drawn.std() == pytest.approx(sd, rel=3 / np.sqrt(2 * 20_000))
    assert np.quantile(drawn, [0.025, 0.975]) == pytest.approx([low, high], abs=0.006)


def test_a_replicate_is_the_metric_of_a_literal_resample() -> None:
    labels, predicted = models(60, 3, 4)
    classes = range(4)

    def literally(truth, probabilities):
        return f1_score(truth, probabilities.argmax(axis=1), labels=classes, average="macro", zero_division=0)

    probabilities = np.eye(4)[predicted]
    literal = resampling.generically(labels, probabilities, literally, replicates=40, seed=3)
    assert f1(labels, predicted, 4) == pytest.approx(literal, abs=1e-12)


def test_resamples_lack_classes_and_metrics_are_told() -> None:
    labels, predicted = np.array([0] * 6 + [2]), np.array([[0, 0, 1, 0, 0, 2, 2]])
    seen = []

    def present(true_positives, predicted, actual):
        assert (true_positives <= np.minimum(predicted, actual)).all()
        assert (predicted.sum(axis=-1) == 7).all()
        assert (actual.sum(axis=-1) == 7).all()
        seen.append(actual[..., 2].ravel())
        return actual[..., 2]

    values = resampling.replicated(labels, predicted, 3, {"rare": present}, replicates=3000, seed=0)["rare"]
    assert np.concatenate(seen).tolist() == values[:, 0].tolist()
    assert (values == 0).mean() == pytest.approx((6 / 7) ** 7, abs=0.03)


def test_several_metrics_see_the_same_resamples() -> None:
    labels, predicted = models(80, 2, 3)
    metrics = MACRO | {
        "balanced": lambda hits, _, actual: formulas.recall(hits, actual).sum(axis=-1) / (actual > 0).sum(axis=-1),
        "first class": lambda hits, calls, actual: formulas.f1(hits, calls, actual)[..., 0],
    }
    values = resampling.replicated(labels, predicted, 3, metrics, replicates=20, seed=5)
    literal = resampling.generically(
        labels, np.eye(3)[predicted], lambda truth, given: balanced_accuracy_score(truth, given.argmax(axis=1)), replicates=20, seed=5
    )
    assert values["balanced"] == pytest.approx(literal, abs=1e-12)
    assert (values["macro-f1"] == f1(labels, predicted, 3, replicates=20, seed=5)).all()
    assert values["first class"].shape == (20, 2)


def test_a_trial_has_the_same_replicates_whatever_is_beside_it() -> None:
    labels, predicted = models(50, 6, 3)
    together = f1(labels, predicted, 3)
    assert (f1(labels, predicted[::-1], 3)[:, ::-1] == together).all()
    assert (f1(labels, predicted[2:3], 3)[:, 0] == together[:, 2]).all()
    assert (f1(labels, predicted, 3, replicates=15) == together[:15]).all()
    assert f1(labels, predicted[:0], 3).shape == (40, 0)


@pytest.mark.parametrize(("images", "replicates"), [(1000, 100), (40_000, 10)])
def test_no_two_resamples_are_alike(images, replicates) -> None:
    labels, predicted = models(images, 1, 3)
    assert len(np.unique(f1(labels, predicted, 3, replicates=replicates))) == replicates


@pytest.mark.parametrize("images", [50, 40_000])
def test_portions_change_no_bit(images, monkeypatch) -> None:
    labels, predicted = models(images, 5, 3)
    together = f1(labels, predicted, 3, replicates=9)
    for name, size in {"_REPLICATES": 2, "_TRIALS": 2, "_IN_CACHE": 12}.items():
        monkeypatch.setattr(resampling, name, size)
    assert (f1(labels, predicted, 3, replicates=9) == together).all()
    monkeypatch.setattr(resampling, "_NUMBERS", 7)
    assert (f1(labels, predicted, 3, replicates=9) == together).all()


def test_threads_change_no_bit() -> None:
    labels, predicted = models(900, 60, 5)
    with threadpool_limits(1):
        alone = f1(labels, predicted, 5, replicates=200)
    with threadpool_limits(2):
        assert (f1(labels, predicted, 5, replicates=200) == alone).all()


def test_names_of_classes_do_not_matter() -> None:
    labels, predicted = models(70, 4, 5)
    names = np.array([3, 0, 4, 1, 2])
    assert f1(names[labels], names[predicted], 5) == pytest.approx(f1(labels, predicted, 5), abs=1e-12)


def test_predictions_may_come_in_any_type_of_integer() -> None:
    labels, predicted = models(50, 2, 3)
    narrow = f1(labels.astype(np.uint8), predicted.astype(np.int8), 3)
    assert (narrow == f1(labels, predicted, 3)).all()


def test_more_than_256_classes_are_told_apart() -> None:
    labels = np.arange(300)
    predicted = np.stack([labels, (labels + 256) % 300])
    accuracy = resampling.replicated(labels, predicted, 300, {"a": lambda h, _, a: formulas.accuracy(h, a)}, replicates=3, seed=0)["a"]
    assert accuracy.tolist() == [[1, 0]] * 3


def test_every_test_set_has_resamples_of_its_own() -> None:
    keys = {resampling.seed_of(ids, seed) for ids in (("ab", "c"), ("a", "bc"), ("c", "ab"), ("\ud800",)) for seed in (0, 1)}
    assert len(keys) == 8
    labels, predicted = models(50, 1, 3)
    assert len({f1(labels, predicted, 3, seed=key).tobytes() for key in keys}) == 8
    assert resampling.seed_of(("ab", "c")) in keys
