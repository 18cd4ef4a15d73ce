"""Features of a convolutional network with fixed random weights, for where no trained one can be had."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from annotated_types import Ge

from augbench import FeatureNetwork, Features


@dataclass(frozen=True, kw_only=True)
class RandomConv(Features):
    """Four random convolutions of stride 2, averaged over all pixels at each depth.

    They tell colour and coarse texture, not fine shape: distances of these features are no published FID or KID.
    """

    seed: Annotated[int, Ge(0)] = 0
    """Which random weights."""

    def build(self, channels: int) -> FeatureNetwork:
        """Return the network; its weights are the same on every machine."""
        from augbench_plugins.features._digest import digest_of
        from augbench_plugins.features._random_network import RandomNetwork

        network = RandomNetwork(channels, self.seed)
        name = f"random-conv-{channels}x{network.dimension}-{self.seed}"
        return FeatureNetwork(module=network.eval(), name=name, digest=digest_of(name, network))
