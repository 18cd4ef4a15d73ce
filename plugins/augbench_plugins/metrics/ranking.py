"""Metrics of the order that probabilities put images in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from augbench import Metric

if TYPE_CHECKING:
    from augbench import Predictions


@dataclass(frozen=True, kw_only=True)
class Auroc(Metric):
    """Probability that an image of a class is given more of it than an image of another class, ties counting half (Hanley 1982).

    One class against the rest, mean over the classes that have test images and are not all of them; 0.5, a guess, where there is none.
    """

    def measure(self, predictions: Predictions) -> float:
        """Rank all images by each class's probability: the area is the rank-sum of the class's own."""
        import numpy as np
        from scipy.stats import rankdata

        actual = predictions.confusion.sum(axis=1)
        others = len(predictions.labels) - actual
        both = np.flatnonzero((actual > 0) & (others > 0))
        if not len(both):
            return 0.5
        ranks = rankdata(predictions.probabilities[:, both], axis=0)
        own = np.where(predictions.labels[:, None] == both, ranks, 0).sum(axis=0)
        areas = (own - actual[both] * (actual[both] + 1) / 2) / (actual[both] * others[both])
        return float(areas.mean())
