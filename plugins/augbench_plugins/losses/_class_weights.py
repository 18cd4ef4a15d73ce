"""Weights of classes from their counts, [K]; a class without images weighs nothing."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor


def inverse_frequency(counts: Tensor, gamma: float) -> Tensor:
    """Return (n_min / n_c)^gamma: 1 for the smallest class."""
    import torch

    present = counts > 0
    # Not by a mask: a host would wait for its size.
    smallest = torch.where(present, counts, counts.max()).min()
    return torch.where(present, (smallest / counts.clamp(min=1)) ** gamma, 0.0)


def effective_number(counts: Tensor, beta: float) -> Tensor:
    """Return (1 - beta) / (1 - beta^n_c), scaled so that the weights of present classes have mean 1 (Cui 2019, Eq. 4)."""
    import torch

    present = counts > 0
    # 1 - beta^n, without the rounding of a power near 1.
    effective = -torch.expm1(counts.clamp(min=1) * math.log(beta)) / (1 - beta)
    weights = torch.where(present, 1 / effective, 0.0)
    return weights * present.sum() / weights.sum()
