"""Features of any network of timm, before its last layer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, Literal

from augbench import Facts, FeatureNetwork, Features, Reason
from augbench_plugins.backbones._weights import digest, packaged, why_no_weights


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
    """A local file of weights: .safetensors, or torch's .pth; without one, an installed package's or those of the Hugging Face hub."""
    checkpoint_map: Mapping[str, str | Literal[False]] = field(default_factory=dict)
    """What names of the file's tensors begin with, and what stands there in timm: ``{ "encoder." = "", "projector." = false }``."""

    @classmethod
    def names(cls) -> Sequence[str]:
        """Return all names of the installed timm, without importing it here."""
        from augbench_plugins.backbones._timm_names import timm_names

        return timm_names()

    def supports(self, facts: Facts) -> Reason | None:
        """Tell that there are no weights, or that images are neither grey nor coloured."""
        if reason := why_no_weights(f"timm/{self.name}", self._file(), published=True):
            return reason
        if facts.shape[0] not in (1, 3):
            return Reason(f'features of timm are those of 1 or 3 channels, not {facts.shape[0]}: set quality.features = "random-conv"')
        return None

    def content(self) -> str | None:
        """Return the digest of the file of weights, where there is one."""
        return digest(self._file())

    def build(self, channels: int) -> FeatureNetwork:
        """Return the network.  Raise a ``StageError`` where its weights cannot be had or do not fit."""
        from augbench_plugins.features._digest import digest_of
        from augbench_plugins.features._timm_features import pooled

        network = pooled(self.name, self._file(), self.checkpoint_map).eval()
        return FeatureNetwork(module=network, name=f"timm/{self.name}", digest=digest_of(self.name, network))

    def _file(self) -> Path | None:
        return self.checkpoint or packaged(self.name)
