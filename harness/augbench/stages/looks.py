"""Show images of any depth and number of channels to an eye: as 8-bit colours, or channel by channel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from augbench.stages.mosaic import mosaic
from augbench.values.data import SCALES
from augbench.values.errors import OddPixels
from augbench.values.numbers import count, listing

_TAILS = (0.1, 99.9)
"""Percentiles that become black and white where values are stretched: a few odd pixels decide nothing."""
_MOST = 8
"""Channels that are shown of more."""
_GAP = 1


@dataclass(frozen=True, kw_only=True)
class Look:
    """How the images of one data set are shown."""

    channels: int
    bits: int
    shown: tuple[int, ...]
    """Channels that are shown, each in grey; all three of a colour image, which is one picture."""
    low: NDArray[np.float64]
    """What becomes black, by shown channel."""
    high: NDArray[np.float64]
    """What becomes white."""

    @property
    def beside(self) -> int:
        """Count the pictures that one image becomes."""
        return beside(self.channels)

    def picture(self, image: NDArray[Any], zoom: int = 1) -> NDArray[np.uint8]:
        """Return an image [H, W, C] as colours [h, w, 3]; every pixel is ``zoom`` times as high and wide."""
        share = (image[:, :, list(self.shown)] - self.low) / (self.high - self.low)
        levels: NDArray[np.uint8] = np.rint(255 * share.clip(0, 1)).astype(np.uint8).repeat(zoom, axis=0).repeat(zoom, axis=1)
        if self.channels == 3:
            return levels
        return mosaic([[levels[:, :, [channel] * 3] for channel in range(len(self.shown))]], _GAP)

    def kind(self) -> str:
        """Say what kind of images these are: ``colour, 8 bit``."""
        name = {1: "grey", 3: "colour"}.get(self.channels, f"{count(self.channels)} channels")
        return f"{name}, {self.bits} bit"

    def words(self) -> tuple[str, ...]:
        """Say what was done to show them; nothing where they are shown as they are."""
        found = []
        if self.beside > 1:
            which = f"1 to {self.channels}" if len(self.shown) == self.channels else listing([str(c + 1) for c in self.shown], _MOST)
            found.append(f"Channels {which} of each image stand side by side, from left to right.")
        if self.stretched:
            ranges = dict.fromkeys(f"{count(round(a))} to {count(round(b))}" for a, b in zip(self.low, self.high, strict=True))
            found.append(
                f"Values are stretched{' channel by channel' * (self.beside > 1)}: black to white is {listing(list(ranges), _MOST)}, "
                f"the {_TAILS[0]} and {_TAILS[1]} percentile of the images shown."
            )
        return tuple(found)

    @property
    def stretched(self) -> bool:
        """Tell whether black and white are others than the smallest and largest number of the type."""
        return _stretched(self.channels, self.bits)


def beside(channels: int) -> int:
    """Return how many pictures an image of so many channels becomes."""
    return 1 if channels == 3 else min(channels, _MOST)


def _stretched(channels: int, bits: int) -> bool:
    # Cameras of 12 bits fill a sixteenth of 16, and a channel of fluorescence often is dark: nobody would see anything.
    return bits != 8 or channels not in (1, 3)


def look_of(images: Sequence[NDArray[Any]], names: Sequence[str]) -> Look:
    """Decide how to show images [H, W, C].  Raise ``OddPixels`` for what are neither uint8 nor uint16."""
    for image, name in zip(images, names, strict=True):
        if str(image.dtype) not in SCALES:
            raise OddPixels(name, str(image.dtype))
    channels, bits = min(image.shape[2] for image in images), max(8 * image.itemsize for image in images)
    shown = tuple(range(channels)) if channels <= _MOST else tuple(np.linspace(0, channels - 1, _MOST).round().astype(int).tolist())
    if not _stretched(channels, bits):
        return Look(channels=channels, bits=bits, shown=shown, low=np.zeros(channels), high=np.full(channels, 255.0))
    values = np.concatenate([image[:, :, list(shown)].reshape(-1, len(shown)) for image in images])
    # Colours keep their hues only where all three are stretched alike.
    low, high = np.percentile(values, _TAILS, axis=None if channels == 3 else 0)
    low, high = (np.broadcast_to(np.asarray(end, dtype=np.float64), (len(shown),)) for end in (low, high))
    return Look(channels=channels, bits=bits, shown=shown, low=low, high=np.maximum(high, low + 1))


def fitted(image: NDArray[Any], side: int) -> NDArray[Any]:
    """Return an image [H, W, C] with no side longer than ``side``, scaled down if need be; the ratio of its sides is kept."""
    height, width = image.shape[:2]
    if max(height, width) <= side:
        return image
    share = side / max(height, width)
    size = max(1, round(width * share)), max(1, round(height * share))
    # As floats, one channel at a time: Pillow knows neither 16-bit colours nor five channels.
    planes = [Image.fromarray(image[:, :, channel].astype(np.float32)) for channel in range(image.shape[2])]
    scaled = np.stack([np.asarray(plane.resize(size, Image.Resampling.BOX)) for plane in planes], axis=2)
    shrunk: NDArray[Any] = np.rint(scaled).astype(image.dtype)
    return shrunk
