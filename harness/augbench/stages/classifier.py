"""The network under training, with its normalisation, and how images are scored with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from augbench.stages import promises
from augbench.stages.head import PLAIN, HeadSetup
from augbench.stages.prepared import Prepared
from augbench.values.data import Images
from augbench.values.learning import Backbone, BackboneContext, Network
from augbench.values.settings import Numerics

SCORED_AT_ONCE = 256


class Classifier(nn.Module):
    """A network that takes images in [0, 1]: normalises them, and resizes them where it wants one size only."""

    mean: Tensor
    scale: Tensor

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network.module
        self.size = network.size
        # Constants, not weights: a checkpoint is the network's own.
        self.register_buffer("mean", torch.tensor(network.mean).view(1, -1, 1, 1), persistent=False)
        self.register_buffer("scale", 1 / _spread(network.sd).view(1, -1, 1, 1), persistent=False)

    def forward(self, images: Tensor) -> Tensor:
        """Return logits [B, K] of float images [B, C, H, W]."""
        images = (images - self.mean) * self.scale
        if self.size is not None and images.shape[-2:] != self.size:
            images = nn.functional.interpolate(images, self.size, mode="bilinear", antialias=True, align_corners=False)
        logits: Tensor = self.network(images)
        return logits


def _spread(sd: Sequence[float]) -> Tensor:
    """Return what channels are divided by: one that never varies is only centred, or a change of brightness would explode."""
    found = torch.tensor(sd)
    return torch.where(found > 1e-6, found, 1.0)


def build_classifier(
    backbone: Backbone, prepared: Prepared, numerics: Numerics, device: torch.device, head: HeadSetup = PLAIN, *, fresh: bool = True
) -> Classifier:
    """Return a classifier on a device; initial weights come from torch's global stream, and count only if ``fresh``."""
    context = BackboneContext(
        channels=prepared.shape[0],
        size=prepared.shape[1:],
        classes=len(prepared.classes),
        mean=prepared.mean,
        sd=prepared.sd,
        fresh=fresh,
    )
    network = promises.network(backbone, backbone.build(context))
    classifier = Classifier(replace(network, module=head.set_up(network.module, context.classes))).to(device)
    return classifier.to(memory_format=layout(numerics))


def layout(numerics: Numerics) -> torch.memory_format:
    """Return torch's name of a memory format."""
    return torch.channels_last if numerics.memory_format == "channels-last" else torch.contiguous_format


def autocast(numerics: Numerics, device: torch.device) -> torch.autocast:
    """Return the context in which forward passes run."""
    return torch.autocast(device.type, torch.bfloat16, enabled=numerics.precision == "bf16")


def to_float(images: Tensor, scale: float) -> Tensor:
    """Turn stored integers into float32 in [0, 1]."""
    return images.to(torch.float32).mul_(1 / scale)


@torch.inference_mode()
def score(classifier: Classifier, images: Images, numerics: Numerics, device: torch.device) -> NDArray[Any]:
    """Return class probabilities, float32 [n, K]."""
    was_training = classifier.training
    classifier.eval()
    found = []
    for chosen in torch.arange(len(images), device=device).split(SCORED_AT_ONCE):
        batch = to_float(images.take(chosen), images.scale).contiguous(memory_format=layout(numerics))
        with autocast(numerics, device):
            logits = classifier(batch)
        found.append(logits.float().softmax(dim=1))
    classifier.train(was_training)
    return torch.cat(found).cpu().numpy().astype(np.float32)
