"""Random numbers for augmenters: the same on every device, because they are drawn on the CPU from a given stream.

Numbers for every pixel are made on the device, of one seed an image that is drawn so: ``seeds`` in ``draw``, and in ``apply``
``uniform_pixels`` or ``normal_pixels``.  Drawing them all would take 100 MB a block of 64 steps at 32 images of 3 x 64 x 64.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from augbench.values.augmenting import DrawContext

Law = Literal["sample", "batch"]
_SEEDS = 2**31


def uniform(context: DrawContext, rng: torch.Generator, low: float = 0.0, high: float = 1.0, per: Law = "sample") -> Tensor:
    """Draw U(low, high) for each output image, float32 [count]; ``per="batch"`` draws once a step."""
    import torch

    return _spread(context, torch.rand(_number(context, per), generator=rng) * (high - low) + low, per)


def normal(context: DrawContext, rng: torch.Generator, mean: float = 0.0, sd: float = 1.0, per: Law = "sample") -> Tensor:
    """Draw N(mean, sd^2) for each output image, float32 [count]."""
    import torch

    return _spread(context, torch.randn(_number(context, per), generator=rng) * sd + mean, per)


def beta(
    context: DrawContext, rng: torch.Generator, a: float, b: float, low: float = 0.0, high: float = 1.0, per: Law = "sample"
) -> Tensor:
    """Draw Beta(a, b) given that it lies in [low, high], for each output image, float32 [count]."""
    import torch
    from scipy.special import betainc, betaincinv

    # By the inverse of the law's distribution function: truncation costs nothing, and one uniform number makes one draw.
    below, upto = betainc(a, b, low), betainc(a, b, high)
    places = below + (upto - below) * torch.rand(_number(context, per), generator=rng, dtype=torch.float64).numpy()
    return _spread(context, torch.as_tensor(betaincinv(a, b, places)).clamp(low, high).float(), per)


def integers(context: DrawContext, rng: torch.Generator, low: int, high: int, per: Law = "sample") -> Tensor:
    """Draw whole numbers of low..high-1 for each output image, int64 [count]."""
    import torch

    return _spread(context, torch.randint(low, high, (_number(context, per),), generator=rng), per)


def seeds(context: DrawContext, rng: torch.Generator, per: Law = "sample") -> Tensor:
    """Draw a seed for each output image, int64 [count]: what ``uniform_pixels`` and ``normal_pixels`` make numbers of."""
    return integers(context, rng, 0, _SEEDS, per)


def uniform_pixels(seeds: Tensor, shape: tuple[int, int, int]) -> Tensor:
    """Return U(0, 1) numbers for every place of images, float32 [B, *shape], of drawn seeds [B]; the same on every device."""
    return _bits(seeds, shape).mul_(2.0**-24)


def normal_pixels(seeds: Tensor, shape: tuple[int, int, int]) -> Tensor:
    """Return N(0, 1) numbers for every place of images, float32 [B, *shape], at most 5.4, of drawn seeds [B]."""
    # The middles of 2^24 equal parts of (-1, 1), which float32 holds exactly, through the inverse of the law.
    return _bits(seeds, shape).mul_(2.0**-23).add_(2.0**-24 - 1).erfinv_().mul_(math.sqrt(2))


def _number(context: DrawContext, per: Law) -> int:
    return context.count if per == "sample" else context.steps


def _spread(context: DrawContext, numbers: Tensor, per: Law) -> Tensor:
    return numbers if per == "sample" else numbers.repeat_interleave(context.per_step)


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
