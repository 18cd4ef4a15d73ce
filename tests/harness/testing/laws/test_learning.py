"""Laws of losses, adjustments, optimizers and schedules: what only looks like a breach."""

from __future__ import annotations

from importlib import import_module

import pytest
import torch

from augbench import Reason, Schedule
from augbench.testing import NotApplicable
from harness.testing.bad import adjustment, loss, optimizer, schedule
from support.lawful import broken


class WarmUp(Schedule):
    """Begins at nothing, and as a whole number."""

    def factor(self, step, steps, steps_per_epoch):
        return step and min(1.0, step / 10)


class Hinge(loss.Entropy):
    """Has no slope where a prediction is right by far."""

    def loss(self, logits, targets, context):
        margins = 1 - (logits - logits.where(targets == 0, -torch.inf).amax(1, keepdim=True))
        return (targets * margins.clamp(min=0)).sum(1).mean()


class TwoClasses(loss.Entropy):
    def supports(self, facts):
        return None if len(facts.classes) == 2 else Reason("it tells two classes apart")


class AdamOfItsOwn(optimizer.Descent):
    def build(self, parameters, lr):
        return torch.optim.NAdam(parameters, lr, decoupled_weight_decay=True, weight_decay=0.1)


class Learning(optimizer.Descent):
    def build(self, parameters, lr):
        return torch.optim.Adadelta(parameters, lr)


HONEST = [*adjustment.GOOD, *loss.GOOD, *optimizer.GOOD, *schedule.GOOD, WarmUp(), Hinge(), AdamOfItsOwn(), Learning()]


@pytest.mark.parametrize("component", HONEST, ids=lambda it: type(it).__name__)
def test_honest_components_keep_the_laws(component) -> None:
    assert broken(component) == []
    import_module(f"augbench.testing.laws.{component.kind}").exercise(component)


def test_a_law_says_nothing_of_a_loss_that_refuses_so_many_classes() -> None:
    laws = import_module("augbench.testing.laws.loss")
    with pytest.raises(NotApplicable) as caught:
        laws.check_one_number(TwoClasses())
    assert str(caught.value) == "it does not support 4 classes: it tells two classes apart"
