"""Small source images, and what an augmenter draws for them and makes of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode

from augbench.testing.checking import NotApplicable, require
from augbench.values.augmenting import Augmenter, Draw, DrawContext, Mixed
from augbench.values.components import Facts, Reason

Shape = tuple[int, int, int]
SHAPES: Sequence[Shape] = tuple((channels, side, side) for side in (8, 32, 64, 224) for channels in (3, 1))
"""Channels, height and width; an augmenter is shown the first that it supports."""
ODD_SHAPES: Sequence[Shape] = ((1, 8, 8), (3, 8, 8), (3, 7, 7), (1, 9, 5), (3, 8, 12), (3, 33, 32))
COUNTS = (40, 24, 12)
"""Images of each class."""


def shape_for(component: Augmenter) -> Shape:
    """Return the first shape that an augmenter supports."""
    for shape in SHAPES:
        if refusal(component, shape) is None:
            return shape
    raise NotApplicable(f"it supports no small images: {refusal(component, SHAPES[0])}")


def refusal(component: Augmenter, shape: Shape) -> Reason | None:
    """Return why an augmenter does not support images of a shape."""
    classes = ("common", "rare", "rarest")
    rare = classes[1:]
    return component.supports(
        Facts(
            shape=shape,
            classes=classes,
            counts=COUNTS,
            minority=rare,
            batch_size=8,
            mix={"slot": 1.0},
            n=dict.fromkeys(rare, 1),
            bank_size=dict.fromkeys(rare, 0),
        )
    )


def context_of(component: Augmenter, shape: Shape, per_step: int = 5, steps: int = 1, *, strangers: bool = False) -> DrawContext:
    """Return what a block of draws is for: sources all of one class, or each of the next class."""
    labels = torch.zeros(steps * per_step, component.arity, dtype=torch.int64)
    if strangers:
        labels += torch.arange(labels.numel()).view_as(labels) % len(COUNTS)
    return DrawContext(steps=steps, per_step=per_step, shape=shape, labels=labels, class_counts=torch.tensor(COUNTS))


def pictures(component: Augmenter, shape: Shape, count: int = 5) -> Tensor:
    """Return noise as sources, float32 [count, arity, C, H, W]."""
    return torch.rand(count, component.arity, *shape, generator=rng(7))


def rng(seed: int = 0) -> torch.Generator:
    """Return a stream."""
    return torch.Generator().manual_seed(seed)


def drawn(component: Augmenter, context: DrawContext, seed: int = 0) -> Draw:
    """Draw a block."""
    draw = component.draw(context, rng(seed))
    require(isinstance(draw, Draw), f"draw returns {type(draw).__name__}, no Draw")
    return draw


def mixed(component: Augmenter, sources: Tensor, draw: Draw) -> Mixed:
    """Mix copies of sources and draws: what one law lets pass must not show in another."""
    made = component.apply(sources.clone(), replace(draw, **{name: tensor.clone() for name, tensor in numbers(draw).items()}))
    require(isinstance(made, Mixed), f"apply returns {type(made).__name__}, no Mixed")
    return made


def numbers(draw: Draw) -> Mapping[str, Any]:
    """Return the tensors of a draw, by name."""
    found = {field.name: getattr(draw, field.name) for field in fields(draw)}
    return {name: tensor for name, tensor in found.items() if isinstance(tensor, Tensor)}


class Extremes(TorchFunctionMode):
    """Puts 0 and the largest number below 1 among uniform numbers: of call k those of images 2 k and 2 k + 1.

    A stream gives each once in 2^24 numbers, which is a few times in a long training.
    """

    def __init__(self) -> None:
        super().__init__()
        self.calls = 0

    def __torch_function__(self, func: Any, types: Any, args: Sequence[Any] = (), kwargs: Mapping[str, Any] | None = None) -> Any:
        """Change what ``torch.rand`` gives."""
        result = func(*args, **(kwargs or {}))
        if func is torch.rand and result.dim() and len(result) > 2 * self.calls + 1:
            flat = result.view(len(result), -1)
            flat[2 * self.calls, 0], flat[2 * self.calls + 1, 0] = 0, 1 - torch.finfo(result.dtype).eps / 2
            self.calls += 1
        return result
