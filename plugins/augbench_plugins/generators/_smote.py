"""Pairs of neighbouring images, and what lies between them."""

from __future__ import annotations

import torch
from torch import Tensor

from augbench import TrainingView
from augbench.values.errors import NoSafePair
from augbench_plugins._nearest import nearest_images

AT_ONCE = 512


def pairs(view: TrainingView, k: int) -> Tensor:
    """Return each image of the target with each of its k nearest of the class, as indices int64 [n k, 2]."""
    members = view.members()
    nearest = nearest_images(view.images, members, members, k)
    return torch.stack([members[:, None].expand(-1, k), nearest], -1).flatten(0, 1)


def safe_pairs(view: TrainingView, found: Tensor, k: int) -> tuple[Tensor, Tensor, Tensor]:
    """Return the pairs that have a safe level, and between which shares of the way their images lie, float64 [n] each."""
    assert view.target is not None, "learns one class"
    members = view.members()
    nearest = nearest_images(view.images, members, torch.arange(len(view.labels)), k)
    levels = torch.zeros(len(view.labels), dtype=torch.float64)
    levels[members] = view.labels[nearest].eq(view.target).double().sum(1)
    first, second = levels[found].unbind(1)
    safe = (first > 0) | (second > 0)
    if not safe.any():
        raise NoSafePair(view.classes[view.target], k)
    found, first, second = found[safe], first[safe], second[safe]
    low = torch.where(first < second, 1 - first / second, 0)
    high = torch.where(first > second, second / first, 1)
    # A neighbour of level 0 is noise: the ratio is infinite, and the gap closes on a copy of the first.
    return found, low, high


def between(view: TrainingView, chosen: Tensor, shares: Tensor) -> Tensor:
    """Return the images at ``shares`` [n] of the way between pairs [n, 2], on the CPU, in the data set's own integer type."""
    kind = torch.uint8 if view.images.scale == 255 else torch.uint16
    parts = []
    for pair, share in zip(chosen.split(AT_ONCE), shares.split(AT_ONCE), strict=True):
        # Never in the images' own integers, where a difference below zero would wrap around.
        first, second = (view.images.take(side.to(view.images.indices_on)).cpu().double() for side in pair.unbind(1))
        parts.append(torch.lerp(first, second, share[:, None, None, None]).round_().to(kind))
    return torch.cat(parts)
