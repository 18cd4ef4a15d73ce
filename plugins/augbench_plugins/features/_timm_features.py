"""A network of timm that stops before its last layer and takes images of any size."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import interpolate

from augbench import BackboneContext
from augbench_plugins.backbones._naming import Renamed
from augbench_plugins.backbones._timm_build import Start, build


class Pooled(nn.Module):
    """Resizes, normalises, and returns pooled features."""

    mean: Tensor
    sd: Tensor

    def __init__(self, network: nn.Module, size: tuple[int, int], mean: tuple[float, ...], sd: tuple[float, ...]) -> None:
        super().__init__()
        self.network, self.size = network, size
        self.register_buffer("mean", torch.tensor(mean).view(1, -1, 1, 1))
        self.register_buffer("sd", torch.tensor(sd).view(1, -1, 1, 1))

    def forward(self, images: Tensor) -> Tensor:
        """Return features [B, d] of images [B, C, H, W] in [0, 1], C = 1 or 3."""
        images = images.expand(-1, 3, -1, -1)
        images = interpolate(images, self.size, mode="bilinear", antialias=True, align_corners=False)
        features: Tensor = self.network((images - self.mean) / self.sd)
        return features.flatten(1)


def pooled(name: str, checkpoint: Path | None, renamed: Renamed) -> Pooled:
    """Build it, with published weights or those of a file."""
    nothing = BackboneContext(channels=3, size=(224, 224), classes=0, mean=(0.5,) * 3, sd=(0.5,) * 3)
    # The weights are loaded, but whatever is drawn before them must not move a stream.
    with torch.random.fork_rng(devices=[]):
        network = build(name, nothing, Start(pretrained=True, checkpoint=checkpoint, renamed=renamed), own_normalisation=True)
    module: Any = network.module
    _, height, width = module.pretrained_cfg["input_size"]
    return Pooled(module, (height, width), network.mean, network.sd)
