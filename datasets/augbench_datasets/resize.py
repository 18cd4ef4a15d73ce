"""Bring every image of a data set to one square size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from annotated_types import Ge

from augbench import Resize
from augbench_datasets._errors import TooSmall

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, kw_only=True)
class Bilinear(Resize):
    """Scale to a square, antialiased: what shrinks is averaged, so that no detail turns into a false pattern."""

    size: Annotated[int, Ge(1)]
    """Height and width of the result, in pixels."""

    def shape(self) -> tuple[int, int]:
        """Return the height and width of every result."""
        return self.size, self.size

    def apply(self, image: NDArray[Any]) -> NDArray[Any]:
        """Resize one image [H, W, C], keeping its type; the ratio of its sides is not kept."""
        import numpy as np
        from PIL import Image

        if image.shape[:2] == self.shape():
            return image
        # One channel at a time, as float: Pillow knows no 16-bit colour, and rounds 8-bit images between its two passes.
        planes = [Image.fromarray(image[:, :, channel].astype(np.float32)) for channel in range(image.shape[2])]
        scaled = [np.asarray(plane.resize((self.size, self.size), Image.Resampling.BILINEAR)) for plane in planes]
        resized: NDArray[Any] = np.rint(np.stack(scaled, axis=2)).astype(image.dtype)
        return resized


@dataclass(frozen=True, kw_only=True)
class CentreCrop(Resize):
    """Cut a square out of the middle, pixels untouched."""

    size: Annotated[int, Ge(1)]
    """Height and width of the result, in pixels; no image may be smaller."""

    def shape(self) -> tuple[int, int]:
        """Return the height and width of every result."""
        return self.size, self.size

    def apply(self, image: NDArray[Any]) -> NDArray[Any]:
        """Cut out the middle of one image [H, W, C]; of an odd margin, the larger half is right and below.

        Raise ``TooSmall`` where there is less than the square.
        """
        height, width = image.shape[:2]
        top, left = (height - self.size) // 2, (width - self.size) // 2
        if top < 0 or left < 0:
            raise TooSmall(height, width, self.size)
        return image[top : top + self.size, left : left + self.size]
