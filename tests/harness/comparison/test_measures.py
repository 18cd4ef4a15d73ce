"""Metrics and tests by name, and what is said of those that fail."""

from dataclasses import dataclass

import numpy as np
import pytest

from augbench import CountMetric, Metric, PairedTest, Predictions, Registry, evidence
from augbench.comparison import measures
from augbench.registry.discovery import discover
from augbench.values.errors import BrokenMeasure, UnknownComponent
from support.predicted import certain

MADE = certain([0, 0, 1], [0, 1, 1], 2)


@dataclass(frozen=True, kw_only=True)
class Fixed(Metric):
    """Whatever the name says."""

    name: str

    def measure(self, predictions: Predictions) -> float:
        """Read the name."""
        return float(self.name)


@dataclass(frozen=True, kw_only=True)
class Sure(PairedTest):
    """A test that knows beforehand."""

    p: float = 2.0

    def test(self, differences) -> evidence.Tested | None:
        """Tell."""
        return evidence.Tested(name="sure", p=self.p, statistic=None, method="exact", n=len(differences), unit="seed", smallest_p=0.0)

    def smallest_p(self, pairs: int) -> float:
        """Tell."""
        return 0.0


@pytest.fixture
def registry() -> Registry:
    """Some of all kinds."""
    registry = Registry()
    registry.family("metric", "fixed", Fixed)
    registry.metric("needy", Fixed)
    registry.test("sure", Sure)
    return registry


def test_metrics_come_by_name_in_order_each_once(registry):
    found = measures.metrics_of(["fixed/2", "fixed/1", "fixed/2"], registry)
    assert [(name, metric.name) for name, metric in found.items()] == [("fixed/2", "2"), ("fixed/1", "1")]
    assert measures.measured("fixed/2", found["fixed/2"], MADE) == 2


def test_an_unknown_metric_is_told_with_the_known_ones(registry):
    with pytest.raises(UnknownComponent, match=r"no metric called 'f1'; known: fixed/NAME, needy"):
        measures.metrics_of(["fixed/1", "f1"], registry)


def test_a_test_comes_by_name_and_auto_is_none(registry):
    assert measures.test_of("sure", registry) == Sure()
    assert measures.test_of("auto", registry) is None
    with pytest.raises(UnknownComponent, match=r"no test called 'shure'; did you mean 'sure'\?"):
        measures.test_of("shure", registry)


def test_what_cannot_be_built_of_its_name_is_told(registry):
    with pytest.raises(BrokenMeasure, match=r"metric 'needy' fails: TypeError: .*'name'.*; mend it, or leave it out of \[report\]"):
        measures.metrics_of(["needy"], registry)


def test_a_metric_that_raises_is_told_with_its_place():
    with pytest.raises(BrokenMeasure, match=r"metric 'mine' fails: ValueError: could not convert .* \(.*test_measures\.py:\d+\); mend it"):
        measures.measured("mine", Fixed(name="x"), MADE)


@pytest.mark.parametrize("value", ["nan", "inf"])
def test_a_metric_that_is_no_number_is_told(value):
    with pytest.raises(BrokenMeasure, match=f"metric 'mine' fails: ValueError: it gives {value} where a finite number is due"):
        measures.measured("mine", Fixed(name=value), MADE)


@pytest.mark.parametrize("value", [None, np.zeros(3)])
def test_a_metric_that_gives_something_else_is_told_with_its_line(value):
    odd = dataclass(frozen=True, kw_only=True)(type("Odd", (Metric,), {"measure": lambda self, predictions: value}))()
    with pytest.raises(BrokenMeasure, match=r"^metric 'odd' fails: TypeError: .* \(.*test_measures\.py:\d+\); mend it"):
        measures.measured("odd", odd, MADE)


@pytest.mark.parametrize("name", ["labels", "probabilities", "predicted", "confusion"])
def test_a_metric_changes_nothing_that_others_measure(name):
    def measure(self: Metric, predictions: Predictions) -> float:
        getattr(predictions, name)[:] = 0
        return 0.5

    odd = dataclass(frozen=True, kw_only=True)(type("Odd", (Metric,), {"measure": measure}))()
    with pytest.raises(BrokenMeasure, match="metric 'odd' fails: ValueError: assignment destination is read-only"):
        measures.measured("odd", odd, MADE)


@pytest.mark.parametrize("p", [2.0, -0.1, float("nan")])
def test_a_p_that_is_no_probability_is_told(p):
    with pytest.raises(BrokenMeasure, match=f"test 'sure' fails: ValueError: it gives p = {p}"):
        measures.tested("sure", Sure(p=p), [0.1])


def test_a_test_is_handed_differences_in_double_precision():
    @dataclass(frozen=True, kw_only=True)
    class Typed(Sure):
        def test(self, differences):
            return super().test(differences) if differences.dtype == np.float64 else None

    assert measures.tested("typed", Typed(p=0.5), np.array([0.1, 0.2], dtype=np.float16)).n == 2


def test_every_built_in_metric_gives_a_number_within_its_bounds_even_for_one_image():
    registry = discover()
    names = registry.names("metric")
    assert {"accuracy", "auroc", "balanced-accuracy", "brier", "ece", "log-loss", "macro-f1", "mcc"} <= set(names)
    for name, metric in measures.metrics_of(names, registry).items():
        for made in (MADE, certain([0], [0], 2), certain([0], [1], 2), certain([1], [1], 7)):
            assert metric.bounds[0] <= measures.measured(name, metric, made) <= metric.bounds[1], name


def test_a_metric_of_counts_is_measured_by_them():
    @dataclass(frozen=True, kw_only=True)
    class Told(CountMetric):
        def of_counts(self, true_positives, predicted, actual):
            assert (true_positives.tolist(), predicted.tolist(), actual.tolist()) == ([1, 1], [1, 2], [2, 1])
            return true_positives.sum(axis=-1)

    assert Told().measure(MADE) == 2


def test_a_metric_without_a_number_for_some_resample_is_told():
    assert measures.finite("mine", np.ones(3)) is not None
    with pytest.raises(BrokenMeasure, match=r"metric 'mine' fails: ValueError: it gives no finite number for some resample"):
        measures.finite("mine", np.array([0.5, np.nan]))
