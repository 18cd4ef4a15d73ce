"""The metrics and the test that a report names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import isfinite
from typing import TYPE_CHECKING, Any

from augbench.registry.collect import Registry
from augbench.registry.places import definition, frames, innermost, location
from augbench.values.components import Component
from augbench.values.errors import BrokenMeasure
from augbench.values.measuring import Metric, PairedTest
from augbench.values.settings import AUTO

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from augbench.values.evidence import Tested
    from augbench.values.results import Predictions


def metrics_of(names: Iterable[str], registry: Registry) -> dict[str, Metric]:
    """Build metrics by name, in order, each once.  Raise ``UnknownComponent``, ``DuplicateName`` or ``BrokenComponent``."""
    return {name: _built("metric", name, registry) for name in names}


def test_of(name: str, registry: Registry) -> PairedTest | None:
    """Build a test by name; None for ``auto``.  Raise as ``metrics_of`` does."""
    if name == AUTO:
        return None
    found: PairedTest = _built("test", name, registry)
    return found


def _built(kind: str, name: str, registry: Registry) -> Any:
    resolved = registry.resolve(kind, name)
    try:
        return resolved.component(**resolved.implied)
    except (TypeError, ValueError) as error:
        raise BrokenMeasure(kind, name, error, location(error)) from error


def measured(name: str, metric: Metric, predictions: Predictions) -> float:
    """Score predictions.  Raise ``BrokenMeasure`` where a metric raises or gives no finite number."""
    try:
        value = float(metric.measure(predictions))
    except Exception as error:
        raise BrokenMeasure("metric", name, error, _place(error, metric, "measure")) from error
    if not isfinite(value):
        odd = ValueError(f"it gives {value} where a finite number is due")
        raise BrokenMeasure("metric", name, odd, _place(odd, metric, "measure"))
    return value


def finite(name: str, values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return what a metric gives for resampled images.  Raise ``BrokenMeasure`` where a number is not finite."""
    import numpy as np

    if not np.isfinite(values).all():
        raise BrokenMeasure("metric", name, ValueError("it gives no finite number for some resample of the test images"))
    return values


def tested(name: str, test: PairedTest, differences: Sequence[float] | NDArray[np.float64]) -> Tested | None:
    """Test differences.  Raise ``BrokenMeasure`` where a test raises or its p is no probability."""
    import numpy as np

    try:
        found = test.test(np.asarray(differences, dtype=np.float64))
        p = float(found.p) if found is not None else 1.0
    except Exception as error:
        raise BrokenMeasure("test", name, error, _place(error, test, "test")) from error
    if not 0 <= p <= 1:
        odd = ValueError(f"it gives p = {p}")
        raise BrokenMeasure("test", name, odd, _place(odd, test, "test"))
    return found


def _place(error: Exception, component: Component, method: str) -> str:
    """Return the line that raised, or the method that was called with, or gave, what it should not."""
    return innermost(frames(error), type(component)) or definition(getattr(type(component), method))
