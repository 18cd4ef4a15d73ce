"""Networks on small images."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor, nn

from augbench.testing.checking import NotApplicable
from augbench.testing.devices import CUDA
from augbench.values.components import Component, Facts

SIDES = (32, 64, 224)
"""Heights and widths; each component is shown the smallest that it supports."""
NEAR = 1e-3
"""Of the largest number: what a sum in another order may differ by."""


def sides(component: Component, classes: int = 3) -> Iterator[tuple[int, int]]:
    """Yield 3 channels, then 1, each with the smallest side that the component supports."""
    found, reasons = 0, []
    for channels in (3, 1):
        for side in SIDES:
            reason = component.supports(_facts(channels, side, classes))
            if reason is None:
                found += 1
                yield channels, side
                break
            reasons.append(reason)
    if not found:
        raise NotApplicable(f"it supports no small images: {reasons[0]}")


def images(count: int, channels: int, side: int) -> Tensor:
    """Draw images in [0, 1], each of another brightness."""
    rng = torch.Generator().manual_seed(0)
    noise = torch.rand(count, channels, side, side, generator=rng)
    return noise * torch.linspace(0.4, 1, count)[:, None, None, None]


def seeded(make: Callable[[], Any], seed: int = 0) -> Any:
    """Make something with torch's global stream at a seed, and put the stream back."""
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed)
        return make()


def apart(first: Tensor, second: Tensor) -> float:
    """Return by how much two tensors differ, as a share of the largest number among them."""
    largest = max(float(first.abs().max()), float(second.abs().max()), 1e-12)
    return float((first.double() - second.double()).abs().max()) / largest


def move_to_fake_device(module: nn.Module) -> None:
    """Put weights and buffers of a network on the device that ``fake_cuda``, which this runs in, lets code believe in."""
    for part in module.modules():
        for name, weight in part._parameters.items():
            if weight is not None:
                part._parameters[name] = nn.Parameter(torch.empty(weight.shape, dtype=weight.dtype, device=CUDA), weight.requires_grad)
        for name, buffer in part._buffers.items():
            if buffer is not None:
                part._buffers[name] = torch.empty(buffer.shape, dtype=buffer.dtype, device=CUDA)


def _facts(channels: int, side: int, classes: int) -> Facts:
    names = tuple("abcdefgh"[:classes])
    return Facts(shape=(channels, side, side), classes=names, counts=(9,) * classes, minority=names[-1:], batch_size=8)
