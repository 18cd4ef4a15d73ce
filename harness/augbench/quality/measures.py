"""All that is measured of generated images, in one go."""

from __future__ import annotations

from dataclasses import dataclass, fields
from math import isfinite

import torch
from torch import Tensor

from augbench.quality.frechet import frechet_distance
from augbench.quality.kernel import kernel_distance
from augbench.quality.neighbours import nearest_real_ratio, neighbourhoods
from augbench.values.components import dashed

LEAST = 2
"""Images of each kind below which nothing can be measured."""


@dataclass(frozen=True, kw_only=True)
class Measures:
    """Generated images against real ones of their class, in features; what cannot be measured is not a number."""

    real: float
    """Real images."""
    generated: float
    """Generated images."""
    kid: float
    """Kernel distance; the primary measure of small classes, a little below zero where both follow one law."""
    frechet: float
    """Fréchet distance: FID only where the features are Inception's."""
    precision: float
    recall: float
    density: float
    coverage: float
    nearest_real_ratio: float
    """Distance to the nearest real image over that between real images: about 1; near 0 for copies."""
    diversity: float
    """Mean distance between two generated images over that between two real ones: about 1; near 0 where all look alike."""

    def numbers(self) -> dict[str, float]:
        """Return what could be measured, by dashed name."""
        found = {dashed(field.name): float(getattr(self, field.name)) for field in fields(self)}
        return {name: value for name, value in found.items() if isfinite(value)}


def measure(real: Tensor, fake: Tensor, nearest: int) -> Measures:
    """Measure features [N, d] and [M, d]; balls reach to the ``nearest``-th neighbour (Naeem 2020) or, in a smaller class, the last."""
    counts = {"real": float(len(real)), "generated": float(len(fake))}
    if min(len(real), len(fake)) < LEAST:
        rest = {field.name: float("nan") for field in fields(Measures) if field.name not in counts}
        return Measures(**counts, **rest)
    balls = neighbourhoods(real, fake, min(nearest, len(real) - 1, len(fake) - 1), "prdc")
    return Measures(
        **counts,
        kid=kernel_distance(real, fake),
        frechet=frechet_distance(real, fake),
        **vars(balls),
        nearest_real_ratio=nearest_real_ratio(real, fake),
        diversity=diversity(real, fake),
    )


def diversity(real: Tensor, fake: Tensor) -> float:
    """Return the mean distance between two generated images over that between two real ones; no number where those are all alike."""
    of_real, of_fake = (float(torch.pdist(features.double()).mean()) for features in (real, fake))
    return of_fake / of_real if of_real > 0 else float("nan")
