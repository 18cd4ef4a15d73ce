"""Features of any network of timm, before its last layer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from augbench import Facts, FeatureNetwork, Features, Reason


@dataclass(frozen=True, kw_only=True)
class TimmFeatures(Features):
    """The pooled features of a network of timm with its published weights: ``timm/resnet50.tv_in1k``.

    Images are resized to the network's input size, antialiased, and normalised as its weights were trained; grey ones are
    repeated over three channels.
    """

    preload: ClassVar[tuple[str, ...]] = ("timm",)
    name: str
    """Its name in timm; what follows a point names the weights."""
    checkpoint: Path | None = None
    """A local file of weights: .safetensors, or torch's .pth; without one they are fetched once from the Hugging Face hub."""

    @classmethod
    def names(cls) -> Sequence[str]:
        """Return all names of the installed timm, without importing it here."""
        from augbench_plugins.backbones._timm_names import timm_names

        return timm_names()

    def supports(self, facts: Facts) -> Reason | None:
        """Tell that a local file is not there, or that images are neither grey nor coloured."""
        if self.checkpoint is not None and not self.checkpoint.is_file():
            return Reason(f"the checkpoint '{self.checkpoint}' of the features timm/{self.name} is not there: mend the path")
        if facts.shape[0] not in (1, 3):
            return Reason(f'features of timm are those of 1 or 3 channels, not {facts.shape[0]}: set quality.features = "random-conv"')
        return None

    def build(self, channels: int) -> FeatureNetwork:
        """Return the network.  Raise ``WeightsUnavailable`` or ``BadCheckpoint``."""
        from augbench_plugins.features._digest import digest_of
        from augbench_plugins.features._timm_features import pooled

        network = pooled(self.name, self.checkpoint).eval()
        return FeatureNetwork(module=network, name=f"timm/{self.name}", digest=digest_of(self.name, network))
