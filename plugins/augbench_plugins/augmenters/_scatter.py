"""Random numbers for every pixel, made from one drawn seed an image, the same on every device.

Drawing them beforehand would take 100 MB a block of 64 steps at 32 images of 3 x 64 x 64, and their way to the device.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

SEEDS = 2**31
"""Seeds lie below this."""


def uniforms(seeds: Tensor, shape: tuple[int, int, int]) -> Tensor:
    """Return U(0, 1) numbers, float32 [B, *shape], multiples of 2^-24, of seeds int64 [B]."""
    return _bits(seeds, shape).mul_(2.0**-24)


def normals(seeds: Tensor, shape: tuple[int, int, int]) -> Tensor:
    """Return N(0, 1) numbers, float32 [B, *shape], at most 5.4, of seeds int64 [B]."""
    # The middles of 2^24 equal parts of (-1, 1), which float32 holds exactly, through the inverse of the law.
    return _bits(seeds, shape).mul_(2.0**-23).add_(2.0**-24 - 1).erfinv_().mul_(math.sqrt(2))


def _bits(seeds: Tensor, shape: tuple[int, int, int]) -> Tensor:
    """Return a whole number of 24 random bits for every place, float32."""
    import torch

    # Places are scrambled before they meet the seed, so that no two seeds give shifted copies of each other.
    places = _scrambled(torch.arange(1, 1 + math.prod(shape), dtype=torch.int32, device=seeds.device))
    numbers = _scrambled(places ^ seeds.to(torch.int32)[:, None])
    return _shifted(numbers, 8).float().view(-1, *shape)


def _scrambled(numbers: Tensor) -> Tensor:
    """Permute the numbers of 32 bits, int32, in place (Wellons, hash prospector: the function of bias 0.107)."""
    numbers ^= _shifted(numbers, 16)
    numbers *= 0x21F0AAAD
    numbers ^= _shifted(numbers, 15)
    numbers *= 0x735A2D97
    numbers ^= _shifted(numbers, 15)
    return numbers


def _shifted(numbers: Tensor, bits: int) -> Tensor:
    """Shift right as numbers without a sign are."""
    return (numbers >> bits).bitwise_and_(2 ** (32 - bits) - 1)
