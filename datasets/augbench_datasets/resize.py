"""Bring every image of a data set to one square size."""

from __future__ import annotations

from abc import ABC
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal

from annotated_types import Ge

from augbench import Resize
from augbench_datasets._errors import TooSmall

if TYPE_CHECKING:
    from numpy.typing import NDArray

Edges = Literal["black", "edge", "reflect"]


class _Square(Resize, ABC):
    """A resize whose results are as high as wide."""

    size: int

    def shape(self) -> tuple[int, int]:
        """Return the height and width of every result."""
        return self.size, self.size


@dataclass(frozen=True, kw_only=True)
class Bilinear(_Square):
    """Scale to a square, antialiased: what shrinks is averaged, so that no detail turns into a false pattern."""

    size: Annotated[int, Ge(1)]
    """Height and width of the result, in pixels."""

    def apply(self, image: NDArray[Any]) -> NDArray[Any]:
        """Resize one image [H, W, C], keeping its type; the ratio of its sides is not kept."""
        return _scaled(image, self.size, self.size)


@dataclass(frozen=True, kw_only=True)
class CentreCrop(_Square):
    """Cut a square out of the middle, pixels untouched."""

    size: Annotated[int, Ge(1)]
    """Height and width of the result, in pixels; no image may be smaller."""

    def apply(self, image: NDArray[Any]) -> NDArray[Any]:
        """Cut out the middle of one image [H, W, C]; of an odd margin, the larger half is right and below.

        Raise ``TooSmall`` where there is less than the square.
        """
        self.check(*image.shape[:2])
        return _cropped(image, self.size)

    def check(self, height: int, width: int) -> None:
        """Raise ``TooSmall`` where there is less than the square."""
        if min(height, width) < self.size:
            raise TooSmall(height, width, self.size)


@dataclass(frozen=True, kw_only=True)
class CropOrPad(_Square):
    """Put the image into the middle of a square, pixels untouched: what is too large is cut off, what is missing is filled."""

    size: Annotated[int, Ge(1)]
    """Height and width of the result, in pixels."""
    fill: Edges = "edge"
    """What lies beyond the image: black, its outermost pixels repeated, or the image mirrored."""

    def apply(self, image: NDArray[Any]) -> NDArray[Any]:
        """Bring one image [H, W, C] to the size; of an odd margin, the larger half is right and below."""
        return _padded(_cropped(image, self.size), self.size, self.fill)


@dataclass(frozen=True, kw_only=True)
class Letterbox(_Square):
    """Scale until the longer side fits, antialiased, keeping the ratio of the sides, and fill what is missing of a square."""

    size: Annotated[int, Ge(1)]
    """Height and width of the result, in pixels."""
    fill: Edges = "edge"
    """What lies beyond the image: black, its outermost pixels repeated, or the image mirrored."""

    def apply(self, image: NDArray[Any]) -> NDArray[Any]:
        """Bring one image [H, W, C] to the size, keeping its type."""
        longer = max(image.shape[:2])
        height, width = (max(1, round(side * self.size / longer)) for side in image.shape[:2])
        return _padded(_scaled(image, height, width), self.size, self.fill)


def _scaled(image: NDArray[Any], height: int, width: int) -> NDArray[Any]:
    import numpy as np
    from PIL import Image

    if image.shape[:2] == (height, width):
        return image
    # One channel at a time, as float: Pillow knows no 16-bit colour, and rounds 8-bit images between its two passes.
    planes = [Image.fromarray(image[:, :, channel].astype(np.float32)) for channel in range(image.shape[2])]
    scaled = [np.asarray(plane.resize((width, height), Image.Resampling.BILINEAR)) for plane in planes]
    resized: NDArray[Any] = np.rint(np.stack(scaled, axis=2)).astype(image.dtype)
    return resized


def _cropped(image: NDArray[Any], size: int) -> NDArray[Any]:
    """Cut out the middle of what is larger than ``size``."""
    top, left = (max(0, side - size) // 2 for side in image.shape[:2])
    return image[top : top + size, left : left + size]


def _padded(image: NDArray[Any], size: int, fill: Edges) -> NDArray[Any]:
    import numpy as np

    missing = [size - side for side in image.shape[:2]]
    margins = [(lack // 2, lack - lack // 2) for lack in missing]
    if fill == "black":
        return np.pad(image, (*margins, (0, 0)))
    return np.pad(image, (*margins, (0, 0)), mode="edge" if fill == "edge" else "symmetric")
