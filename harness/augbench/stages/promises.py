"""What components promise of their results, looked at where these come in: by shapes and types, for which no device is waited for."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from numbers import Real
from typing import Any

import torch
from torch import Tensor

from augbench.registry.places import definition
from augbench.values.augmenting import Augmenter, Draw, Mixed
from augbench.values.components import Component, class_address
from augbench.values.learning import Adjustment, Backbone, Loss, Network, Optimizer, Schedule
from augbench.values.sampling import Group, SampleContext, Sampler
from augbench.values.synthesis import Fitted, Generator
from augbench.values.trial_errors import OddResult


def drawn(augmenter: Augmenter, draw: Any, count: int) -> Draw:
    """Return what an augmenter drew for so many images.  Raise ``OddResult`` unless each tensor has a line for each of them."""
    promise = _Promise(augmenter, "draw")
    promise.demand(isinstance(draw, Draw), _named(draw), "an augbench.Draw")
    for field in fields(draw):
        promise.tensor(field.name, getattr(draw, field.name))
        shape = list(getattr(draw, field.name).shape)
        promise.demand(shape[:1] == [count], f"{field.name} {shape}", f"{count} lines, one for each image of the block")
    return draw  # type: ignore[no-any-return]


def mixed(augmenter: Augmenter, made: Any, sources: Tensor) -> Mixed:
    """Return what an augmenter made of sources [B, arity, C, H, W].  Raise ``OddResult`` unless it is images and weights of these."""
    promise = _Promise(augmenter, "apply")
    promise.demand(isinstance(made, Mixed), _named(made), "an augbench.Mixed")
    batch, arity, *shape = sources.shape
    promise.floats("images", made.images, (batch, *shape), sources.device)
    promise.floats("pixel weights", made.pixel_weights, (batch, arity), sources.device)
    if made.label_weights is not None:
        promise.floats("label weights", made.label_weights, (batch, arity), sources.device)
    return made  # type: ignore[no-any-return]


def composed(sampler: Sampler, groups: Any, context: SampleContext) -> Sequence[Group]:
    """Return the groups of a block.  Raise ``OddResult`` unless they point at images that there are, as many as their slots mix."""
    promise = _Promise(sampler, "compose")
    promise.demand(isinstance(groups, Sequence) and all(isinstance(group, Group) for group in groups), _named(groups), "augbench.Group's")
    for group in groups:
        what = f"the group of {group.slot or 'plain images'}"
        promise.demand(
            group.slot is None or group.slot in context.slots, f"a group of slot '{group.slot}'", f"one of {sorted(context.slots)}"
        )
        promise.tensor(what, group.sources)
        arity = context.slots[group.slot].arity if group.slot else 1
        shape = list(group.sources.shape)
        steps = context.block.steps
        promise.demand(len(shape) == 3 and (shape[0], shape[2]) == (steps, arity), f"{what} {shape}", f"[{steps} steps, n, {arity}]")
        promise.demand(group.sources.dtype == torch.int64, f"{what} of {group.sources.dtype}", "torch.int64")
        if group.sources.numel():
            # On the CPU, where no device is waited for: a wrong index on a GPU ends the whole process.
            low, high = (int(bound) for bound in group.sources.aminmax())
            there = len(context.labels) + len(context.bank_labels)
            promise.demand(low >= 0 and high < there, f"{what} with index {low if low < 0 else high}", f"0 to {there - 1}")
    shown = sum(group.sources.shape[1] for group in groups)
    promise.demand(shown == context.size, f"batches of {shown} images", f"of {context.size}, as batch.size says")
    return groups  # type: ignore[no-any-return]


def prior(sampler: Sampler, told: Any, classes: int) -> Tensor:
    """Return the class prior that a sampler declares.  Raise ``OddResult`` unless it is a share for each class."""
    promise = _Promise(sampler, "prior")
    promise.tensor("a prior", told)
    promise.demand(told.shape == (classes,), f"a prior {list(told.shape)}", f"{[classes]}, a share for each class")
    # Not by torch: a sampler tells it on the CPU, where nobody waits.
    shares = told.detach().cpu().numpy()
    promise.demand(bool(((shares >= 0) & (shares <= 1)).all()), f"the prior {shares.tolist()}", "shares from 0 to 1")
    return told  # type: ignore[no-any-return]


def expected(augmenter: Augmenter, told: Any) -> tuple[float, ...]:
    """Return how much each source's label counts on average.  Raise ``OddResult`` unless it is a number for each source, summing to 1."""
    promise = _Promise(augmenter, "expected_weights")
    fits = isinstance(told, Sequence) and len(told) == augmenter.arity and all(isinstance(weight, Real) for weight in told)
    promise.demand(fits and abs(sum(told) - 1) < 1e-3, f"expected weights {told!r}", f"{augmenter.arity} numbers that sum to 1")
    return tuple(told)


def fitted(generator: Generator, made: Any) -> Fitted:
    """Return a fitted generator.  Raise ``OddResult`` unless it can be written down: tensors, finite numbers and curves by name."""
    promise = _Promise(generator, "fit")
    promise.demand(isinstance(made, Fitted), _named(made), "an augbench.Fitted")
    for name, tensor in made.tensors.items():
        promise.demand(isinstance(name, str), f"a tensor called {name!r}", "a text")
        promise.tensor(name, tensor)
    for name, number in made.numbers.items():
        promise.demand(isinstance(number, Real) and math.isfinite(number), f"{name} = {number!r}", "a finite number")
    for name, curve in made.curves.items():
        pairs = isinstance(curve, Sequence) and all(isinstance(point, Sequence) and len(point) == 2 for point in curve)
        promise.demand(pairs, f"the curve {name}, which is no list of points", "(iteration, value) each")
    return made  # type: ignore[no-any-return]


def network(backbone: Backbone, made: Any) -> Network:
    """Return a network.  Raise ``OddResult`` unless it is one."""
    promise = _Promise(backbone, "build")
    promise.demand(isinstance(made, Network), _named(made), "an augbench.Network")
    promise.demand(isinstance(made.module, torch.nn.Module), f"a module that is {_named(made.module)}", "a torch.nn.Module")
    return made  # type: ignore[no-any-return]


def optimizer(component: Optimizer, made: Any) -> torch.optim.Optimizer:
    """Return an optimizer of torch.  Raise ``OddResult`` unless it is one."""
    _Promise(component, "build").demand(isinstance(made, torch.optim.Optimizer), _named(made), "a torch.optim.Optimizer")
    return made  # type: ignore[no-any-return]


def factor(schedule: Schedule, told: Any) -> float:
    """Return what a schedule multiplies the rate by.  Raise ``OddResult`` unless it is a finite number."""
    if not (isinstance(told, Real) and math.isfinite(told)):
        _Promise(schedule, "factor").demand(False, repr(told), "a finite number")
    return told  # type: ignore[no-any-return]


def logits(backbone: Backbone, made: Any, batch: int, classes: int) -> Tensor:
    """Return what a network gives for a batch.  Raise ``OddResult`` unless it is a number for each image and class."""
    promise = _Promise(backbone, "build")
    promise.tensor("a network whose output", made)
    promise.demand(made.shape == (batch, classes), f"a network with logits {list(made.shape)}", f"{[batch, classes]}")
    return made  # type: ignore[no-any-return]


def scalar(loss: Loss, value: Any) -> Tensor:
    """Return a loss.  Raise ``OddResult`` unless it is one number that gradients come from."""
    promise = _Promise(loss, "loss")
    promise.tensor("a loss", value)
    promise.demand(value.shape == (), f"a loss {list(value.shape)}", "a single number, []")
    promise.demand(value.requires_grad, "a loss without gradient", "one that is computed from the logits")
    return value  # type: ignore[no-any-return]


def adjusted(adjustment: Adjustment, made: Any, before: Tensor) -> Tensor:
    """Return corrected logits on the CPU.  Raise ``OddResult`` unless they are numbers of the same shape."""
    promise = _Promise(adjustment, "adjust")
    promise.tensor("logits", made)
    promise.demand(made.shape == before.shape, f"logits {list(made.shape)}", str(list(before.shape)))
    # An impossible class is at minus infinity.
    odd = int((made.isnan() | (made == torch.inf)).sum())
    promise.demand(not odd, f"{odd} of {made.numel()} logits that are no numbers", "numbers")
    return made  # type: ignore[no-any-return]


def finite(component: Component, method: str, tensors: Mapping[str, Tensor]) -> None:
    """Raise ``OddResult`` for the first tensor that holds anything but finite numbers; this waits for the device."""
    for what, tensor in tensors.items():
        odd = int((~tensor.isfinite()).sum())
        _Promise(component, method).demand(not odd, f"{what} with {odd} of {tensor.numel()} numbers that are not finite")


class _Promise:
    """One method's."""

    def __init__(self, component: Component, method: str) -> None:
        self._component, self._method = component, method

    def demand(self, kept: bool, found: str, expected: str = "") -> None:
        if not kept:
            kind = type(self._component)
            raise OddResult(self._component.kind, class_address(kind), found, expected, definition(getattr(kind, self._method)))

    def tensor(self, what: str, found: Any) -> None:
        self.demand(isinstance(found, Tensor), f"{what} that is {_named(found)}", "a tensor")

    def floats(self, what: str, found: Any, shape: tuple[int, ...], device: torch.device) -> None:
        self.tensor(what, found)
        self.demand(tuple(found.shape) == shape, f"{what} {list(found.shape)}", str(list(shape)))
        self.demand(found.dtype == torch.float32, f"{what} of {found.dtype}", "torch.float32")
        self.demand(found.device == device, f"{what} on {found.device}", f"on {device}, where the sources are")


def _named(value: Any) -> str:
    return f"{type(value).__module__}.{type(value).__qualname__}".removeprefix("builtins.")


Look = Callable[[Component, str, Mapping[str, Tensor]], None]
"""Sees what a component made: its method, and tensors by name."""


def no_look(component: Component, method: str, tensors: Mapping[str, Tensor]) -> None:
    """See nothing."""
