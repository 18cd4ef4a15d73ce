"""A resize that keeps the laws, and one for each law that breaks it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from augbench import Component, DataError, Resize


@dataclass(frozen=True, kw_only=True)
class Nearest(Resize):
    """The nearest pixels; images of less than two are refused."""

    size: int = 16

    def shape(self) -> tuple[int, int]:
        return self.size, self.size

    def apply(self, image: Any) -> Any:
        self.check(*image.shape[:2])
        rows, columns = (np.arange(self.size) * side // self.size for side in image.shape[:2])
        return image[rows][:, columns]

    def check(self, height: int, width: int) -> None:
        if min(height, width) < 2:
            raise DataError("too small")


class LeavesLargeOnes(Nearest):
    def apply(self, image):
        return image if image.shape[0] > self.size else super().apply(image)


class Floats(Nearest):
    def apply(self, image):
        return super().apply(image).astype(np.float32)


class EightBits(Nearest):
    def apply(self, image):
        found = super().apply(image)
        return found if found.dtype == np.uint8 else found >> 8


class ChecksTooLate(Nearest):
    def apply(self, image):
        if image.shape[0] > 2 * self.size:
            raise DataError("too large")
        return super().apply(image)


class InPlace(Nearest):
    def apply(self, image):
        found = super().apply(image)
        image[:] = 0
        return found


class Sepia(Nearest):
    def apply(self, image):
        found = super().apply(image)
        if found.shape[2] == 3:
            found[:, :, 2] //= 2
        return found


GOOD: tuple[Component, ...] = (Nearest(),)
BAD: dict[str, Component] = {
    "size": LeavesLargeOnes(),
    "type": Floats(),
    "range": EightBits(),
    "refusals": ChecksTooLate(),
    "image-is-left-alone": InPlace(),
    "each-channel-alone": Sepia(),
}
