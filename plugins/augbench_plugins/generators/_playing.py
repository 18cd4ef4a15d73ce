"""What generator networks and critics of every shape share."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable

from torch import nn

NORMS: dict[str, Callable[[int], nn.Module]] = {
    "batch": nn.BatchNorm2d,
    # One group: over channels, height and width, with a scale and an offset a channel, as in the WGAN-GP code.
    "layer": lambda channels: nn.GroupNorm(1, channels),
    "none": lambda channels: nn.Identity(),
}


class Player(nn.Module, ABC):
    """A network with published start weights."""

    @abstractmethod
    def start_as_published(self) -> None:
        """Draw the start weights that its source has, from torch's global stream."""


class GeneratorNetwork(Player):
    """Turns latent numbers [B, latent] into images [B, C, side, side] in [-1, 1]."""


class Critic(Player):
    """Scores images [B, C, side, side], one number each, [B]; high means real."""

    def __init__(self, norm: str) -> None:
        super().__init__()
        self.couples_images = norm == "batch"
        """Whether an image's score depends on the others in its batch."""
