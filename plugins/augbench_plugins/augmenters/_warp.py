"""Resample images along projective maps, one map an image."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from torch import Tensor

Outside = Literal["mirror", "edge", "black"]
"""What is seen beyond an image's border."""
_PADDING: dict[Outside, str] = {"mirror": "reflection", "edge": "border", "black": "zeros"}


def warp(images: Tensor, maps: Tensor, outside: Outside) -> Tensor:
    """Resample images [B, C, H, W] bilinearly along maps [B, 3, 3] from output to source positions, both in [-1, 1]."""
    import torch
    from torch.nn.functional import grid_sample

    height, width = images.shape[-2:]
    y = ((torch.arange(height, device=images.device) * 2 + 1) / height - 1)[:, None]
    x = (torch.arange(width, device=images.device) * 2 + 1) / width - 1
    # Term by term, not as a matrix product: that may run in TF32 or bf16, which is pixels away.
    across, down, depth = ((row[:, 0, None, None] * x + row[:, 1, None, None] * y + row[:, 2, None, None]) for row in maps.unbind(1))
    grid = torch.stack([across / depth, down / depth], dim=-1)
    return grid_sample(images, grid, mode="bilinear", padding_mode=_PADDING[outside], align_corners=False)
