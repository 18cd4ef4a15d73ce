"""The parts of a classifier's training: network, loss, optimizer, schedule."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from augbench.values.components import Component, Kind

if TYPE_CHECKING:
    import torch
    from torch import Tensor, nn


@dataclass(frozen=True, kw_only=True)
class LossContext:
    """What a loss may know beside logits and targets; tensors are on the logits' device."""

    prior: Tensor
    """Share of each class in the batches that the sampler makes, float [K]."""
    class_counts: Tensor
    """Original training images of each class, int64 [K]."""
    progress: float
    """How much of the training is done, in [0, 1]."""


class Loss(Component, ABC):
    """What the classifier minimises."""

    kind: ClassVar[Kind] = "loss"

    @abstractmethod
    def loss(self, logits: Tensor, targets: Tensor, context: LossContext) -> Tensor:
        """Return a scalar from logits [B, K], float32, and soft targets [B, K], whose rows sum to 1; both on the device, B at least 1.

        It is finite for any logits, has a slope, and never makes the host wait for the device.
        """

    @property
    def cosine_scale(self) -> float | None:
        """What logits are the cosines of features and class weights times, or None where the last layer stays linear."""
        return None

    def bias_start(self, classes: int) -> float | None:
        """Return what the last layer's biases start from, or None for the network's own."""
        return None

    @property
    def bias_decays(self) -> bool:
        """Whether the last layer's biases feel the optimizer's weight decay."""
        return True


@dataclass(frozen=True, kw_only=True)
class AdjustmentContext:
    """What a correction of predictions may know; tensors are on the CPU."""

    prior: Tensor
    """Share of each class in the batches that the classifier was trained on, at their end, float [K]."""
    class_counts: Tensor
    """Original training images of each class, int64 [K]."""
    validation: tuple[Tensor, Tensor] | None = None
    """Log-probabilities [n, K] and labels [n] of the validation images, where there are any."""


class Adjustment(Component, ABC):
    """Corrects a trained classifier's predictions."""

    kind: ClassVar[Kind] = "adjustment"

    @abstractmethod
    def adjust(self, logits: Tensor, context: AdjustmentContext) -> Tensor:
        """Return logits [n, K] of logits [n, K], which are log-probabilities on the CPU; they are not written to.

        Raise an ``AugbenchError`` that says what to do where it needs validation images and there are none.
        """


@dataclass(frozen=True, kw_only=True)
class BackboneContext:
    """What a network has to fit."""

    channels: int
    """Of an image: 1 grey, 3 colour, or any other number."""
    size: tuple[int, int]
    """Height and width of the prepared images."""
    classes: int
    """How many logits there are: K."""
    mean: tuple[float, ...]
    """Mean of the training images, by channel, in [0, 1]."""
    sd: tuple[float, ...]
    """Standard deviation of the training images, by channel."""
    fresh: bool = True
    """Whether the initial weights count; False where others are loaded right after, so that none need be fetched."""


@dataclass(frozen=True, kw_only=True)
class Network:
    """A network and the input it wants."""

    module: nn.Module
    """Maps normalised images [B, C, H, W] to logits [B, K]."""
    mean: tuple[float, ...]
    """What is subtracted from images in [0, 1] before they are shown to it, by channel."""
    sd: tuple[float, ...]
    """What they are divided by then, by channel."""
    size: tuple[int, int] | None = None
    """The size that images are resized to on the device, or None where it takes them as they are."""


class Backbone(Component, ABC):
    """A classifier's network."""

    kind: ClassVar[Kind] = "backbone"

    @abstractmethod
    def build(self, context: BackboneContext) -> Network:
        """Return a fresh network; its initial weights come from torch's global stream, seeded by the harness."""


class Optimizer(Component, ABC):
    """How weights are updated."""

    kind: ClassVar[Kind] = "optimizer"

    @abstractmethod
    def build(self, parameters: Iterable[nn.Parameter], lr: float) -> torch.optim.Optimizer:
        """Return torch's optimizer over all of the parameters; a schedule multiplies ``lr`` in its groups, and its state is kept."""


class Schedule(Component, ABC):
    """How the learning rate changes."""

    kind: ClassVar[Kind] = "schedule"

    @abstractmethod
    def factor(self, step: int, steps: int, steps_per_epoch: float) -> float:
        """Return what the learning rate is multiplied by at a step of 0..steps-1, finite and not negative; asked for in any order."""
