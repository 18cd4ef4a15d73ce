"""Fréchet distance (FID, where the features are Inception's) between normal laws with the features' moments."""

from __future__ import annotations

import torch
from torch import Tensor

from augbench.quality._features_given import checked


def frechet_distance(real: Tensor, fake: Tensor) -> float:
    """Return |m1 - m2|^2 + tr(S1 + S2 - 2 (S1 S2)^1/2) of features [N, d] and [M, d], with N - 1 covariances (Heusel 2017).

    Two draws from one law are far apart where images are few (about 510 at N = M = 200, d = 512, for a normal law): state
    N with it, and compare at equal N only.  Takes the cheaper of two equal forms.  Raise ``TooFewFeatures`` below two images.
    """
    few = min(len(real), len(fake)) < real.shape[-1]
    return frechet_distance_of_few(real, fake) if few else frechet_distance_of_many(real, fake)


def frechet_distance_of_many(real: Tensor, fake: Tensor) -> float:
    """Return the distance from the eigenvalues of S1 S2, [d, d]."""
    real, fake = checked(real, fake, least=2, metric="the Fréchet distance")
    # Of one feature, torch's covariance is no matrix.
    first, second = (torch.atleast_2d(features.T.cov()) for features in (real, fake))
    # S1^1/2 S2 S1^1/2 has the eigenvalues of S1 S2 and is symmetric: they stay real.
    values, vectors = torch.linalg.eigh(first)
    root = (vectors * values.clamp(min=0).sqrt()) @ vectors.T
    cross = torch.linalg.eigvalsh(root @ second @ root).clamp(min=0).sqrt().sum()
    return float(_squared_shift(real, fake) + first.trace() + second.trace() - 2 * cross)


def frechet_distance_of_few(real: Tensor, fake: Tensor) -> float:
    """Return the distance from the singular values of X1 X2^T, [N, M], of centred features; forms no [d, d]."""
    real, fake = checked(real, fake, least=2, metric="the Fréchet distance")
    first, second = (features - features.mean(0) for features in (real, fake))
    cross = torch.linalg.svdvals(first @ second.T).sum() / ((len(first) - 1) * (len(second) - 1)) ** 0.5
    spreads = first.square().sum() / (len(first) - 1) + second.square().sum() / (len(second) - 1)
    return float(_squared_shift(real, fake) + spreads - 2 * cross)


def _squared_shift(real: Tensor, fake: Tensor) -> Tensor:
    return (real.mean(0) - fake.mean(0)).square().sum()
