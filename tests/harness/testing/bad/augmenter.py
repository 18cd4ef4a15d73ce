"""An augmenter that keeps the laws, and one for each law that breaks it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, ClassVar, Literal

import torch
from torch import Tensor

from augbench import Augmenter, Component, Draw, DrawContext, Mixed, TableView, draws


@dataclass(frozen=True, kw_only=True)
class ShareDraw(Draw):
    share: Tensor


@dataclass(frozen=True, kw_only=True)
class SeedDraw(ShareDraw):
    seed: Tensor


@dataclass(frozen=True, kw_only=True)
class Halves(Augmenter):
    """Weighted average of two images."""

    arity: ClassVar[int] = 2

    def draw(self, context: DrawContext, rng: torch.Generator) -> Draw:
        return ShareDraw(share=draws.uniform(context, rng, 0.2, 0.8))

    def apply(self, sources: Tensor, draw: Any) -> Mixed:
        weights = torch.stack([draw.share, 1 - draw.share], dim=1)
        return Mixed(images=(sources * weights[..., None, None, None]).sum(1), pixel_weights=weights)


@dataclass(frozen=True, kw_only=True)
class Next(Halves):
    """The same, of an image and the one behind it."""

    looks: ClassVar[bool] = True

    def partners(self, view: TableView) -> Tensor:
        return torch.arange(len(view.labels)).roll(-1)[:, None]


@dataclass(frozen=True, kw_only=True)
class Together(Halves):
    """The same, with one share a batch."""

    draws: Literal["sample", "batch"] = "batch"

    def draw(self, context: DrawContext, rng: torch.Generator) -> Draw:
        return ShareDraw(share=draws.uniform(context, rng, 0.2, 0.8, self.draws))


@dataclass(frozen=True, kw_only=True)
class Mirror(Augmenter):
    """Mirrors every image, and draws nothing."""

    def draw(self, context: DrawContext, rng: torch.Generator) -> Draw:
        return Draw()

    def apply(self, sources: Tensor, draw: Any) -> Mixed:
        return Mixed(images=sources[:, 0].flip(-1), pixel_weights=sources.new_ones(len(sources), 1))


class OneSeed(Halves):
    def draw(self, context, rng):
        return SeedDraw(share=super().draw(context, rng).share, seed=torch.randint(9, (1,), generator=rng))


class GlobalStream(Halves):
    def draw(self, context, rng):
        return ShareDraw(share=0.2 + 0.6 * torch.rand(context.count))


class OwnStream(Halves):
    def draw(self, context, rng):
        return super().draw(context, torch.Generator().manual_seed(0))


class OnceABlock(Halves):
    def draw(self, context, rng):
        return ShareDraw(share=(0.499 + 0.002 * torch.rand(1, generator=rng)).repeat(context.count))


class Apart(Together):
    def draw(self, context, rng):
        return ShareDraw(share=draws.uniform(context, rng, 0.2, 0.8))


class Remembers(Halves):
    def apply(self, sources, draw):
        made = super().apply(sources, draw)
        again = hasattr(draw, "seen")
        object.__setattr__(draw, "seen", True)
        return replace(made, images=made.images / 2) if again else made


class Overwrites(Halves):
    def apply(self, sources, draw):
        made = super().apply(sources, draw)
        sources.zero_()
        return made


class Doubles(Halves):
    def apply(self, sources, draw):
        made = super().apply(sources, draw)
        return replace(made, images=made.images.double())


class Bright(Halves):
    def apply(self, sources, draw):
        made = super().apply(sources, draw)
        return replace(made, images=1.5 * made.images)


class Stretched(Halves):
    def apply(self, sources, draw):
        images = (made := super().apply(sources, draw)).images
        return replace(made, images=images / images.amax(dim=(1, 2, 3), keepdim=True))


class TwiceTheFirst(Halves):
    def apply(self, sources, draw):
        return replace(super().apply(sources, draw), pixel_weights=torch.stack([draw.share, draw.share], dim=1))


class WideWeights(Halves):
    def apply(self, sources, draw):
        made = super().apply(sources, draw)
        return replace(made, pixel_weights=made.pixel_weights.double())


class Sociable(Halves):
    def apply(self, sources, draw):
        made = super().apply(sources, draw)
        return replace(made, images=(made.images + made.images.mean(dim=0)) / 2)


class NeverNone(Halves):
    def apply(self, sources, draw):
        made = super().apply(sources, draw)
        return replace(made, images=made.images / made.images.amax().clamp(min=1))


class Square(Halves):
    def apply(self, sources, draw):
        made = super().apply(sources, draw)
        count, channels, height, _ = made.images.shape
        return replace(made, images=made.images.reshape(count, channels, height, height))


class Lopsided(Halves):
    def draw(self, context, rng):
        return ShareDraw(share=draws.uniform(context, rng, 0.6, 0.8))


class BehindTheLast(Next):
    def partners(self, view):
        return 1 + torch.arange(len(view.labels))[:, None]


class Asks(Halves):
    def apply(self, sources, draw):
        return super().apply(sources, draw if (draw.share < 1).all() else draw[:0])


GOOD: tuple[Component, ...] = (Halves(), Next(), Together(), Together(draws="sample"), Mirror())
BAD: dict[str, Component] = {
    "draws-are-by-image": OneSeed(),
    "draws-come-from-the-rng": GlobalStream(),
    "streams-decide": OwnStream(),
    "every-step-draws-anew": OnceABlock(),
    "one-draw-a-batch": Apart(),
    "same-draw-same-output": Remembers(),
    "inputs-are-unwritten": Overwrites(),
    "shape-and-type": Doubles(),
    "range": Bright(),
    "finite": Stretched(),
    "weights-sum-to-one": TwiceTheFirst(),
    "equal-labels-give-a-hard-label": WideWeights(),
    "batch-equals-singles": Sociable(),
    "any-number-of-images": NeverNone(),
    "any-size": Square(),
    "expected-weights": Lopsided(),
    "partners": BehindTheLast(),
    "no-waiting": Asks(),
}
