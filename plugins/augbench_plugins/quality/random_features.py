"""Features of images from a convolutional network with fixed random weights, for where no trained one can be had."""

from __future__ import annotations

import hashlib
from itertools import pairwise
from math import sqrt

import torch
from torch import Tensor, nn
from torch.nn.functional import relu

WIDTHS = (32, 64, 128, 256)
BATCH = 256


class RandomFeatures:
    """Four random convolutions of stride 2, averaged over all pixels at each depth; never to be called Inception's.

    Weights are uniform with the spread of He 2015, which keeps the power of images about the same at each depth.
    Distances of these features tell colour and coarse texture, not fine shape; they are no published FID or KID, and
    only those of equal ``digest`` may be compared.
    """

    dimension = sum(WIDTHS)

    def __init__(self, channels: int, seed: int = 0) -> None:
        rng = torch.Generator().manual_seed(seed)
        shapes = [(after, before, 3, 3) for before, after in pairwise((channels, *WIDTHS))]
        # Uniform and not normal, whose last bits hang on the processor: the digest is the same on every machine.
        self._weights = [(torch.rand(shape, generator=rng) - 0.5) * sqrt(24 / (9 * shape[1])) for shape in shapes]
        self.name = f"random-conv-{channels}x{self.dimension}-{seed}"
        """Which network this is, for reports: ``random-conv-3x480-0``."""

    def digest(self) -> str:
        """Return the sha256 of name and weights."""
        found = hashlib.sha256(self.name.encode())
        for weight in self._weights:
            found.update(weight.numpy().astype("<f4").tobytes())
        return found.hexdigest()

    def __call__(self, images: Tensor, scale: float, device: torch.device | str = "cpu") -> Tensor:
        """Return features, float64 [N, 480] on the CPU, of images [N, C, H, W] in [0, scale]."""
        weights = [weight.to(device) for weight in self._weights]
        with torch.inference_mode():
            # uint16 has no slices on every device: only a batch becomes float32.
            return torch.cat([_pooled(part.to(device).float() * (2 / scale) - 1, weights).double().cpu() for part in images.split(BATCH)])


def _pooled(images: Tensor, weights: list[Tensor]) -> Tensor:
    means = []
    for weight in weights:
        images = relu(nn.functional.conv2d(images, weight, stride=2, padding=1))
        means.append(images.mean((2, 3)))
    return torch.cat(means, 1)
