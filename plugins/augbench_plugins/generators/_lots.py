"""The random numbers of a fit, drawn on the CPU for a block of iterations at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields

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


@dataclass(frozen=True, kw_only=True)
class Sizes:
    """How many numbers an iteration needs."""

    images: int
    batch: int
    n_critic: int
    latent: int
    shuffles: bool = False


def lots(sizes: Sizes, iterations: int, rng: torch.Generator, device: torch.device) -> Iterator[Lot]:
    """Yield the numbers of each iteration, on the device."""
    passes = Passes(sizes.images, rng)
    for first in range(0, iterations, BLOCK):
        block = _draw(sizes, passes, rng)
        columns = [getattr(block, field.name).to(device, non_blocking=True).unbind() for field in fields(Lot)]
        names = [field.name for field in fields(Lot)]
        for parts in list(zip(*columns, strict=True))[: iterations - first]:
            yield Lot(**dict(zip(names, parts, strict=True)))


class Passes:
    """Shuffled passes over all images, end to end: a class smaller than a batch simply starts over within it."""

    def __init__(self, images: int, rng: torch.Generator) -> None:
        self._images, self._rng = images, rng
        self._left = torch.empty(0, dtype=torch.int64)

    def take(self, count: int) -> Tensor:
        """Return the next indices, int64 [count]."""
        missing = count - len(self._left)
        passes = -(-missing // self._images) if missing > 0 else 0
        shuffled = [torch.randperm(self._images, generator=self._rng) for _ in range(passes)]
        indices = torch.cat([self._left, *shuffled])
        self._left = indices[count:]
        return indices[:count]


def _draw(sizes: Sizes, passes: Passes, rng: torch.Generator) -> Lot:
    shape = (BLOCK, sizes.n_critic, sizes.batch)
    return Lot(
        reals=passes.take(BLOCK * sizes.n_critic * sizes.batch).view(shape),
        critic_latents=torch.randn(*shape, sizes.latent, generator=rng),
        shares=torch.rand(shape, generator=rng),
        generator_latents=torch.randn(BLOCK, sizes.batch, sizes.latent, generator=rng),
        # Last: the numbers of the others are the same with and without.
        shuffles=torch.rand(*shape[:2], 2 * sizes.batch if sizes.shuffles else 0, generator=rng).argsort(-1),
    )
