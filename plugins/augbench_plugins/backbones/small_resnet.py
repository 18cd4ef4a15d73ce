"""A small residual network, for training on a CPU."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from annotated_types import Ge, MinLen

from augbench import Backbone, BackboneContext, Network


@dataclass(frozen=True, kw_only=True)
class SmallResnet(Backbone):
    """Residual network (He 2016) of basic blocks behind a 3 x 3 stem; 0.08 M weights as it stands.

    Its CIFAR networks have ``stem-stride = 1``: ResNet-32 is ``blocks = [5, 5, 5]`` (its widening shortcuts are 1 x 1 convolutions
    here), and what is called ResNet-18 on small images ``width = 64, blocks = [2, 2, 2, 2]``.
    """

    width: Annotated[int, Ge(1)] = 16
    """Channels of the first stage; each further stage doubles them and halves the image."""
    blocks: Annotated[tuple[Annotated[int, Ge(1)], ...], MinLen(1)] = (1, 1, 1)
    """Residual blocks of each stage."""
    stem_stride: Annotated[int, Ge(1)] = 2
    """Stride of the first convolution: 1 keeps the size of small images."""

    def build(self, context: BackboneContext) -> Network:
        """Return the network, which takes images of any size, normalised by the data set's mean and deviation."""
        from augbench_plugins.backbones._residual import residual_network

        module = residual_network(context.channels, self.width, self.blocks, context.classes, self.stem_stride)
        return Network(module=module, mean=context.mean, sd=context.sd)
