"""The features that FID is defined on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from augbench import Facts, FeatureNetwork, Features, Reason


@dataclass(frozen=True, kw_only=True)
class Inception(Features):
    """The 2,048 pooled features of FID's Inception (Heusel 2017), ported to torch as pt_inception-2015-12-05-6726825d.pth.

    Images are resized to 299 x 299 as TensorFlow 1 does, without antialiasing, as torch-fidelity does too.  Grey ones are repeated
    over three channels.
    """

    path: Path
    """The local file of its weights."""

    def supports(self, facts: Facts) -> Reason | None:
        """Tell that the file is not there, or that images are neither grey nor coloured."""
        if not self.path.is_file():
            return Reason(f"no file '{self.path}' with Inception's weights: mend quality.features.path")
        if facts.shape[0] not in (1, 3):
            return Reason(f'Inception\'s features are those of 1 or 3 channels, not {facts.shape[0]}: set quality.features = "random-conv"')
        return None

    def build(self, channels: int) -> FeatureNetwork:
        """Return the network.  Raise ``BadCheckpoint`` for any other file."""
        from augbench_plugins.features._inception_network import published

        network, digest = published(self.path)
        return FeatureNetwork(module=network.eval(), name="inception-2015-12-05", digest=digest, inception=True)
