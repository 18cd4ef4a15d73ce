"""DCGAN's networks at 32 and 64 pixels, as the original WGAN code has them, without biases."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor, nn

_NORMS: dict[str, Callable[[int], nn.Module]] = {
    "batch": nn.BatchNorm2d,
    # One group: over channels, height and width, with a scale and an offset a channel, as in the WGAN-GP code.
    "layer": lambda channels: nn.GroupNorm(1, channels),
    "none": lambda channels: nn.Identity(),
}


@dataclass(frozen=True, kw_only=True)
class Blueprint:
    """The sizes that make a pair of networks."""

    channels: int
    side: int
    width: int
    latent: int
    critic_norm: str
    start: str

    def widths(self) -> tuple[int, ...]:
        """Return the channels of each stage from the image inwards; 32 px leaves out the widest."""
        return tuple(self.width << stage for stage in range(self.side.bit_length() - 3))

    def networks(self, seed: int) -> tuple[DcganGenerator, DcganCritic]:
        """Return fresh networks on the CPU; torch's global stream is left as it was."""
        with torch.random.fork_rng(devices=[]):
            # Not torch.manual_seed: that would seed every accelerator's global stream too.
            torch.default_generator.manual_seed(seed)
            pair = DcganGenerator(self), DcganCritic(self)
            if self.start == "dcgan":
                for network in pair:
                    network.apply(_start_as_dcgan)
            return pair

    def restored(self, tensors: Mapping[str, Tensor]) -> DcganGenerator:
        """Return the generator network with the given weights, ready to draw images."""
        with torch.device("meta"):
            network = DcganGenerator(self)
        network.load_state_dict(tensors, assign=True)
        return network.eval()


class DcganGenerator(nn.Module):
    """Turns latent numbers [B, latent] into images [B, C, side, side] in [-1, 1]."""

    def __init__(self, blueprint: Blueprint) -> None:
        super().__init__()
        widths = blueprint.widths()[::-1]
        layers: list[nn.Module] = [nn.ConvTranspose2d(blueprint.latent, widths[0], 4, 1, 0, bias=False)]
        for before, after in zip(widths, [*widths[1:], blueprint.channels], strict=True):
            layers += [nn.BatchNorm2d(before), nn.ReLU(inplace=True), nn.ConvTranspose2d(before, after, 4, 2, 1, bias=False)]
        self.layers = nn.Sequential(*layers, nn.Tanh())

    def forward(self, latents: Tensor) -> Tensor:
        """Make images."""
        images: Tensor = self.layers(latents[:, :, None, None])
        return images


class DcganCritic(nn.Module):
    """Scores images [B, C, side, side], one number each, [B]; high means real."""

    def __init__(self, blueprint: Blueprint) -> None:
        super().__init__()
        widths, norm = blueprint.widths(), _NORMS[blueprint.critic_norm]
        layers: list[nn.Module] = [nn.Conv2d(blueprint.channels, widths[0], 4, 2, 1, bias=False), nn.LeakyReLU(0.2, inplace=True)]
        for before, after in pairwise(widths):
            layers += [nn.Conv2d(before, after, 4, 2, 1, bias=False), norm(after), nn.LeakyReLU(0.2, inplace=True)]
        self.layers = nn.Sequential(*layers, nn.Conv2d(widths[-1], 1, 4, 1, 0, bias=False))
        self.couples_images = blueprint.critic_norm == "batch"

    def forward(self, images: Tensor) -> Tensor:
        """Score images."""
        scores: Tensor = self.layers(images)
        return scores.flatten()


def _start_as_dcgan(layer: nn.Module) -> None:
    if isinstance(layer, (nn.Conv2d, nn.ConvTranspose2d)):
        nn.init.normal_(layer.weight, 0.0, 0.02)
    elif isinstance(layer, (nn.BatchNorm2d, nn.GroupNorm)):
        nn.init.normal_(layer.weight, 1.0, 0.02)
        nn.init.zeros_(layer.bias)
