"""Laws of adjustments: corrected predictions, image by image, on the CPU."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import torch
from torch import Tensor

from augbench.testing.checking import Broken, require
from augbench.testing.laws._supported import expect_support
from augbench.testing.trees import difference
from augbench.values.learning import Adjustment, AdjustmentContext

COUNTS = (60, 30, 8, 2)
IMAGES, CLASSES = 12, len(COUNTS)
ROUNDING = 1e-5


def exercise(component: Adjustment) -> object:
    """Adjust predictions, and those of a class that was never shown."""
    return component.adjust(_logits(), _context(component)), component.adjust(_logits(), _with_an_empty_class(component))


def check_shape_and_type(component: Adjustment) -> None:
    """Adjusted logits are [n, K] of floating numbers on the CPU, of one image as of many."""
    for count in (IMAGES, 1):
        found = _adjusted(component, _logits()[:count], _context(component))
        kept = tuple(found.shape) == (count, CLASSES) and found.is_floating_point() and found.device.type == "cpu"
        require(kept, f"of logits {[count, CLASSES]} it makes {found.dtype} {list(found.shape)} on {found.device}")


def check_finite(component: Adjustment) -> None:
    """Adjusted logits are finite, also where the classifier is sure and of a class that it was never shown."""
    sure = (50 * _logits()).log_softmax(1)
    for name, context in (("every class shown", _context(component)), ("one class never shown", _with_an_empty_class(component))):
        for logits in (_logits(), sure):
            odd = int((~_adjusted(component, logits, context).isfinite()).sum())
            told = f"with {name} and log-probabilities down to {float(logits.min()):.0f}"
            require(odd == 0, f"{told}, {odd} of {logits.numel()} adjusted logits are not finite")


def check_order_of_images(component: Adjustment) -> None:
    """Images in another order get the same predictions in that order."""
    order = torch.arange(IMAGES).roll(5).flip(0)
    one, other = (_adjusted(component, _logits()[places], _context(component)) for places in (torch.arange(IMAGES), order))
    gap = float((one[order] - other).abs().max())
    require(not gap > ROUNDING, f"in another order of images, predictions differ by up to {gap:.3g}")


def check_inputs_are_unwritten(component: Adjustment) -> None:
    """Neither logits nor what it is told of the training are written to."""
    logits, context = _logits(), _context(component)
    given = _tensors(logits, context)
    kept = {name: tensor.clone() for name, tensor in given.items()}
    component.adjust(logits, context)
    found = difference(kept, given)
    require(not found, f"it writes to what it is handed: {found}")


def check_without_validation(component: Adjustment) -> None:
    """Without validation images it adjusts all the same, or says what it needs them for."""
    try:
        component.adjust(_logits(), replace(_context(component), validation=None))
    except (TypeError, AttributeError) as error:
        advice = "look whether context.validation is None, and raise an AugbenchError that says what to do"
        told = f"it stumbles over {type(error).__name__}: {error}; {advice}"
        raise Broken(told).with_traceback(error.__traceback__) from error
    except Exception as error:
        require(bool(str(error)), f"it raises {type(error).__name__} without a word")


def _adjusted(component: Adjustment, logits: Tensor, context: AdjustmentContext) -> Tensor:
    # A copy: what one law lets pass must not show in another.
    return component.adjust(logits.clone(), context)


def _context(component: Adjustment) -> AdjustmentContext:
    """Return what is told of a training with validation images."""
    expect_support(component, COUNTS)
    counts = torch.tensor(COUNTS)
    return AdjustmentContext(prior=counts / counts.sum(), class_counts=counts, validation=(_logits(seed=1), torch.arange(IMAGES) % CLASSES))


def _with_an_empty_class(component: Adjustment) -> AdjustmentContext:
    counts = torch.tensor((60, 30, 8, 0))
    return replace(_context(component), prior=counts / counts.sum(), class_counts=counts)


def _logits(seed: int = 0) -> Tensor:
    """Return log-probabilities [n, K]."""
    return (2 * torch.randn(IMAGES, CLASSES, generator=torch.Generator().manual_seed(seed))).log_softmax(1)


def _tensors(logits: Tensor, context: AdjustmentContext) -> Mapping[str, Tensor]:
    told = {"logits": logits, "prior": context.prior, "class_counts": context.class_counts}
    return told | (dict(zip(("validation[0]", "validation[1]"), context.validation, strict=True)) if context.validation else {})
