"""What every loss obeys."""

import pytest
import torch
from torch import Tensor

from augbench import Loss
from augbench_plugins.losses.balanced_softmax import BalancedSoftmax
from augbench_plugins.losses.cb_focal import CbFocal
from augbench_plugins.losses.class_weighted import ClassWeighted
from augbench_plugins.losses.cross_entropy import CrossEntropy
from augbench_plugins.losses.effective_number import EffectiveNumber
from augbench_plugins.losses.focal import Focal
from augbench_plugins.losses.ldam import Ldam, LdamDrw
from augbench_plugins.losses.logit_adjustment import LogitAdjustment
from support.lawful import broken

# Plain cross-entropy takes its logits down to float32: its gradient is tested beside it.
OURS = [
    ClassWeighted(),
    ClassWeighted(gamma=0.5),
    EffectiveNumber(beta=0.9),
    Focal(),
    Focal(gamma=0.5),
    Focal(form="sigmoid"),
    CbFocal(beta=0.9, gamma=0.5),
    Ldam(scale=3.0),
    LdamDrw(scale=3.0, beta=0.9, start=0.5),
    BalancedSoftmax(),
    LogitAdjustment(tau=1.5),
]
ours = pytest.mark.parametrize("loss", OURS, ids=repr)
every = pytest.mark.parametrize("loss", [CrossEntropy(), *OURS], ids=repr)
SIGMOID = (CbFocal, Focal)


@ours
def test_the_gradient_is_that_of_finite_differences(loss: Loss, logits: Tensor, soft: Tensor, about) -> None:
    assert torch.autograd.gradcheck(lambda here: loss.loss(here, soft, about()), logits.requires_grad_(), atol=1e-6)


@ours
def test_hard_targets_are_soft_targets_that_are_sure(loss: Loss, logits: Tensor, hard: Tensor, about) -> None:
    # The loss is a ratio of sums over images, continuous in the targets: near a hard target it is near the hard loss.
    near = 0.999999 * hard + 0.000001 * hard.roll(1, dims=0)
    assert loss.loss(logits, near, about()).item() == pytest.approx(loss.loss(logits, hard, about()).item(), abs=1e-4)


@every
def test_the_better_the_true_class_is_recognised_the_less_it_costs(loss: Loss, hard: Tensor, about) -> None:
    costs = [loss.loss(sure * (2 * hard - 1), hard, about()).item() for sure in (-4.0, 0.0, 4.0, 12.0)]
    assert costs == sorted(costs, reverse=True)
    assert costs[0] > costs[-1] >= 0
    assert costs[-1] < 0.01 or isinstance(loss, Ldam)


@every
def test_half_precision_logits_give_a_float32_loss(loss: Loss, logits: Tensor, soft: Tensor, about) -> None:
    assert loss.loss(logits.bfloat16(), soft.float(), about()).dtype == torch.float32


@every
def test_it_keeps_the_laws(loss: Loss) -> None:
    assert broken(loss) == []


@every
def test_only_some_losses_touch_the_last_layer(loss: Loss) -> None:
    assert (loss.cosine_scale is not None) == isinstance(loss, Ldam)
    assert loss.bias_start(4) is None or isinstance(loss, SIGMOID)
