"""What nearest neighbours tell of generated images: precision, recall, density, coverage and copies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from augbench.quality._features_given import checked

Convention = Literal["prdc", "torch-fidelity"]


@dataclass(frozen=True, kw_only=True)
class Neighbourhoods:
    """Shares of images within each other's balls, whose radius is the distance to the k-th neighbour of the same kind."""

    precision: float
    """Share of generated images within a ball of a real one (Kynkäänniemi 2019)."""
    recall: float
    """Share of real images within a ball of a generated one."""
    density: float
    """Balls of real images around a generated one, in the mean, divided by k: may be above 1 (Naeem 2020)."""
    coverage: float
    """Share of real images with a generated one within their ball (Naeem 2020)."""


def neighbourhoods(real: Tensor, fake: Tensor, nearest: int, convention: Convention) -> Neighbourhoods:
    """Compare features [N, d] and [M, d] by balls up to the ``nearest``-th neighbour, themselves not counted.

    A ball holds what is nearer than its radius with ``prdc`` (Naeem's code, nearest = 5), and what is at it too with
    ``torch-fidelity`` (and Kynkäänniemi's, nearest = 3); they differ where distances are equal.  Raise ``TooFewFeatures``.
    """
    real, fake = checked(real, fake, least=nearest + 1, metric=f"a comparison of the {nearest} nearest neighbours")
    distances = _distances(real, fake)
    within = torch.lt if convention == "prdc" else torch.le
    real_radii, fake_radii = (_radii(features, nearest) for features in (real, fake))
    in_real = within(distances, real_radii[:, None])
    in_fake = within(distances, fake_radii[None])
    return Neighbourhoods(
        precision=_share(in_real.any(0)),
        recall=_share(in_fake.any(1)),
        density=float(in_real.sum(0).double().mean() / nearest),
        coverage=_share(in_real.any(1)),
    )


def nearest_real(real: Tensor, fake: Tensor) -> tuple[Tensor, Tensor]:
    """Return each generated image's distance to the nearest real one, float64 [M], and that one's index, int64 [M]."""
    real, fake = checked(real, fake, least=1, metric="the nearest real image")
    distances, indices = _distances(real, fake).min(0)
    return distances, indices


def nearest_real_ratio(real: Tensor, fake: Tensor) -> float:
    """Return the generated images' median distance to the nearest real one over the real images' to the nearest other.

    About 1 where both follow one law; far below 1 where real images are copied; not a number, or infinite, where half of the
    real images are copies of each other.  ``real`` are the images that were learnt.  Raise ``TooFewFeatures``.
    """
    real, fake = checked(real, fake, least=2, metric="the ratio of nearest distances")
    distances, _ = nearest_real(real, fake)
    # Not Tensor.median, which takes the lower of two middle values.
    return float(distances.quantile(0.5) / _radii(real, 1).quantile(0.5))


def _radii(features: Tensor, nearest: int) -> Tensor:
    """Return each one's distance to its ``nearest``-th neighbour, which it is not itself."""
    distances = _distances(features, features).fill_diagonal_(torch.inf)
    return distances.kthvalue(nearest, 1).values


def _distances(left: Tensor, right: Tensor) -> Tensor:
    # By differences: from dot products, copies would be apart by a rounding error.
    return torch.cdist(left, right, compute_mode="donot_use_mm_for_euclid_dist")


def _share(flags: Tensor) -> float:
    return float(flags.double().mean())
