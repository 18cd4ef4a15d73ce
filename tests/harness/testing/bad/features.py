"""Features that keep the laws, and one for each law that breaks it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn

from augbench import Component, FeatureNetwork, Features


class _Means(nn.Module):
    def forward(self, images: Tensor) -> Tensor:
        return torch.cat([images.mean((2, 3)), images.std((2, 3))], 1)


@dataclass(frozen=True, kw_only=True)
class Means(Features):
    """Channel means and deviations."""

    def build(self, channels: int) -> FeatureNetwork:
        return FeatureNetwork(module=self.module().eval(), name=f"means-{channels}", digest=hashlib.sha256(b"means").hexdigest())

    def module(self) -> nn.Module:
        return _Means()


class _Pixels(nn.Module):
    def forward(self, images):
        return images.flatten(1)


class OneSizeOnly(Means):
    def module(self):
        return _Pixels()


class _Ratios(_Means):
    def forward(self, images):
        return super().forward(images) / images.std((1, 2, 3))[:, None]


class DividesByNothing(Means):
    def module(self):
        return _Ratios()


class _Centred(_Means):
    def forward(self, images):
        found = super().forward(images)
        return found - found.mean(0) if len(found) > 2 else found


class LooksAtItsNeighbours(Means):
    def module(self):
        return _Centred()


class _Constant(_Means):
    def forward(self, images):
        return torch.ones_like(super().forward(images))


class Blind(Means):
    def module(self):
        return _Constant()


class StillInTraining(Means):
    def build(self, channels):
        found = super().build(channels)
        found.module.train()
        return found


class NumberedByHand(Means):
    def build(self, channels):
        return replace(super().build(channels), digest="version 2")


GOOD: tuple[Component, ...] = (Means(),)
BAD: dict[str, Component] = {
    "shape": OneSizeOnly(),
    "finite": DividesByNothing(),
    "one-at-a-time": LooksAtItsNeighbours(),
    "tells-images-apart": Blind(),
    "evaluation-mode": StillInTraining(),
    "name-and-digest": NumberedByHand(),
}
