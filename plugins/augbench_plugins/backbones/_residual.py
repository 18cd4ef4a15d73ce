"""Residual networks out of basic blocks (He 2016, Fig. 5 left)."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor, nn


class BasicBlock(nn.Module):
    """Two 3 x 3 convolutions beside a shortcut, which is a 1 x 1 convolution where the shape changes."""

    def __init__(self, channels: int, width: int, stride: int) -> None:
        super().__init__()
        self.main = nn.Sequential(_convolution(channels, width, stride), nn.ReLU(inplace=True), _convolution(width, width, 1))
        same = channels == width and stride == 1
        self.shortcut = nn.Identity() if same else _convolution(channels, width, stride, size=1)

    def forward(self, images: Tensor) -> Tensor:
        """Return feature maps [B, width, H / stride, W / stride]."""
        return nn.functional.relu(self.main(images) + self.shortcut(images))


def residual_network(channels: int, width: int, blocks: Sequence[int], classes: int, stem_stride: int) -> nn.Sequential:
    """Return stem, stages, mean over all pixels and a linear head."""
    layers: list[nn.Module] = [_convolution(channels, width, stem_stride), nn.ReLU(inplace=True)]
    here = width
    for stage, count in enumerate(blocks):
        wide = width * 2**stage
        for block in range(count):
            layers.append(BasicBlock(here, wide, stride=2 if stage and not block else 1))
            here = wide
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(here, classes))


def _convolution(channels: int, width: int, stride: int, size: int = 3) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(channels, width, size, stride, size // 2, bias=False), nn.BatchNorm2d(width))
