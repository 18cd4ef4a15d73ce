"""PyTorch-GAN's networks of linear layers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise

from torch import Tensor, nn

from augbench_plugins.generators._playing import Critic, GeneratorNetwork

_NORMS: Mapping[str, Callable[[int], nn.Module]] = {"batch": nn.BatchNorm1d, "layer": nn.LayerNorm, "none": lambda features: nn.Identity()}


class MlpGenerator(GeneratorNetwork):
    """Linear layers, each twice as wide as the last, then one to all pixels."""

    def __init__(self, channels: int, side: int, width: int, latent: int) -> None:
        super().__init__()
        widths = [2 * width << stage for stage in range(4)]
        layers: list[nn.Module] = [nn.Linear(latent, widths[0]), nn.LeakyReLU(0.2, inplace=True)]
        for before, after in pairwise(widths):
            # Not BatchNorm1d(after, 0.8), as the source has it: that sets epsilon. Meant is Keras's momentum, the share that stays.
            layers += [nn.Linear(before, after), nn.BatchNorm1d(after, momentum=0.2), nn.LeakyReLU(0.2, inplace=True)]
        self.layers = nn.Sequential(*layers, nn.Linear(widths[-1], channels * side * side), nn.Tanh())
        self._shape = (channels, side, side)

    def forward(self, latents: Tensor) -> Tensor:
        """Make images."""
        images: Tensor = self.layers(latents).unflatten(1, self._shape)
        return images

    def start_as_published(self) -> None:
        """Leave torch's start weights, which the source has."""


class MlpCritic(Critic):
    """Three linear layers; the source has no norm between them."""

    def __init__(self, channels: int, side: int, width: int, norm: str) -> None:
        super().__init__(norm)
        self.layers = nn.Sequential(
            nn.Linear(channels * side * side, 8 * width),
            nn.LeakyReLU(0.2, inplace=True),
            nn.Linear(8 * width, 4 * width),
            _NORMS[norm](4 * width),
            nn.LeakyReLU(0.2, inplace=True),
            nn.Linear(4 * width, 1),
        )

    def forward(self, images: Tensor) -> Tensor:
        """Score images."""
        scores: Tensor = self.layers(images.flatten(1))
        return scores[:, 0]

    def start_as_published(self) -> None:
        """Leave torch's start weights, which the source has."""
