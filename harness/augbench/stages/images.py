"""Prepared images behind ``take``: resident on the device, or read from a mapped file when asked for."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from augbench.values.data import Images


class ResidentImages(Images):
    """All images in the device's memory."""

    def __init__(self, pixels: Tensor, scale: float) -> None:
        self._pixels, self._scale = pixels, scale

    @classmethod
    def of(cls, pixels: NDArray[Any], scale: float, device: torch.device) -> ResidentImages:
        """Put images [N, C, H, W] on a device; uint16 becomes int32, since torch indexes no uint16."""
        return cls(_tensor(pixels).to(device), scale)

    @property
    def shape(self) -> tuple[int, int, int]:
        """Channels, height and width."""
        channels, height, width = self._pixels.shape[1:]
        return channels, height, width

    @property
    def scale(self) -> float:
        """The integer value that means 1.0."""
        return self._scale

    def __len__(self) -> int:
        return len(self._pixels)

    def take(self, indices: Tensor) -> Tensor:
        """Return the images at int64 indices [n], which lie on the images' device or on the CPU."""
        return self._pixels.index_select(0, indices.to(self._pixels.device, non_blocking=True))


class MappedImages(Images):
    """Images that stay in a mapped file; ``take`` reads its rows and sends them off without waiting."""

    def __init__(self, pixels: NDArray[Any], scale: float, device: torch.device) -> None:
        self._pixels, self._scale, self._device = pixels, scale, device

    @property
    def shape(self) -> tuple[int, int, int]:
        """Channels, height and width."""
        channels, height, width = self._pixels.shape[1:]
        return channels, height, width

    @property
    def scale(self) -> float:
        """The integer value that means 1.0."""
        return self._scale

    def __len__(self) -> int:
        return len(self._pixels)

    def take(self, indices: Tensor) -> Tensor:
        """Return the images at int64 indices [n]; indices on a GPU make the host wait for it."""
        rows = _tensor(self._pixels[indices.cpu().numpy()])
        if self._device.type != "cuda":
            return rows.to(self._device)
        # Only from pinned memory does a copy run beside the host.
        return rows.pin_memory().to(self._device, non_blocking=True)


def _tensor(pixels: NDArray[Any]) -> Tensor:
    if pixels.dtype == np.uint16:
        return torch.from_numpy(pixels.astype(np.int32))
    # torch warns of arrays that cannot be written to, such as mapped ones.
    return torch.from_numpy(pixels if pixels.flags.writeable else pixels.copy())
