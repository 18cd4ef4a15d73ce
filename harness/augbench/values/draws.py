"""Random numbers for augmenters: the same on every device, because they are drawn on the CPU from a given stream."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from augbench.values.augmenting import DrawContext

Law = Literal["sample", "batch"]


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


def _number(context: DrawContext, per: Law) -> int:
    return context.count if per == "sample" else context.steps


def _spread(context: DrawContext, numbers: Tensor, per: Law) -> Tensor:
    return numbers if per == "sample" else numbers.repeat_interleave(context.per_step)
