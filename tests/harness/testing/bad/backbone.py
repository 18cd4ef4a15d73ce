"""A backbone that keeps the laws, and one for each law that breaks it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn

from augbench import Backbone, BackboneContext, Component, Network


class _Module(nn.Module):
    """A convolution, its largest answers, and a linear layer."""

    def __init__(self, context: BackboneContext, outputs: int) -> None:
        super().__init__()
        self.body = nn.Conv2d(context.channels, 16, 3, stride=2)
        self.head = nn.Linear(16, outputs)

    def forward(self, images: Tensor) -> Tensor:
        return self.head(self.features(images))

    def features(self, images: Tensor) -> Tensor:
        return self.body(images).relu().amax((2, 3))


@dataclass(frozen=True, kw_only=True)
class Small(Backbone):
    """A network with one convolution."""

    def build(self, context: BackboneContext) -> Network:
        return Network(module=self.module(context), mean=context.mean, sd=context.sd)

    def module(self, context: BackboneContext) -> nn.Module:
        return _Module(context, context.classes)


class OneTooMany(Small):
    def module(self, context):
        return _Module(context, context.classes + 1)


class _Standardising(_Module):
    def features(self, images):
        return super().features((images - images.mean((1, 2, 3), keepdim=True)) / images.std((1, 2, 3), keepdim=True))


class DividesByNothing(Small):
    def module(self, context):
        return _Standardising(context, context.classes)


class OwnSeed(Small):
    def module(self, context):
        with torch.random.fork_rng(devices=[]):
            torch.default_generator.manual_seed(0)
            return super().module(context)


class _Detached(_Module):
    def features(self, images):
        return super().features(images).detach()


class HeadAlone(Small):
    def module(self, context):
        return _Detached(context, context.classes)


class _Centred(_Module):
    def features(self, images):
        found = super().features(images)
        return found - found.mean(0)


class LooksAtItsNeighbours(Small):
    def module(self, context):
        return _Centred(context, context.classes)


class NegativeDeviation(Small):
    def build(self, context):
        return replace(super().build(context), sd=(-0.25,) * context.channels)


class SizeInFloats(Small):
    def build(self, context):
        return replace(super().build(context), size=tuple(map(float, context.size)))


class _Viewing(_Module):
    def features(self, images):
        return super().features(images.view(len(images), -1).view(images.shape))


class Contiguous(Small):
    def module(self, context):
        return _Viewing(context, context.classes)


class _Asking(_Module):
    def features(self, images):
        found = super().features(images)
        return found if found.max() < 1000 else found / found.max()


class LooksAtItsNumbers(Small):
    def module(self, context):
        return _Asking(context, context.classes)


class _Forgetful(_Module):
    def __init__(self, context, outputs):
        super().__init__(context, outputs)
        self.scale = float(torch.rand(()))

    def features(self, images):
        return super().features(images) * self.scale


class KeepsSomeToItself(Small):
    def module(self, context):
        return _Forgetful(context, context.classes)


GOOD: tuple[Component, ...] = (Small(),)
BAD: dict[str, Component] = {
    "logits": OneTooMany(),
    "finite": DividesByNothing(),
    "torchs-seed": OwnSeed(),
    "gradients": HeadAlone(),
    "one-at-a-time": LooksAtItsNeighbours(),
    "normalisation": NegativeDeviation(),
    "size": SizeInFloats(),
    "memory-layout": Contiguous(),
    "no-waiting": LooksAtItsNumbers(),
    "weights-travel": KeepsSomeToItself(),
}
