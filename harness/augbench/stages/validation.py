"""Score the validation images along a training, and keep the best weights where they are asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from augbench.comparison.metrics import macro_f1
from augbench.stages.classifier import Classifier, score
from augbench.values.data import Images
from augbench.values.results import Predictions
from augbench.values.settings import Numerics


@dataclass(frozen=True, kw_only=True)
class Best:
    """The check with the highest validation macro-F1, the earliest among equals."""

    step: int
    macro_f1: float
    weights: Mapping[str, Tensor]
    probabilities: NDArray[Any]


@dataclass(kw_only=True)
class Validation:
    """The validation images of a trial and the scores so far."""

    images: Images
    labels: NDArray[np.int64]
    numerics: Numerics
    device: torch.device
    scores: list[tuple[int, float]] = field(default_factory=list)
    """(step, macro-F1)."""
    best: Best | None = None
    latest: NDArray[Any] | None = None
    """Class probabilities of the last check."""

    def check(self, step: int, classifier: Classifier, keep: bool) -> None:
        """Score the images; with ``keep``, remember the weights if they are the best so far."""
        self.latest = probabilities = score(classifier, self.images, self.numerics, self.device)
        value = macro_f1(Predictions(ids=(), labels=self.labels, probabilities=probabilities).confusion)
        self.scores.append((step, value))
        if keep and (self.best is None or value > self.best.macro_f1):
            weights = {name: tensor.detach().to("cpu", copy=True) for name, tensor in classifier.state_dict().items()}
            self.best = Best(step=step, macro_f1=value, weights=weights, probabilities=probabilities)

    def probabilities(self, step: int, classifier: Classifier) -> NDArray[Any]:
        """Return class probabilities of the weights of a step, float32 [n, K]: those of its check, where there was one."""
        if self.best is not None and self.best.step == step:
            return self.best.probabilities
        if self.latest is not None and self.scores[-1][0] == step:
            return self.latest
        return score(classifier, self.images, self.numerics, self.device)
