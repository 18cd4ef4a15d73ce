"""Every network of timm, by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, ClassVar, Literal

from annotated_types import Ge

from augbench import Backbone, BackboneContext, Facts, Network, Reason
from augbench_plugins.backbones._weights import digest, packaged, why_no_weights


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
    """Start from the published weights: of an installed package where there is one, or fetched once from the Hugging Face hub."""
    checkpoint: Path | None = None
    """Start from the weights of a local file instead: .safetensors, or torch's .pth; a last layer of other classes is left out."""
    checkpoint_map: Mapping[str, str | Literal[False]] = field(default_factory=dict)
    """What names of the file's tensors begin with, and what stands there in timm: ``{ "encoder." = "", "projector." = false }``."""
    normalisation: Literal["weights", "data"] = "weights"
    """Mean and deviation of the input: those that the initial weights were trained with, or the data set's.

    Weights drawn at random have none of their own and take the data set's.
    """
    input_size: Annotated[int, Ge(1)] | None = None
    """Height and width that images are resized to on the device, for networks that want larger ones than the data set has."""

    @classmethod
    def names(cls) -> Sequence[str]:
        """Return all names of the installed timm, without importing it here."""
        from augbench_plugins.backbones._timm_names import timm_names

        return timm_names()

    def supports(self, facts: Facts) -> Reason | None:
        """Tell that a file of weights is not there, or that none are published."""
        return why_no_weights(f"timm/{self.name}", self._file(), published=self.pretrained)

    def content(self) -> str | None:
        """Return the digest of the file of weights, where there is one."""
        return digest(self._file())

    def build(self, context: BackboneContext) -> Network:
        """Return the network.  Raise a ``StageError`` where its weights cannot be had or do not fit."""
        from augbench_plugins.backbones._timm_build import Start, build

        own = self.normalisation == "weights" and (self.pretrained or self.checkpoint is not None)
        start = Start(pretrained=self.pretrained, checkpoint=self._file(), renamed=self.checkpoint_map) if context.fresh else Start()
        return build(self.name, context, start, own_normalisation=own, input_size=self.input_size)

    def _file(self) -> Path | None:
        return self.checkpoint or (packaged(self.name) if self.pretrained else None)
