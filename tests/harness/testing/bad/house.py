"""A component for each law of the house that breaks it."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor, nn

from augbench import Component, Loss, LossContext


@dataclass(frozen=True, kw_only=True)
class Late(Loss):
    """Raises in the end."""

    def loss(self, logits: Tensor, targets: Tensor, context: LossContext) -> Tensor:
        if context.progress > 0.5:
            raise ZeroDivisionError("division by zero")
        return nn.functional.cross_entropy(logits, targets)


@dataclass(frozen=True, kw_only=True)
class Biased(Loss):
    """Cannot weigh classes that a sampler draws equally often."""

    def loss(self, logits: Tensor, targets: Tensor, context: LossContext) -> Tensor:
        if abs(context.prior[0] - context.prior[1]) < 1e-6:
            raise ZeroDivisionError("division by zero")
        return nn.functional.cross_entropy(logits, targets)


BAD: dict[str, Component] = {"tiny-trial-runs": Late(), "composes-with-what-is-installed": Biased()}
