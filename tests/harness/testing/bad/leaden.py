"""A plugin of one file, which imports scipy to register a class of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import scipy  # noqa: F401

from augbench import Fitted, Generator, Progress, TrainingView

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True, kw_only=True)
class Leaden(Generator):
    """Draws black images."""

    def fit(self, view: TrainingView, rng: torch.Generator, progress: Progress, resume: Fitted | None = None) -> Fitted:
        return Fitted(tensors={})

    def sample(self, fitted: Fitted, view: TrainingView, count: int, rng: torch.Generator) -> torch.Tensor:
        import torch

        return torch.zeros(count, *view.images.shape, dtype=torch.uint8)
