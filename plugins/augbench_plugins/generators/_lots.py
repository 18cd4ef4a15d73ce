"""The random numbers of a fit, drawn on the CPU for a block of iterations at once."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Protocol

import torch
from torch import Tensor

# Constant, and part of what a seed means: the same iterations draw the same numbers, however long the fit.
BLOCK = 50


@dataclass(frozen=True, kw_only=True)
class Lot:
    """What one iteration draws; the critic's come once for each of its updates."""

    reals: Tensor
    """Indices of the real images, int64 [n_critic, B]."""
    critic_latents: Tensor
    """float32 [n_critic, B, latent]."""
    shares: Tensor
    """How much of a generated image an interpolate holds, float32 [n_critic, B]."""
    generator_latents: Tensor
    """float32 [B, latent]."""
    shuffles: Tensor
    """Orders of the real and generated images together, int64 [n_critic, 2 B], or empty [n_critic, 0] where none is wanted."""
    lookalikes: Tensor
    """Indices of real images whose classes the generator's update is to draw, int64 [B], or empty [0] where classes do not matter."""


@dataclass(frozen=True, kw_only=True)
class Sizes:
    """How many numbers an iteration needs."""

    batch: int
    n_critic: int
    latent: int
    shuffles: bool = False
    lookalikes: bool = False


class Deck(Protocol):
    """Deals real images."""

    left: Tensor
    """Indices that were shuffled and not yet dealt: with the stream's state, all that the next ones hang on."""

    def take(self, count: int) -> Tensor:
        """Return the next indices, int64 [count]."""


class Passes:
    """Shuffled passes over all images, end to end: a class smaller than a batch simply starts over within it."""

    def __init__(self, images: int, rng: torch.Generator) -> None:
        self._images, self._rng = images, rng
        self.left = torch.empty(0, dtype=torch.int64)

    def take(self, count: int) -> Tensor:
        """Return the next indices, int64 [count]."""
        missing = count - len(self.left)
        passes = -(-missing // self._images) if missing > 0 else 0
        shuffled = [torch.randperm(self._images, generator=self._rng) for _ in range(passes)]
        indices = torch.cat([self.left, *shuffled])
        self.left = indices[count:]
        return indices[:count]


class ByClass:
    """Images with replacement, their classes in proportion to n^power: 0 is class-balanced, 1 every image alike."""

    def __init__(self, labels: Tensor, power: float, rng: torch.Generator) -> None:
        counts = torch.bincount(labels).double()
        # A class without images has no share, whatever the power.
        shares = torch.where(counts > 0, counts.pow(power), 0)
        self._weights = (shares / counts.clamp(min=1))[labels]
        self._rng = rng
        self.left = torch.empty(0, dtype=torch.int64)

    def take(self, count: int) -> Tensor:
        """Return the next indices, int64 [count]."""
        edges = self._weights.cumsum(0)
        return torch.searchsorted(edges / edges[-1], torch.rand(count, generator=self._rng, dtype=torch.float64)).clamp(max=len(edges) - 1)


def lots(sizes: Sizes, deck: Deck, rng: torch.Generator, device: torch.device) -> list[Lot]:
    """Return the numbers of the next ``BLOCK`` iterations, on the device."""
    block = _draw(sizes, deck, rng)
    names = [field.name for field in fields(Lot)]
    columns = [getattr(block, name).to(device, non_blocking=True).unbind() for name in names]
    return [Lot(**dict(zip(names, parts, strict=True))) for parts in zip(*columns, strict=True)]


def _draw(sizes: Sizes, deck: Deck, rng: torch.Generator) -> Lot:
    shape = (BLOCK, sizes.n_critic, sizes.batch)
    return Lot(
        reals=deck.take(BLOCK * sizes.n_critic * sizes.batch).view(shape),
        critic_latents=torch.randn(*shape, sizes.latent, generator=rng),
        shares=torch.rand(shape, generator=rng),
        generator_latents=torch.randn(BLOCK, sizes.batch, sizes.latent, generator=rng),
        # Last: the numbers of the others are the same with and without.
        shuffles=torch.rand(*shape[:2], 2 * sizes.batch if sizes.shuffles else 0, generator=rng).argsort(-1),
        lookalikes=deck.take(BLOCK * sizes.batch if sizes.lookalikes else 0).view(BLOCK, -1),
    )
