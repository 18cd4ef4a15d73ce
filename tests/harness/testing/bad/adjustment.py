"""An adjustment that keeps the laws, and one for each law that breaks it."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from augbench import Adjustment, AdjustmentContext, AugbenchError, Component


@dataclass(frozen=True, kw_only=True)
class Tilt(Adjustment):
    """Takes away the logarithm of the prior."""

    def adjust(self, logits: Tensor, context: AdjustmentContext) -> Tensor:
        return logits - context.prior.clamp(min=1e-9).log()


@dataclass(frozen=True, kw_only=True)
class Centred(Adjustment):
    """Takes away the mean of the validation images."""

    def adjust(self, logits: Tensor, context: AdjustmentContext) -> Tensor:
        if context.validation is None:
            raise AugbenchError("predict = 'centred' needs validation images; set folds")
        return logits - context.validation[0].mean(0)


class BestAlone(Tilt):
    def adjust(self, logits, context):
        return super().adjust(logits, context).argmax(1)[:, None].float()


class NeverShown(Tilt):
    def adjust(self, logits, context):
        return logits - context.prior.log()


class ByPlace(Tilt):
    def adjust(self, logits, context):
        return super().adjust(logits, context) + torch.arange(len(logits))[:, None]


class Overwrites(Tilt):
    def adjust(self, logits, context):
        found = super().adjust(logits, context)
        context.class_counts.zero_()
        return found


class Stumbles(Centred):
    def adjust(self, logits, context):
        return logits - context.validation[0].mean(0)


GOOD: tuple[Component, ...] = (Tilt(), Centred())
BAD: dict[str, Component] = {
    "shape-and-type": BestAlone(),
    "finite": NeverShown(),
    "order-of-images": ByPlace(),
    "inputs-are-unwritten": Overwrites(),
    "without-validation": Stumbles(),
}
