"""Images behind ``take``: on the device where they fit its memory, else read from their files as they are asked for."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from augbench.values.data import Images

Part = tuple[NDArray[Any], NDArray[np.int64]]
"""An array [N, C, H, W], perhaps a mapped file, and which of its images count, in order."""
RESIDENT_SHARE = 0.5
"""Of a device's free memory: images that would take more of it stay in their files."""


def images_of(parts: Sequence[Part], scale: float, device: torch.device) -> Images:
    """Return the images of all parts, one after another, resident or mapped; which of the two changes no bit."""
    bytes_ = sum(pixels[:1].nbytes * len(chosen) for pixels, chosen in parts)
    if bytes_ > RESIDENT_SHARE * _free_memory(device):
        return MappedImages(parts, scale, device)
    return ResidentImages.of(np.concatenate([pixels[chosen] for pixels, chosen in parts]), scale, device)


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

    @property
    def indices_on(self) -> torch.device:
        """Where indices are best: beside the images."""
        return self._pixels.device

    def __len__(self) -> int:
        return len(self._pixels)

    def take(self, indices: Tensor) -> Tensor:
        """Return the images at int64 indices [n], which lie on the images' device or on the CPU."""
        return self._pixels.index_select(0, indices.to(self._pixels.device, non_blocking=True))


class MappedImages(Images):
    """Images that stay in mapped files; ``take`` reads its rows and sends them off without waiting."""

    def __init__(self, parts: Sequence[Part], scale: float, device: torch.device) -> None:
        self._parts, self._scale, self._device = tuple(parts), scale, device
        self._starts = np.cumsum([0, *(len(chosen) for _, chosen in parts)])

    @property
    def shape(self) -> tuple[int, int, int]:
        """Channels, height and width."""
        channels, height, width = self._parts[0][0].shape[1:]
        return channels, height, width

    @property
    def scale(self) -> float:
        """The integer value that means 1.0."""
        return self._scale

    @property
    def indices_on(self) -> torch.device:
        """Where indices are best: the host reads the rows, and would wait for indices on a GPU."""
        return torch.device("cpu")

    def __len__(self) -> int:
        return int(self._starts[-1])

    def take(self, indices: Tensor) -> Tensor:
        """Return the images at int64 indices [n]."""
        rows = _tensor(self._rows(indices.cpu().numpy()))
        if self._device.type != "cuda":
            return rows.to(self._device)
        # Only from pinned memory does a copy run beside the host.
        return rows.pin_memory().to(self._device, non_blocking=True)

    def _rows(self, wanted: NDArray[np.int64]) -> NDArray[Any]:
        rows = np.empty((len(wanted), *self.shape), self._parts[0][0].dtype)
        for (pixels, chosen), start in zip(self._parts, self._starts, strict=False):
            mine = np.flatnonzero((wanted >= start) & (wanted < start + len(chosen)))
            rows[mine] = pixels[chosen[wanted[mine] - start]]
        return rows


def _tensor(pixels: NDArray[Any]) -> Tensor:
    if pixels.dtype == np.uint16:
        return torch.from_numpy(pixels.astype(np.int32))
    # torch warns of arrays that cannot be written to, such as mapped ones.
    return torch.from_numpy(pixels if pixels.flags.writeable else pixels.copy())


def _free_memory(device: torch.device) -> float:
    """Return the free bytes of a device's memory, infinitely many where the platform does not tell."""
    if device.type == "cuda":
        return float(torch.cuda.mem_get_info(device)[0])
    try:
        return float(os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    except (AttributeError, OSError, ValueError):
        return float("inf")
