"""Laws of losses: one finite number that falls as predictions get better."""

from __future__ import annotations

import math
from collections.abc import Iterator
from copy import copy
from dataclasses import replace

import torch
from torch import Tensor

from augbench.testing.checking import Broken, require
from augbench.testing.devices import CUDA, fake_cuda
from augbench.testing.laws._supported import expect_support
from augbench.testing.trees import difference
from augbench.values.learning import Loss, LossContext

COUNTS = (9, 4, 2, 1)
IMAGES, CLASSES = 6, len(COUNTS)
PROGRESS = (0.0, 0.5, 1.0)
SURE = 4.0
STEP = 0.01
"""Length of the step that is taken down the slope."""


def exercise(component: Loss) -> object:
    """Compute values and slopes of hard and soft targets over a training, and say what it wants of the last layer."""
    cases = [(targets, context) for targets in _targets().values() for context in _contexts(component)]
    results = [_value_and_slope(component, _logits(), targets, context) for targets, context in cases]
    return results, component.cosine_scale, component.bias_start(CLASSES), component.bias_decays


def check_one_number(component: Loss) -> None:
    """The loss of a batch is one finite number, from the first step to the last, of one image too."""
    for context in _contexts(component):
        for name, targets in _targets().items():
            for count in (IMAGES, 1):
                found = component.loss(_logits()[:count], targets[:count], context)
                told = f"of {count} images with {name} labels, at progress {context.progress},"
                require(tuple(found.shape) == (), f"{told} it is {list(found.shape)}, not one number")
                require(bool(found.isfinite()), f"{told} it is {found.item()}")


def check_any_logits(component: Loss) -> None:
    """Logits of any size give a finite loss and finite slopes."""
    for context in _contexts(component):
        for name, targets in _targets().items():
            for size in (0.0, 40.0, -40.0, 1000.0, -1000.0):
                value, slope = _value_and_slope(component, size * _towards(_targets()["hard"]), targets, context)
                told = f"of logits of {size:g} with {name} labels"
                require(bool(value.isfinite()), f"{told} the loss is {value.item()}")
                require(bool(slope.isfinite().all()), f"{told} the slope is not finite")


def check_class_without_images(component: Loss) -> None:
    """A class that a fold has no image of does no harm."""
    counts = torch.tensor((9, 0, 2, 1))
    for context in _contexts(component):
        here = replace(context, class_counts=counts, prior=counts / counts.sum())
        value, slope = _value_and_slope(component, _logits(), _targets()["hard"][[0, 1, 1, 0, 4, 0]], here)
        finite = bool(value.isfinite()) and bool(slope.isfinite().all())
        require(finite, f"of {counts.tolist()} images of the classes, the loss or its slope is not finite: {value.item()}")


def check_slope_leads_down(component: Loss) -> None:
    """A small step down its slope lowers the loss."""
    for context in _contexts(component):
        for name, targets in _targets().items():
            value, slope = _value_and_slope(component, _logits(), targets, context)
            told = f"at progress {context.progress}, with {name} labels,"
            require(bool(slope.any()), f"{told} the slope is 0 everywhere")
            after = _value(component, _logits() - STEP * slope / slope.norm(), targets, context)
            require(not bool(after >= value), f"{told} a step down the slope takes the loss from {value.item():.6g} to {after.item():.6g}")


def check_right_costs_less(component: Loss) -> None:
    """Predictions that are right cost less than predictions that are wrong."""
    targets = _targets()["hard"]
    for context in _contexts(component):
        right, wrong = (_value(component, size * _towards(targets), targets, context).item() for size in (SURE, -SURE))
        require(not right >= wrong, f"at progress {context.progress}, right predictions cost {right:.4g} and wrong ones {wrong:.4g}")


def check_order_of_images(component: Loss) -> None:
    """The order of a batch's images changes nothing but rounding."""
    order = torch.tensor([3, 0, 5, 1, 4, 2])
    for context in _contexts(component):
        for name, targets in _targets().items():
            one, other = (_value(component, _logits()[places], targets[places], context).item() for places in (torch.arange(IMAGES), order))
            same = math.isclose(one, other, rel_tol=1e-4, abs_tol=1e-6) or not math.isfinite(one)
            require(same, f"the same images with {name} labels cost {one:.6g} in one order and {other:.6g} in another")


def check_inputs_are_unwritten(component: Loss) -> None:
    """Logits, targets and what it is told of the training are not written to."""
    for context in _contexts(component):
        given = {"logits": _logits(), "targets": _targets()["soft"], "prior": context.prior, "class_counts": context.class_counts}
        kept = {name: tensor.clone() for name, tensor in given.items()}
        component.loss(given["logits"], given["targets"], context)
        found = difference(kept, given)
        require(not found, f"it writes to what it is handed: {found}")


def check_last_layer(component: Loss) -> None:
    """``cosine_scale`` is above 0 or None, ``bias_start`` a finite number or None."""
    scale, bias = component.cosine_scale, component.bias_start(CLASSES)
    require(scale is None or (isinstance(scale, float | int) and 0 < scale < math.inf), f"cosine_scale is {scale!r}")
    require(bias is None or (isinstance(bias, float | int) and math.isfinite(bias)), f"bias_start({CLASSES}) is {bias!r}")


def check_no_waiting(component: Loss) -> None:
    """It never makes the host wait for the device, and mixes no tensors of two devices."""
    for context in _contexts(component):
        _value(component, _logits(), _targets()["soft"], context)
        with fake_cuda():
            logits, targets, prior = (torch.empty(shape, device=CUDA) for shape in ((IMAGES, CLASSES), (IMAGES, CLASSES), CLASSES))
            counts = torch.empty(CLASSES, dtype=torch.int64, device=CUDA)
            # What a component keeps while it works on fake tensors goes with the copy.
            found = copy(component).loss(logits, targets, LossContext(prior=prior, class_counts=counts, progress=context.progress))
            device = found.device.type
        require(device == CUDA, f"of logits on {CUDA} the loss is on {device}")


def _contexts(component: Loss) -> Iterator[LossContext]:
    """Yield what is told at the beginning, in the middle and at the end of a training."""
    expect_support(component, COUNTS, IMAGES)
    for progress in PROGRESS:
        counts = torch.tensor(COUNTS)
        yield LossContext(prior=counts / counts.sum(), class_counts=counts, progress=progress)


def _logits() -> Tensor:
    return 2 * torch.randn(IMAGES, CLASSES, generator=torch.Generator().manual_seed(0))


def _targets() -> dict[str, Tensor]:
    hard = torch.eye(CLASSES)[[0, 3, 1, 1, 2, 0]]
    return {"hard": hard, "soft": 0.7 * hard + 0.3 * hard.roll(1, dims=0)}


def _towards(targets: Tensor) -> Tensor:
    """Return logits of 1 for the true class and -1 for the others."""
    return 2 * targets - 1


def _value(component: Loss, logits: Tensor, targets: Tensor, context: LossContext) -> Tensor:
    # Copies, and a mean: what one law lets pass must not show in another.
    copied = replace(context, prior=context.prior.clone(), class_counts=context.class_counts.clone())
    return component.loss(logits.clone(), targets.clone(), copied).mean()


def _value_and_slope(component: Loss, logits: Tensor, targets: Tensor, context: LossContext) -> tuple[Tensor, Tensor]:
    here = logits.clone().requires_grad_()
    value = _value(component, here, targets, context)
    if not value.requires_grad:
        raise Broken("the loss has no slope: it is cut off from the logits")
    (slope,) = torch.autograd.grad(value, here)
    return value.detach(), slope
