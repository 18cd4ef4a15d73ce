"""A loss that keeps the laws, and one for each law that breaks it."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from augbench import Component, Loss, LossContext


@dataclass(frozen=True, kw_only=True)
class Entropy(Loss):
    """Cross-entropy of soft targets."""

    def loss(self, logits: Tensor, targets: Tensor, context: LossContext) -> Tensor:
        return -(targets * self.known(logits, context)).sum(1).mean()

    def known(self, logits: Tensor, context: LossContext) -> Tensor:
        return logits.log_softmax(1)


@dataclass(frozen=True, kw_only=True)
class Focused(Entropy):
    """Weighted by what is not known yet, which has no slope of its own."""

    def loss(self, logits: Tensor, targets: Tensor, context: LossContext) -> Tensor:
        known = logits.log_softmax(1)
        return -(targets * (1 - known.exp().detach()) * known).sum(1).mean()


class OneAnImage(Entropy):
    def loss(self, logits, targets, context):
        return -(targets * self.known(logits, context)).sum(1)


class Overflows(Entropy):
    def known(self, logits, context):
        return logits - logits.exp().sum(1, keepdim=True).log()


class DividesByCounts(Entropy):
    def known(self, logits, context):
        return super().known(logits, context) / context.class_counts * context.class_counts.max()


class Uphill(Entropy):
    def loss(self, logits, targets, context):
        value = super().loss(logits, targets, context)
        return 2 * value.detach() - value


class Backwards(Entropy):
    def loss(self, logits, targets, context):
        return -super().loss(logits, targets, context).clamp(max=100)


class FirstCountsMore(Entropy):
    def loss(self, logits, targets, context):
        costs = -(targets * self.known(logits, context)).sum(1)
        return (costs.mean() + costs[0]) / 2


class Overwrites(Entropy):
    def loss(self, logits, targets, context):
        value = super().loss(logits, targets, context)
        context.class_counts.zero_()
        return value


class NoScale(Entropy):
    @property
    def cosine_scale(self):
        return 0.0


class Asks(Entropy):
    def loss(self, logits, targets, context):
        return super().loss(logits, targets, context) * (1.0 if context.class_counts.sum() > 0 else 2.0)


GOOD: tuple[Component, ...] = (Entropy(), Focused())
BAD: dict[str, Component] = {
    "one-number": OneAnImage(),
    "any-logits": Overflows(),
    "class-without-images": DividesByCounts(),
    "slope-leads-down": Uphill(),
    "right-costs-less": Backwards(),
    "order-of-images": FirstCountsMore(),
    "inputs-are-unwritten": Overwrites(),
    "last-layer": NoScale(),
    "no-waiting": Asks(),
}
