"""A convolutional network with random weights that are the same everywhere."""

from __future__ import annotations

from itertools import pairwise
from math import sqrt

import torch
from torch import Tensor, nn
from torch.nn.functional import relu

WIDTHS = (32, 64, 128, 256)


class RandomNetwork(nn.Module):
    """Convolutions of stride 2, whose weights are uniform with the spread of He 2015: it keeps the power of images about the same."""

    dimension = sum(WIDTHS)

    def __init__(self, channels: int, seed: int) -> None:
        super().__init__()
        rng = torch.Generator().manual_seed(seed)
        shapes = [(after, before, 3, 3) for before, after in pairwise((channels, *WIDTHS))]
        # Uniform and not normal, whose last bits hang on the processor: the digest is the same on every machine.
        weights = [(torch.rand(shape, generator=rng) - 0.5) * sqrt(24 / (9 * shape[1])) for shape in shapes]
        self.weights = nn.ParameterList(nn.Parameter(weight, requires_grad=False) for weight in weights)

    def forward(self, images: Tensor) -> Tensor:
        """Return features [B, 480] of images [B, C, H, W] in [0, 1]."""
        images, means = images * 2 - 1, []
        for weight in self.weights:
            images = relu(nn.functional.conv2d(images, weight, stride=2, padding=1))
            means.append(images.mean((2, 3)))
        return torch.cat(means, 1)
