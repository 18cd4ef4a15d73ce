"""An augmenter that does what it is told, most of which it should not."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any, ClassVar

import torch

from augbench import Augmenter, Draw, DrawContext, Mixed, draws
from support.toys import Share


@dataclass(frozen=True, kw_only=True)
class Wayward(Augmenter):
    """The first of two images, unless it is told otherwise."""

    arity: ClassVar[int] = 2
    how: str = "well"

    def draw(self, context: DrawContext, rng: torch.Generator) -> Draw:
        return Share(share=draws.uniform(context, rng))

    def apply(self, sources: torch.Tensor, draw: Any) -> Any:
        return getattr(self, f"_{self.how}")(sources[:, 0], torch.stack([draw.share, 1 - draw.share], dim=1))

    def _well(self, images: torch.Tensor, weights: torch.Tensor) -> Mixed:
        return Mixed(images=images, pixel_weights=weights)

    def _raises(self, images: torch.Tensor, weights: torch.Tensor) -> Mixed:
        raise ValueError("no such pixel")

    def _exits(self, images: torch.Tensor, weights: torch.Tensor) -> Mixed:
        raise SystemExit(0)

    def _hangs(self, images: torch.Tensor, weights: torch.Tensor) -> Mixed:
        while True:
            try:
                time.sleep(1)
            except Exception:
                continue

    def _cuts(self, images: torch.Tensor, weights: torch.Tensor) -> Mixed:
        return Mixed(images=images[..., 1:], pixel_weights=weights)

    def _spoils(self, images: torch.Tensor, weights: torch.Tensor) -> Mixed:
        return Mixed(images=images / 0, pixel_weights=weights)

    def _doubles(self, images: torch.Tensor, weights: torch.Tensor) -> Mixed:
        return Mixed(images=images, pixel_weights=2 * weights)

    def _forgets(self, images: torch.Tensor, weights: torch.Tensor) -> None:
        return None

    def _glares(self, images: torch.Tensor, weights: torch.Tensor) -> Mixed:
        return Mixed(images=images + 0.5, pixel_weights=weights)
