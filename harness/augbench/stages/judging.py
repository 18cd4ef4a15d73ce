"""Features of images, and who compares a fit's images with the real ones."""

from __future__ import annotations

from functools import cached_property

import torch
from torch import Tensor

from augbench.quality.measures import measure
from augbench.stages.classifier import to_float
from augbench.values.data import Images
from augbench.values.quality import FeatureNetwork, Quality

AT_ONCE, AT_ONCE_ON_CPU = 256, 16
"""Images of a pass: more of them leave a CPU's cache and take three times as long."""
MOST_REAL = 2000
"""Real images that are compared: more move a distance by less than its noise, at a cost that grows with their square."""
_CURVES = ("kid", "frechet", "precision", "recall")


class FeatureJudge:
    """Compares images with the real ones at ``members`` of ``images``."""

    def __init__(self, network: FeatureNetwork, images: Images, members: Tensor, quality: Quality, device: torch.device) -> None:
        self._network, self._images, self._quality, self._device = network, images, quality, device
        self._members = compared(members)
        self.checks, self.images = quality.checks, quality.images

    @cached_property
    def _real(self) -> Tensor:
        taken = self._images.take(self._members.to(self._images.indices_on))
        return features_of(self._network, taken, self._images.scale, self._device)

    def __call__(self, images: Tensor) -> dict[str, float]:
        """Judge integer images [n, C, H, W]; what cannot be measured is left out."""
        fake = features_of(self._network, images, self._images.scale, self._device)
        numbers = measure(self._real, fake, self._quality.nearest).numbers()
        return {name: numbers[name] for name in _CURVES if name in numbers}


def compared(members: Tensor) -> Tensor:
    """Return the indices of the real images that are compared: all, or evenly spaced ones of many."""
    if len(members) <= MOST_REAL:
        return members
    return members[torch.arange(MOST_REAL) * len(members) // MOST_REAL]


def features_of(network: FeatureNetwork, images: Tensor, scale: float, device: torch.device) -> Tensor:
    """Return features, float64 [N, d] on the CPU, of integer images [N, C, H, W] in [0, scale]."""
    # A plugin may forget it: in training, features hang on the batch and dropout draws from the global stream.
    module = network.module.to(device, memory_format=torch.channels_last).eval()  # type: ignore[call-overload]
    parts = images.split(AT_ONCE_ON_CPU if device.type == "cpu" else AT_ONCE)
    with torch.inference_mode():
        # In float32, whatever the numerics: a distance of features must not hang on them.
        found = [module(to_float(part.to(device), scale).contiguous(memory_format=torch.channels_last)).double().cpu() for part in parts]
    # A copy, since what is made in inference mode may not be differentiated.
    return torch.cat(found).clone()
