"""The residual networks of the original WGAN-GP and WGAN-div codes: "Good" at 64 pixels (Gulrajani 2017, appendix)."""

from __future__ import annotations

from itertools import pairwise

from torch import Tensor, nn
from torch.nn.functional import avg_pool2d, interpolate

from augbench_plugins.generators._playing import NORMS, Critic, GeneratorNetwork

CORNER = 4
"""Side of the smallest feature maps."""


def stages(side: int, width: int) -> tuple[int, ...]:
    """Return the channels between blocks from the image inwards: doubled up to eight times the width, which further blocks keep."""
    return tuple(width << min(stage, 3) for stage in range((side // CORNER).bit_length()))


class ResnetGenerator(GeneratorNetwork):
    """A linear layer to 4 x 4, then blocks that double the side."""

    def __init__(self, channels: int, side: int, width: int, latent: int) -> None:
        super().__init__()
        widths = stages(side, width)[::-1]
        self.corner = nn.Linear(latent, CORNER * CORNER * widths[0])
        self.blocks = nn.Sequential(*[_UpBlock(before, after) for before, after in pairwise(widths)])
        self.image = nn.Sequential(nn.BatchNorm2d(width), nn.ReLU(), nn.Conv2d(width, channels, 3, padding=1), nn.Tanh())

    def forward(self, latents: Tensor) -> Tensor:
        """Make images."""
        images: Tensor = self.image(self.blocks(self.corner(latents).unflatten(1, (-1, CORNER, CORNER))))
        return images

    def start_as_published(self) -> None:
        """Draw all weights from uniform laws whose spread follows from the fans; biases are zero."""
        self.apply(_start)


class ResnetCritic(Critic):
    """Blocks that halve the side down to 4 x 4, then a linear layer, with no norm before it."""

    def __init__(self, channels: int, side: int, width: int, norm: str) -> None:
        super().__init__(norm)
        widths = stages(side, width)
        self.image = nn.Conv2d(channels, width, 3, padding=1)
        self.blocks = nn.Sequential(*[_DownBlock(before, after, norm) for before, after in pairwise(widths)])
        self.score = nn.Linear(CORNER * CORNER * widths[-1], 1)

    def forward(self, images: Tensor) -> Tensor:
        """Score images."""
        scores: Tensor = self.score(self.blocks(self.image(images)).flatten(1))
        return scores[:, 0]

    def start_as_published(self) -> None:
        """Draw all weights from uniform laws whose spread follows from the fans; biases are zero."""
        self.apply(_start)
        _draw(self.image, 2)


class _UpBlock(nn.Module):
    """Twice the side; the first convolution changes the channels and, having a norm behind it, needs no bias."""

    def __init__(self, before: int, after: int) -> None:
        super().__init__()
        # No ReLU in place: without a norm it would change what the shortcut reads.
        self.first = nn.Sequential(nn.BatchNorm2d(before), nn.ReLU())
        self.second = nn.Sequential(
            nn.Conv2d(before, after, 3, padding=1, bias=False),
            nn.BatchNorm2d(after),
            nn.ReLU(),
            nn.Conv2d(after, after, 3, padding=1),
        )
        self.shortcut = nn.Conv2d(before, after, 1)

    def forward(self, maps: Tensor) -> Tensor:
        doubled: Tensor = self.shortcut(_doubled(maps)) + self.second(_doubled(self.first(maps)))
        return doubled


class _DownBlock(nn.Module):
    """Half the side; the second convolution changes the channels."""

    def __init__(self, before: int, after: int, norm: str) -> None:
        super().__init__()
        self.main = nn.Sequential(
            NORMS[norm](before),
            nn.ReLU(),
            nn.Conv2d(before, before, 3, padding=1, bias=False),
            NORMS[norm](before),
            nn.ReLU(),
            nn.Conv2d(before, after, 3, padding=1),
        )
        self.shortcut = nn.Conv2d(before, after, 1)

    def forward(self, maps: Tensor) -> Tensor:
        halved: Tensor = self.shortcut(avg_pool2d(maps, 2)) + avg_pool2d(self.main(maps), 2)
        return halved


def _doubled(maps: Tensor) -> Tensor:
    return interpolate(maps, scale_factor=2.0, mode="nearest")


def _start(layer: nn.Module) -> None:
    if isinstance(layer, (nn.Conv2d, nn.Linear)):
        # A ReLU, which halves the power, precedes the 3 x 3 convolutions alone.
        _draw(layer, 4 if isinstance(layer, nn.Conv2d) and layer.kernel_size == (3, 3) else 2)


def _draw(layer: nn.Conv2d | nn.Linear, power: float) -> None:
    """Draw weights uniformly with variance power / (fan in + fan out): 2 is Glorot's law, 4 is He's on the mean of both fans."""
    pixels = layer.weight[0, 0].numel()
    bound = (3 * power / (pixels * (layer.weight.shape[0] + layer.weight.shape[1]))) ** 0.5
    nn.init.uniform_(layer.weight, -bound, bound)
    if layer.bias is not None:
        nn.init.zeros_(layer.bias)
