"""Shapes that the augmenters share."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor


def over_pixels(numbers: Tensor) -> Tensor:
    """Give one number an image, [B], the shape [B, 1, 1, 1]."""
    return numbers.reshape(-1, 1, 1, 1)


def two_weights(first: Tensor) -> Tensor:
    """Return the weights of two sources, [B, 2], from the first's."""
    import torch

    return torch.stack([first, 1 - first], dim=1)


def where(mask: Tensor, chosen: Tensor, others: Tensor) -> Tensor:
    """Return ``torch.where(mask, chosen, others)`` of finite images: equal to the bit, and several times as fast on a CPU."""
    import torch

    # torch computes a lerp from the nearer end, so that a weight of 0 or 1 gives either image exactly.
    return torch.lerp(others, chosen, mask.to(others.dtype))


def whole(images: Tensor) -> Tensor:
    """Return the weights of images that show one source alone, [B, 1]."""
    return images.new_ones(len(images), 1)
