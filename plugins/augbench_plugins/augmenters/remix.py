"""Remix: labels of mixed images that lean to the rarer class."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any, Literal

from annotated_types import Ge, Gt, Le

from augbench import Draw, DrawContext, Mixed, draws
from augbench_plugins.augmenters._broadcast import over_pixels, two_weights
from augbench_plugins.augmenters._pairs import PairMixer
from augbench_plugins.augmenters.cutmix import BoxDraw, CutMix

if TYPE_CHECKING:
    import torch
    from torch import Tensor


@dataclass(frozen=True, kw_only=True)
class RemixDraw(Draw):
    """What each source is worth."""

    weight: Tensor
    """The first source's share of the image, float32 [count]."""
    label: Tensor
    """Both sources' shares of the label, float32 [count, 2]."""


@dataclass(frozen=True, kw_only=True)
class Remix(PairMixer):
    """Mixup whose label is the rarer class's alone where the other is kappa times as frequent (Chou 2020, section 3).

    It mixes classes: set the slot's pairing to any.
    """

    kappa: Annotated[float, Ge(1)] = 3.0
    """How many times as frequent the other class must be."""
    tau: Annotated[float, Ge(0), Le(1)] = 0.5
    """The share of the image below which the frequent class gives up its label."""
    alpha: Annotated[float, Gt(0)] = 1.0
    """Both shapes of the Beta law of the image's share."""
    draws: Literal["sample", "batch"] = "batch"
    """Whether each image or each batch, as in the paper, draws its own share."""

    def draw(self, context: DrawContext, rng: torch.Generator) -> Draw:
        """Draw the image's share; the label's follows from it and the classes' counts."""
        weight = draws.beta(context, rng, self.alpha, self.alpha, per=self.draws)
        return RemixDraw(weight=weight, label=two_weights(leaning(weight, context, self.kappa, self.tau)))

    def apply(self, sources: Tensor, draw: Any) -> Mixed:
        """Average the two sources."""
        import torch

        first, second = sources.unbind(1)
        images = torch.lerp(second, first, over_pixels(draw.weight))
        return Mixed(images=images, pixel_weights=two_weights(draw.weight), label_weights=draw.label)


@dataclass(frozen=True, kw_only=True)
class RemixBoxDraw(BoxDraw):
    """The box of each image and both sources' shares of the label."""

    label: Tensor
    """float32 [count, 2]."""


@dataclass(frozen=True, kw_only=True)
class RemixCutMix(CutMix):
    """CutMix with the labels of Remix (Chou 2020)."""

    kappa: Annotated[float, Ge(1)] = 3.0
    """How many times as frequent the other class must be."""
    tau: Annotated[float, Ge(0), Le(1)] = 0.5
    """The share of the image below which the frequent class gives up its label."""

    def draw(self, context: DrawContext, rng: torch.Generator) -> Draw:
        """Draw the boxes; the label's share follows from what is left and the classes' counts."""
        drawn = self.boxes(context, rng)
        label = two_weights(leaning(drawn.kept[:, 0], context, self.kappa, self.tau))
        return RemixBoxDraw(**vars(drawn), label=label)

    def apply(self, sources: Tensor, draw: Any) -> Mixed:
        """Replace the boxes."""
        return replace(super().apply(sources, draw), label_weights=draw.label)


def leaning(weight: Tensor, context: DrawContext, kappa: float, tau: float) -> Tensor:
    """Return the first label's share by the rule of Remix, of images that show a share ``weight`` of the first source, [count]."""
    import torch

    # A class without originals, which only a bank shows, counts as one image.
    first, second = context.class_counts.clamp(min=1)[context.labels].double().unbind(1)
    label = torch.where((first >= kappa * second) & (weight < tau), torch.zeros_like(weight), weight)
    return torch.where((second >= kappa * first) & (1 - weight < tau), torch.ones_like(weight), label)
