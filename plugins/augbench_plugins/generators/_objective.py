"""What critics and generators minimise, oriented so that a high score means real."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor
from torch.nn.functional import softplus

PenaltyAt = Literal["interp", "interp-within", "interp-mixed", "real-fake", "real", "fake"]


@dataclass(frozen=True, kw_only=True)
class Penalty:
    """A price on the critic's gradient with respect to the images."""

    law: Callable[[Tensor], Tensor]
    """Maps squared gradient norms [B] to a scalar."""
    at: PenaltyAt


@dataclass(frozen=True, kw_only=True)
class Objective:
    """The losses of one family."""

    critic: Callable[[Tensor, Tensor], Tensor]
    """Maps the scores of real and of generated images, [B] each, to the critic's loss without penalty."""
    generator: Callable[[Tensor], Tensor]
    """Maps the scores of generated images to the generator's loss."""
    penalty: Penalty | None = None
    clip: float | None = None
    """Bound of every critic weight."""


def logistic_critic(real: Tensor, fake: Tensor) -> Tensor:
    """Return E softplus(-D(x)) + E softplus(D(Gz)): cross-entropy on scores, without halving."""
    return softplus(-real).mean() + softplus(fake).mean()


def logistic_generator(fake: Tensor) -> Tensor:
    """Return E softplus(-D(Gz)), which does not saturate where the discriminator wins (Goodfellow 2014, section 3)."""
    return softplus(-fake).mean()


def wasserstein_critic(real: Tensor, fake: Tensor) -> Tensor:
    """Return E D(Gz) - E D(x) (Arjovsky 2017, Algorithm 1)."""
    return fake.mean() - real.mean()


def wasserstein_generator(fake: Tensor) -> Tensor:
    """Return -E D(Gz)."""
    return -fake.mean()


def unit_norm(squares: Tensor, weight: float) -> Tensor:
    """Return weight x E(||g|| - 1)^2 of squared norms [B] (Gulrajani 2017, Eq. 3)."""
    # The root's slope has no bound at zero, where a dead critic is.
    return weight * ((squares + 1e-12).sqrt() - 1).square().mean()


def norm_power(squares: Tensor, k: float, p: float) -> Tensor:
    """Return k E||g||^p of squared norms [B] (Wu 2018, Eq. 6), without a root."""
    return k * squares.pow(p / 2).mean()


def squared_norms(scores: Tensor, images: Tensor) -> Tensor:
    """Return the squared norm of each image's gradient, [B], itself differentiable; scores must not couple images."""
    (gradients,) = torch.autograd.grad(scores.sum(), images, create_graph=True)
    return gradients.square().sum((1, 2, 3))
