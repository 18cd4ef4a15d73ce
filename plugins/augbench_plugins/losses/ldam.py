"""The label-distribution-aware margin loss, with and without deferred re-weighting."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from annotated_types import Ge, Gt, Le, Lt

from augbench import Loss, LossContext

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True, kw_only=True)
class Ldam(Loss):
    """Cross-entropy of s (cos - m_y [true class]) with margins m_c ~ n_c^(-1/4) (Cao 2019, Eq. 13); the last layer is a cosine."""

    max_margin: Annotated[float, Ge(0)] = 0.5
    """Margin of the smallest class."""
    scale: Annotated[float, Gt(0)] = 30.0
    """s, which cosines are multiplied by: in the logits of testing too."""

    @property
    def cosine_scale(self) -> float:
        """Return s."""
        return self.scale

    def margins(self, counts: Tensor) -> Tensor:
        """Return the margin of each class, [K]."""
        relative = counts.clamp(min=1) ** -0.25
        return self.max_margin * relative / relative.max()

    def weights(self, context: LossContext) -> Tensor | None:
        """Return the weights of the classes at this point of the training."""
        return None

    def loss(self, logits: Tensor, targets: Tensor, context: LossContext) -> Tensor:
        """Return the mean over the batch; a soft target costs what its hard ones, each with its margin, cost on average."""
        from augbench_plugins.losses._soft import expected

        return expected(self._costs(logits, context.class_counts), targets, self.weights(context))

    def _costs(self, logits: Tensor, counts: Tensor) -> Tensor:
        """Return the cross-entropy of each image if class j were the true one, [B, K]."""
        import torch

        wide = logits.to(torch.promote_types(logits.dtype, torch.float32))
        # [B, j, k]: row j holds the logits with the margin taken off class j. A closed form of size [B, K] loses its digits near p = 1.
        lowered = wide[:, None, :] - torch.diag(self.scale * self.margins(counts).to(wide.dtype))
        return -lowered.log_softmax(dim=2).diagonal(dim1=1, dim2=2)


@dataclass(frozen=True, kw_only=True)
class LdamDrw(Ldam):
    """LDAM, weighted by effective numbers once most of the training is done (Cao 2019, Algorithm 1: deferred re-weighting)."""

    start: Annotated[float, Ge(0), Le(1)] = 0.8
    """From which share of the training on classes are weighted: the authors' 160 of 200 epochs."""
    beta: Annotated[float, Gt(0), Lt(1)] = 0.9999
    """How far the weights go from equal (0) to inverse frequency (1)."""

    def weights(self, context: LossContext) -> Tensor | None:
        """Return effective-number weights in the last part of the training, None before."""
        from augbench_plugins.losses._class_weights import effective_number

        return effective_number(context.class_counts, self.beta) if context.progress >= self.start else None
