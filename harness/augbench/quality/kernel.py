"""Kernel distance (KID): the squared maximum mean discrepancy of features, without bias at any number of images."""

from __future__ import annotations

import torch
from torch import Tensor

from augbench.quality._features_given import checked


def kernel_distance(real: Tensor, fake: Tensor) -> float:
    """Return the unbiased MMD^2 of features [N, d] and [M, d] under (x.y / d + 1)^3, from all pairs at once.

    The full U-statistic of Bińkowski 2018 (Eq. 4), for N, M >= 2; zero in the mean where both follow one law, so a little
    below zero is a valid result.  Raise ``TooFewFeatures``.
    """
    real, fake = checked(real, fake, least=2, metric="the kernel distance")
    within = _mean_of_others(_kernel(real, real)) + _mean_of_others(_kernel(fake, fake))
    return float(within - 2 * _kernel(real, fake).mean())


def kernel_distance_of_subsets(
    real: Tensor, fake: Tensor, rng: torch.Generator, subsets: int = 100, size: int = 1000
) -> tuple[float, float]:
    """Return mean and standard deviation of ``kernel_distance`` over random subsets of ``size``, drawn without replacement.

    The defaults are torch-fidelity's; the deviation is that of the subsets, divided by their number, as there.  Raise
    ``TooFewFeatures`` where there are fewer than ``size`` (torch-fidelity does, clean-fid takes what there is).
    """
    real, fake = checked(real, fake, least=size, metric=f"a kernel distance of subsets of {size}")
    values = torch.tensor(
        [
            kernel_distance(*(features[torch.randperm(len(features), generator=rng)[:size]] for features in (real, fake)))
            for _ in range(subsets)
        ],
        dtype=torch.float64,
    )
    return float(values.mean()), float(values.std(correction=0))


def _kernel(left: Tensor, right: Tensor) -> Tensor:
    return (left @ right.T / left.shape[1] + 1) ** 3


def _mean_of_others(square: Tensor) -> Tensor:
    """Return the mean of all but the diagonal."""
    return (square.sum() - square.trace()) / (len(square) * (len(square) - 1))
