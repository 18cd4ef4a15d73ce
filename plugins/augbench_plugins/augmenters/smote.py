"""SMOTE as a mixer: an image moves towards one of its nearest images of the same class."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from annotated_types import Ge

from augbench import Draw, DrawContext, Facts, Mixed, Reason, TableView, draws
from augbench_plugins.augmenters._broadcast import over_pixels, two_weights
from augbench_plugins.augmenters._pairs import PairMixer
from augbench_plugins.augmenters.mixup import MixupDraw

if TYPE_CHECKING:
    import torch
    from torch import Tensor


@dataclass(frozen=True, kw_only=True)
class Smote(PairMixer):
    """x + u (x' - x) with u ~ U(0, 1) and x' one of the k nearest images of x's class (Chawla 2002), drawn anew for each batch.

    Nearest by the Euclidean distance of pixels, among the slot's sources, which are looked at once before a training.
    """

    looks: ClassVar[bool] = True

    k: Annotated[int, Ge(1)] = 5
    """Neighbours of an image."""

    def supports(self, facts: Facts) -> Reason | None:
        """Tell which minority class has too few images."""
        from augbench_plugins._too_few import too_few_neighbours

        return too_few_neighbours(facts, "smote", self.k)

    def partners(self, view: TableView) -> Tensor:
        """Return the k nearest of each image's class; a class of fewer, which no minority class may be, repeats them in turn."""
        import torch

        from augbench_plugins._nearest import nearest_images

        table = torch.zeros(len(view.labels), self.k, dtype=torch.int64)
        for label in view.labels.unique():
            members = (view.labels == label).nonzero()[:, 0]
            known = min(self.k, len(members) - 1)
            if known:
                table[members] = nearest_images(view.images, members, members, known)[:, torch.arange(self.k) % known]
            else:
                table[members] = members[:, None]
        return table

    def draw(self, context: DrawContext, rng: torch.Generator) -> Draw:
        """Draw how far each image moves."""
        return MixupDraw(weight=1 - draws.uniform(context, rng, 0, 1, self.draws))

    def apply(self, sources: Tensor, draw: Any) -> Mixed:
        """Move the first sources towards the second."""
        import torch

        first, second = sources.unbind(1)
        images = torch.lerp(second, first, over_pixels(draw.weight))
        return Mixed(images=images, pixel_weights=two_weights(draw.weight))
