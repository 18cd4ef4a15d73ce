"""SMOTE and Safe-Level-SMOTE: new images on the lines between neighbouring ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar

from annotated_types import Ge

from augbench import Facts, Fitted, Generator, Progress, Reason, TrainingView

if TYPE_CHECKING:
    import torch
    from torch import Tensor


@dataclass(frozen=True, kw_only=True)
class Smote(Generator):
    """x + u (x' - x) with u ~ U(0, 1), x any image of the class and x' one of its k nearest (Chawla 2002).

    Distances and lines are those of pixels, in float64; results are rounded to the data set's integers.
    """

    uses: ClassVar[tuple[str, ...]] = ()

    k: Annotated[int, Ge(1)] = 5
    """Neighbours of an image."""

    def supports(self, facts: Facts) -> Reason | None:
        """Tell which minority class has too few images."""
        from augbench_plugins._too_few import too_few_neighbours

        return too_few_neighbours(facts, "smote", self.k)

    def fit(self, view: TrainingView, rng: torch.Generator, progress: Progress, resume: Fitted | None = None) -> Fitted:
        """Find every pair of an image and a neighbour.  Raise ``TooFewNeighbours``."""
        from augbench_plugins._too_few import demand_neighbours
        from augbench_plugins.generators._smote import pairs

        demand_neighbours(view, "smote", self.k)
        return Fitted(tensors={"pairs": pairs(view, self.k)})

    def sample(self, fitted: Fitted, view: TrainingView, count: int, rng: torch.Generator) -> Tensor:
        """Draw a pair and a place between them for each image."""
        import torch

        from augbench_plugins.generators._smote import between

        chosen = fitted.tensors["pairs"][torch.randint(len(fitted.tensors["pairs"]), (count,), generator=rng)]
        return between(view, chosen, torch.rand(count, generator=rng, dtype=torch.float64))


@dataclass(frozen=True, kw_only=True)
class SafeLevelSmote(Generator):
    """SMOTE that stays near the image with the safer neighbourhood (Bunkhumpornpat 2009).

    An image's safe level is how many of its k nearest images, of all classes, are of its own class.  Of a pair's ratio of levels
    above 1 the new image lies within 1 / ratio of the first, below 1 within the ratio of the second; a neighbour of level 0 gives a
    copy of the first, and a pair of two zeros is left out.
    """

    uses: ClassVar[tuple[str, ...]] = ()

    k: Annotated[int, Ge(1)] = 5
    """Neighbours of an image, of its class and of all classes."""

    def supports(self, facts: Facts) -> Reason | None:
        """Tell which minority class has too few images."""
        from augbench_plugins._too_few import too_few_neighbours

        return too_few_neighbours(facts, "safe-level-smote", self.k)

    def fit(self, view: TrainingView, rng: torch.Generator, progress: Progress, resume: Fitted | None = None) -> Fitted:
        """Find every pair with a safe level.

        Raise ``TooFewNeighbours``, or ``NoSafePair`` where all images lie among other classes alone.
        """
        from augbench_plugins._too_few import demand_neighbours
        from augbench_plugins.generators._smote import pairs, safe_pairs

        demand_neighbours(view, "safe-level-smote", self.k)
        found, low, high = safe_pairs(view, pairs(view, self.k), self.k)
        return Fitted(tensors={"pairs": found, "low": low, "high": high})

    def sample(self, fitted: Fitted, view: TrainingView, count: int, rng: torch.Generator) -> Tensor:
        """Draw a pair and a place within its gap for each image."""
        import torch

        from augbench_plugins.generators._smote import between

        found = fitted.tensors
        chosen = torch.randint(len(found["pairs"]), (count,), generator=rng)
        low, high = found["low"][chosen], found["high"][chosen]
        return between(view, found["pairs"][chosen], low + (high - low) * torch.rand(count, generator=rng, dtype=torch.float64))
