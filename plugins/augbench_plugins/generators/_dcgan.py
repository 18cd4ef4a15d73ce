"""DCGAN's networks, as the original WGAN code has them at 64 pixels, without biases."""

from __future__ import annotations

from itertools import pairwise

from torch import Tensor, nn

from augbench_plugins.generators._playing import NORMS, Critic, GeneratorNetwork


def stages(side: int, width: int) -> tuple[int, ...]:
    """Return the channels of each stage from the image inwards; 32 px leaves out the widest of 64 px, 128 px adds one twice as wide."""
    return tuple(width << stage for stage in range(side.bit_length() - 3))


class DcganGenerator(GeneratorNetwork):
    """Transposed convolutions from 1 x 1 to the image."""

    def __init__(self, channels: int, side: int, width: int, latent: int) -> None:
        super().__init__()
        widths = stages(side, width)[::-1]
        layers: list[nn.Module] = [nn.ConvTranspose2d(latent, widths[0], 4, 1, 0, bias=False)]
        for before, after in zip(widths, [*widths[1:], channels], strict=True):
            layers += [nn.BatchNorm2d(before), nn.ReLU(inplace=True), nn.ConvTranspose2d(before, after, 4, 2, 1, bias=False)]
        self.layers = nn.Sequential(*layers, nn.Tanh())

    def forward(self, latents: Tensor) -> Tensor:
        """Make images."""
        images: Tensor = self.layers(latents[:, :, None, None])
        return images

    def start_as_published(self) -> None:
        """Draw weights from N(0, 0.02), scales from N(1, 0.02)."""
        self.apply(_start)


class DcganCritic(Critic):
    """Convolutions of stride 2 from the image to 1 x 1."""

    def __init__(self, channels: int, side: int, width: int, norm: str) -> None:
        super().__init__(norm)
        widths = stages(side, width)
        layers: list[nn.Module] = [nn.Conv2d(channels, widths[0], 4, 2, 1, bias=False), nn.LeakyReLU(0.2, inplace=True)]
        for before, after in pairwise(widths):
            layers += [nn.Conv2d(before, after, 4, 2, 1, bias=False), NORMS[norm](after), nn.LeakyReLU(0.2, inplace=True)]
        self.layers = nn.Sequential(*layers, nn.Conv2d(widths[-1], 1, 4, 1, 0, bias=False))

    def forward(self, images: Tensor) -> Tensor:
        """Score images."""
        scores: Tensor = self.layers(images)
        return scores.flatten()

    def start_as_published(self) -> None:
        """Draw weights from N(0, 0.02), scales from N(1, 0.02)."""
        self.apply(_start)


def _start(layer: nn.Module) -> None:
    if isinstance(layer, (nn.Conv2d, nn.ConvTranspose2d)):
        nn.init.normal_(layer.weight, 0.0, 0.02)
    elif isinstance(layer, (nn.BatchNorm2d, nn.GroupNorm)):
        nn.init.normal_(layer.weight, 1.0, 0.02)
        nn.init.zeros_(layer.bias)
