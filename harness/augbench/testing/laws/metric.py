"""Laws of metrics: a finite number for any predictions, and the best one for perfect ones."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from augbench.testing.checking import NotApplicable, require
from augbench.testing.laws._predicted import cases, certain, counts_of, drawn, reordered
from augbench.values.measuring import CountMetric, Metric

_ROUNDING = 1e-9


def exercise(component: Metric) -> object:
    """Score predictions of every sort."""
    scores = tuple(component.measure(made) for made in cases().values())
    return scores, component.higher_is_better, component.bounds, _together(component) if isinstance(component, CountMetric) else None


def check_finite(component: Metric) -> None:
    """Any predictions of at least one image have a finite score."""
    for name, made in cases().items():
        score = component.measure(made)
        require(math.isfinite(score), f"the score of {name} is {score}; give what a guess would get")


def check_bounds(component: Metric) -> None:
    """No score is beyond ``bounds``."""
    low, high = component.bounds
    require(low < high, f"bounds are {component.bounds}: the least, then the largest")
    for name, made in cases().items():
        score = component.measure(made)
        beyond = score < low - _ROUNDING or score > high + _ROUNDING
        require(not beyond, f"the score of {name} is {score:g}, beyond bounds = {component.bounds}")


def check_direction(component: Metric) -> None:
    """Nothing scores better than perfect predictions, in the direction of ``higher_is_better``."""
    sign = 1 if component.higher_is_better else -1
    for name, made in cases().items():
        score, best = component.measure(made), component.measure(certain(made.labels, made.labels))
        word = "higher" if component.higher_is_better else "lower"
        said = f"the score of {name} is {score:g}, and {best:g} if all are right, although {word} is better"
        require(not sign * (score - best) > _ROUNDING, said)


def check_order_of_images(component: Metric) -> None:
    """The order of images does not matter."""
    for name, made in cases().items():
        score, other = component.measure(made), component.measure(reordered(made))
        require(not abs(score - other) > _ROUNDING, f"the score of {name} is {score!r}, and {other!r} in another order")


def check_nothing_is_written_to(component: Metric) -> None:
    """Predictions are not written to."""
    made, same = drawn(), drawn()
    component.measure(made)
    require(np.array_equal(made.labels, same.labels), "labels are others after measure")
    require(np.array_equal(made.probabilities, same.probabilities), "probabilities are others after measure")


def check_counts_give_the_same(component: Metric) -> None:
    """A metric of counts gives of counts what it gives of the predictions that were counted."""
    counting = _counting(component)
    for name, made in cases().items():
        score, of_counts = counting.measure(made), float(counting.of_counts(*counts_of(made)))
        require(not abs(score - of_counts) > _ROUNDING, f"the score of {name} is {score:g} by measure and {of_counts:g} by of_counts")


def check_many_counts_at_once(component: Metric) -> None:
    """A metric of counts scores many resamples, of one set of images, at once, whole floats as well as integers."""
    counting = _counting(component)
    expected = np.array([float(counting.of_counts(*counts_of(made))) for made in _models()])
    for dtype in (np.int64, np.float64):
        found = np.asarray(_together(counting, dtype))
        said = f"three models at once score {found.tolist()}, and one by one {expected.tolist()}"
        require(found.shape == expected.shape and not (abs(found - expected) > _ROUNDING).any(), said)


def _counting(component: Metric) -> CountMetric:
    if not isinstance(component, CountMetric):
        raise NotApplicable("it is no CountMetric")
    return component


def _models() -> list[Any]:
    """Predict the same images three times."""
    labels = drawn().labels
    return [certain(labels, drawn(seed).predicted) for seed in range(2)] + [certain(labels, np.zeros_like(labels))]


def _together(component: CountMetric, dtype: type = np.int64) -> Any:
    right, predicted, actual = zip(*map(counts_of, _models()), strict=True)
    # The images present are the same for all.
    return component.of_counts(np.stack(right).astype(dtype), np.stack(predicted).astype(dtype), actual[0].astype(dtype))
