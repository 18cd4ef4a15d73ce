"""What every loss obeys."""

import pytest
import torch
from torch import Tensor
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.utils._python_dispatch import TorchDispatchMode

from augbench import Loss, LossContext
from augbench_plugins.losses.balanced_softmax import BalancedSoftmax
from augbench_plugins.losses.cb_focal import CbFocal
from augbench_plugins.losses.class_weighted import ClassWeighted
from augbench_plugins.losses.cross_entropy import CrossEntropy
from augbench_plugins.losses.effective_number import EffectiveNumber
from augbench_plugins.losses.focal import Focal
from augbench_plugins.losses.ldam import Ldam, LdamDrw
from augbench_plugins.losses.logit_adjustment import LogitAdjustment

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
def test_extreme_logits_give_finite_losses_and_slopes(loss: Loss, hard: Tensor, soft: Tensor, about) -> None:
    for targets in (hard.float(), soft.float()):
        for size in (0.0, 40.0, -40.0, 1000.0):
            here = (size * (2 * hard - 1)).float().requires_grad_()
            value = loss.loss(here, targets, about())
            (gradient,) = torch.autograd.grad(value, here)
            assert value.isfinite()
            assert gradient.isfinite().all()


@every
def test_half_precision_logits_give_a_float32_loss(loss: Loss, logits: Tensor, soft: Tensor, about) -> None:
    assert loss.loss(logits.bfloat16(), soft.float(), about()).dtype == torch.float32


@every
def test_a_class_without_images_does_no_harm(loss: Loss, logits: Tensor, about) -> None:
    targets = torch.nn.functional.one_hot(torch.tensor([0, 3, 3, 0, 2, 0]), 4).float()
    here = logits.float().requires_grad_()
    value = loss.loss(here, targets, about((9, 0, 2, 1), progress=0.9))
    (gradient,) = torch.autograd.grad(value, here)
    assert value.isfinite()
    assert gradient.isfinite().all()


class NoWaiting(TorchDispatchMode):
    """Fails on operations for which the host waits for the device, or which copy between them."""

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):  # type: ignore[no-untyped-def]
        name = func.overloadpacket.__name__
        assert name not in {"_local_scalar_dense", "item", "nonzero", "is_nonzero", "equal", "masked_select", "bincount"}, name
        result = func(*args, **(kwargs or {}))
        devices = {tensor.device for tensor in (*args, result) if isinstance(tensor, Tensor) and tensor.dim()}
        assert len(devices) <= 1, f"{func} copies between {devices}"
        return result


@every
@pytest.mark.parametrize("progress", [0.1, 0.9])
def test_nothing_waits_for_the_device(loss: Loss, progress: float) -> None:
    with FakeTensorMode():
        here, targets = torch.empty(6, 4, device="cuda"), torch.empty(6, 4, device="cuda")
        counts = torch.empty(4, dtype=torch.int64, device="cuda")
        context = LossContext(prior=torch.empty(4, device="cuda"), class_counts=counts, progress=progress)
        with NoWaiting():
            assert loss.loss(here, targets, context).shape == ()


@every
def test_only_some_losses_touch_the_last_layer(loss: Loss) -> None:
    assert (loss.cosine_scale is not None) == isinstance(loss, Ldam)
    assert loss.bias_start(4) is None or isinstance(loss, SIGMOID)
