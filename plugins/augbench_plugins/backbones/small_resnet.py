"""A small residual network, for training on a CPU."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from annotated_types import Ge, MinLen

from augbench import Backbone, BackboneContext, Network


@dataclass(frozen=True, kw_only=True)
class SmallResnet(Backbone):
    """Residual network (He 2016) of basic blocks behind a stem of stride 2; 0.08 M weights as it stands."""

    width: Annotated[int, Ge(1)] = 16
    """Channels of the first stage; each further stage doubles them and halves the image."""
    blocks: Annotated[tuple[Annotated[int, Ge(1)], ...], MinLen(1)] = (1, 1, 1)
    """Residual blocks of each stage."""

    def build(self, context: BackboneContext) -> Network:
        """Return the network, which takes images of any size, normalised by the data set's mean and deviation."""
        from augbench_plugins.backbones._residual import residual_network

        module = residual_network(context.channels, self.width, self.blocks, context.classes)
        return Network(module=module, mean=context.mean, sd=context.sd)
