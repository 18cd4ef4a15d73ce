"""Features as the metrics want them."""

from __future__ import annotations

import torch
from torch import Tensor

from augbench.values.errors import TooFewFeatures


def checked(real: Tensor, fake: Tensor, least: int, metric: str) -> tuple[Tensor, Tensor]:
    """Return both in float64; raise ``TooFewFeatures`` below ``least`` images, ``ValueError`` for other shapes."""
    if real.ndim != 2 or fake.ndim != 2 or real.shape[1] != fake.shape[1]:
        raise ValueError(f"features are [N, d] and [M, d], not {list(real.shape)} and {list(fake.shape)}")
    for kind, features in (("real", real), ("generated", fake)):
        if len(features) < least:
            raise TooFewFeatures(metric, kind, len(features), least)
    return real.to(torch.float64), fake.to(torch.float64)
