"""Cross-entropy with soft targets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from augbench import Loss, LossContext

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True, kw_only=True)
class CrossEntropy(Loss):
    """Mean over the batch of -sum_k y_k log softmax(z)_k."""

    def loss(self, logits: Tensor, targets: Tensor, context: LossContext) -> Tensor:
        """Return the mean cross-entropy, in float32 whatever the logits' type."""
        import torch

        return torch.nn.functional.cross_entropy(logits.float(), targets.float())
