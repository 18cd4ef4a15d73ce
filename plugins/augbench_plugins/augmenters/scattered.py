"""Scattered parts: rows, columns, pixels or elements of either image (Summers and Dinneen 2019, methods 12 to 16)."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from augbench import Draw, DrawContext, Mixed, draws
from augbench_plugins.augmenters._broadcast import over_pixels, two_weights
from augbench_plugins.augmenters._pairs import PairMixer, masked

if TYPE_CHECKING:
    import torch
    from torch import Tensor

Shape = tuple[int, int, int]


@dataclass(frozen=True, kw_only=True)
class ScatterDraw(Draw):
    """How much of an image comes from the first source, and the seed that says which parts do."""

    share: Tensor
    """Probability of each part, or mean share of each pixel, float32 [count]."""
    seed: Tensor
    """int64 [count]."""


@dataclass(frozen=True, kw_only=True)
class _Scattered(PairMixer):
    def draw(self, context: DrawContext, rng: torch.Generator) -> Draw:
        """Draw the share U(0, 1) and the seed."""
        share = draws.uniform(context, rng, per=self.draws)
        return ScatterDraw(share=share, seed=draws.seeds(context, rng, self.draws))


@dataclass(frozen=True, kw_only=True)
class _Chosen(_Scattered):
    def apply(self, sources: Tensor, draw: Any) -> Mixed:
        """Take each part from the first source with the image's probability, else from the second."""
        channels, height, width = sources.shape[2:]
        return masked(sources, draws.uniform_pixels(draw.seed, self._parts((channels, height, width))) < over_pixels(draw.share))

    @abstractmethod
    def _parts(self, shape: Shape) -> Shape:
        """Return how many parts there are along channels, rows and columns."""


@dataclass(frozen=True, kw_only=True)
class RandomRows(_Chosen):
    """Each row comes from the first image with one probability p ~ U(0, 1) (Summers and Dinneen 2019, method 12)."""

    def _parts(self, shape: Shape) -> Shape:
        return 1, shape[1], 1


@dataclass(frozen=True, kw_only=True)
class RandomColumns(_Chosen):
    """Each column comes from the first image with one probability p ~ U(0, 1) (Summers and Dinneen 2019, method 13)."""

    def _parts(self, shape: Shape) -> Shape:
        return 1, 1, shape[2]


@dataclass(frozen=True, kw_only=True)
class RandomPixels(_Chosen):
    """Each pixel, in all channels, comes from the first image with one probability p ~ U(0, 1) (Summers and Dinneen 2019, method 14)."""

    def _parts(self, shape: Shape) -> Shape:
        return 1, shape[1], shape[2]


@dataclass(frozen=True, kw_only=True)
class RandomElements(_Chosen):
    """Each channel of each pixel comes from the first image with one probability p ~ U(0, 1) (Summers and Dinneen 2019, method 15)."""

    def _parts(self, shape: Shape) -> Shape:
        return shape


@dataclass(frozen=True, kw_only=True)
class NoisyMixup(_Scattered):
    """Mixup with a share of its own for each pixel (Summers and Dinneen 2019, method 16): N(m, 0.025^2) cut off at 0 and 1.

    All channels of a pixel have one share; m ~ U(0, 1) is the weight of the first label.
    """

    def apply(self, sources: Tensor, draw: Any) -> Mixed:
        """Average the two sources, pixel by pixel."""
        import torch

        noise = draws.normal_pixels(draw.seed, (1, sources.shape[-2], sources.shape[-1]))
        shares = (noise * 0.025 + over_pixels(draw.share)).clamp_(0, 1)
        images = torch.lerp(sources[:, 1], sources[:, 0], shares)
        return Mixed(images=images, pixel_weights=two_weights(shares.mean(dim=(1, 2, 3))), label_weights=two_weights(draw.share))
