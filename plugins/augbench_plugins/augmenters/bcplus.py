"""BC+: mixtures of images as of sounds, by their energies (Tokozume 2018; Summers and Dinneen 2019, methods 2 and 8)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from augbench import Draw, DrawContext, Mixed, draws
from augbench_plugins.augmenters._broadcast import over_pixels, two_weights, where
from augbench_plugins.augmenters._pairs import PairMixer, above, left_of, mean_cut
from augbench_plugins.augmenters.mixup import MixupDraw
from augbench_plugins.augmenters.vh_mixup import VhDraw

if TYPE_CHECKING:
    import torch
    from torch import Tensor


@dataclass(frozen=True, kw_only=True)
class Bcplus(PairMixer):
    """Mix two images of zero mean in the ratio of their energies (Summers and Dinneen 2019, method 2; Tokozume 2018).

    (p x1 + (1 - p) x2) / sqrt(p^2 + (1 - p)^2) with p = 1 / (1 + (s1 / s2) (1 - m) / m), s the deviation of all elements of an
    image less its mean, m ~ U(0, 1).  The labels' weight is m.
    """

    bounded: ClassVar[bool] = False

    restore_mean: bool = True
    """Add both images' means, in the ratio of their labels, so that the result is an image again; the authors' code does not."""

    def draw(self, context: DrawContext, rng: torch.Generator) -> Draw:
        """Draw m."""
        return MixupDraw(weight=draws.uniform(context, rng, per=self.draws))

    def apply(self, sources: Tensor, draw: Any) -> Mixed:
        """Mix the two sources."""
        means = sources.mean(dim=(2, 3, 4), keepdim=True)
        centred = sources - means
        images, share = _by_energy(centred[:, 0], centred[:, 1], draw.weight)
        return self._mixed(images, means, pixels=two_weights(share), labels=two_weights(draw.weight))

    def _mixed(self, images: Tensor, means: Tensor, pixels: Tensor, labels: Tensor) -> Mixed:
        if self.restore_mean:
            images.add_((means * labels[..., None, None, None]).sum(dim=1))
        return Mixed(images=images, pixel_weights=pixels, label_weights=labels)


@dataclass(frozen=True, kw_only=True)
class VhBcplus(Bcplus):
    """BC+ of a vertical and a horizontal concatenation of two images (Summers and Dinneen 2019, method 8).

    The cuts are those of VH-mixup, the deviations those of the concatenations; the first label's weight is m kH/H + (1 - m) kW/W.
    """

    def expected_weights(self, shape: tuple[int, int, int]) -> tuple[float, ...]:
        """Return the mean of both concatenations' shares of the first image, and the rest."""
        first = (mean_cut(shape[1]) + mean_cut(shape[2])) / 2
        return first, 1 - first

    def draw(self, context: DrawContext, rng: torch.Generator) -> Draw:
        """Draw both cuts and m."""
        row = draws.integers(context, rng, 0, context.shape[1], self.draws)
        column = draws.integers(context, rng, 0, context.shape[2], self.draws)
        return VhDraw(row=row, column=column, weight=draws.uniform(context, rng, per=self.draws))

    def apply(self, sources: Tensor, draw: Any) -> Mixed:
        """Concatenate both ways, then mix."""
        import torch

        height, width = sources.shape[-2:]
        means = sources.mean(dim=(2, 3, 4), keepdim=True)
        one, other = (sources - means).unbind(1)
        vertical = where(above(sources, draw.row), one, other)
        horizontal = where(left_of(sources, draw.column), one, other)
        images, share = _by_energy(vertical, horizontal, draw.weight)
        rows, columns = draw.row / height, draw.column / width
        pixels, labels = (two_weights(torch.lerp(columns, rows, weight)) for weight in (share, draw.weight))
        return self._mixed(images, means, pixels=pixels, labels=labels)


def _by_energy(one: Tensor, other: Tensor, weight: Tensor) -> tuple[Tensor, Tensor]:
    """Return the mixture [B, C, H, W] and p [B]."""
    import torch

    first, second = map(_deviation, (one, other))
    parts, others = weight * second, (1 - weight) * first
    # Two plain images have no energies to compare.
    share = torch.where(parts + others > 0, parts / (parts + others).clamp(min=torch.finfo(parts.dtype).tiny), weight)
    length = (share**2 + (1 - share) ** 2).sqrt()
    images = (one * over_pixels(share / length)).addcmul_(other, over_pixels((1 - share) / length))
    return images, share


def _deviation(images: Tensor) -> Tensor:
    """Return the deviation of all elements of each image, [B], of a mean near 0; unlike torch's std, silent on no images."""
    import torch

    square: Tensor = torch.linalg.vector_norm(images, dim=(1, 2, 3)).square() / math.prod(images.shape[1:])
    return (square - images.mean(dim=(1, 2, 3)).square()).clamp(min=0).sqrt()
