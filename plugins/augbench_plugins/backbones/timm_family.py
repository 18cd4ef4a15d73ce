"""Every network of timm, by name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Literal

from augbench import Backbone, BackboneContext, Facts, Network, Reason


@dataclass(frozen=True, kw_only=True)
class Timm(Backbone):
    """A network of timm: ``timm/resnet34``, ``timm/resnet34.tv_in1k``.

    A network of fixed input size is built for the prepared images' size where it can be; otherwise images are resized to
    the size it wants.
    """

    preload: ClassVar[tuple[str, ...]] = ("timm",)
    name: str
    """Its name in timm; what follows a point names the weights."""
    pretrained: bool = False
    """Start from the published weights, fetched once from the Hugging Face hub."""
    checkpoint: Path | None = None
    """Start from the weights of a local file instead: .safetensors, or torch's .pth; a head of other classes is left out."""
    normalisation: Literal["weights", "data"] = "weights"
    """Mean and deviation of the input: those that the initial weights were trained with, or the data set's.

    Weights drawn at random have none of their own and take the data set's.
    """

    @classmethod
    def names(cls) -> Sequence[str]:
        """Return all names of the installed timm, without importing it here."""
        from augbench_plugins.backbones._timm_names import timm_names

        return timm_names()

    def supports(self, facts: Facts) -> Reason | None:
        """Tell that a local file of weights is not there."""
        if self.checkpoint is None or self.checkpoint.is_file():
            return None
        return Reason(f"the checkpoint '{self.checkpoint}' of timm/{self.name} is not there: mend the path or leave checkpoint out")

    def build(self, context: BackboneContext) -> Network:
        """Return the network.  Raise ``WeightsUnavailable`` or ``BadCheckpoint``."""
        from augbench_plugins.backbones._timm_build import build

        own = self.normalisation == "weights" and (self.pretrained or self.checkpoint is not None)
        pretrained, checkpoint = (self.pretrained, self.checkpoint) if context.fresh else (False, None)
        return build(self.name, context, pretrained=pretrained, checkpoint=checkpoint, own_normalisation=own)
