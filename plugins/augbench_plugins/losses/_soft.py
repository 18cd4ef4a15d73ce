"""Costs of classes under soft targets, and their means."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor


def log_probabilities(logits: Tensor) -> Tensor:
    """Return log softmax(z), at least in float32."""
    import torch

    return logits.log_softmax(dim=1, dtype=torch.promote_types(logits.dtype, torch.float32))


def expected(costs: Tensor, targets: Tensor, weights: Tensor | None = None) -> Tensor:
    """Return sum_ij y_ij w_j c_ij / sum_ij y_ij w_j of costs c [B, K], targets y [B, K] and class weights w [K].

    With one-hot targets this is torch's weighted mean of index targets: only the weights' ratios count.
    """
    shares = targets.to(costs.dtype) if weights is None else targets * weights.to(costs.dtype)
    return (shares * costs).sum() / shares.sum()
