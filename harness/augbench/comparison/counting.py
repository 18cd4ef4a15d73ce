"""Test images by class: rightly classified, predicted and present."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Classes = NDArray[np.integer[Any]]
    """Of images, as indices below K."""
    Values = NDArray[np.float64]
    Indices = NDArray[np.int64]

CountMetric = Callable[["Values", "Values", "Values"], "Values"]
"""A metric of counts: (true positives [..., K], predicted [..., K], actual [..., K]) -> [...]; leading dimensions broadcast."""


def counted(labels: Classes, predicted: Classes, classes: int) -> tuple[Indices, Indices, Indices]:
    """Count true positives [T, K], predicted [T, K] and actual [K] of T models, whose predictions are [T, N]."""
    import numpy as np

    models = len(predicted)
    cells = predicted + classes * np.arange(models)[:, None]
    hits = np.bincount(cells[predicted == labels], minlength=models * classes)
    calls = np.bincount(cells.ravel(), minlength=models * classes)
    return hits.reshape(models, classes), calls.reshape(models, classes), np.bincount(labels, minlength=classes)
