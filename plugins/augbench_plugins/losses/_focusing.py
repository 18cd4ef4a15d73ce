"""Focal costs: cross-entropies that count less the better a class is recognised."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor


def softmax_costs(logits: Tensor, gamma: float) -> Tensor:
    """Return -(1 - p_j)^gamma log p_j for every class j as the true one, p = softmax(z); [B, K]."""
    import torch

    from augbench_plugins.losses._soft import log_probabilities

    known = log_probabilities(logits)
    # expm1 keeps the digits of 1 - p near p = 1; below the clamp a power under 1 would have no finite slope.
    rest = (-torch.expm1(known)).clamp(min=torch.finfo(known.dtype).tiny)
    return -(rest**gamma) * known


def sigmoid_costs(logits: Tensor, targets: Tensor, gamma: float) -> tuple[Tensor, Tensor]:
    """Return y (1-p)^gamma (-log p) and (1-y) p^gamma (-log(1-p)) of p = sigmoid(z) for every class, [B, K] each.

    Linear in y, so that a soft target costs what its hard ones cost on average.
    """
    import torch

    here = logits.to(torch.promote_types(logits.dtype, torch.float32))
    yes, no = torch.nn.functional.logsigmoid(here), torch.nn.functional.logsigmoid(-here)
    return targets * (gamma * no).exp() * -yes, (1 - targets) * (gamma * yes).exp() * -no
