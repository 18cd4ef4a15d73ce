"""Laws of resizes: every image comes out in one size, or is refused by both ``check`` and ``apply``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from augbench.testing.checking import NotApplicable, require
from augbench.values.data import Resize
from augbench.values.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Image = NDArray[Any]

_LARGEST = 1100
"""Pixels of a side, so that a check of a large size takes no seconds."""


def exercise(component: Resize) -> object:
    """Resize images of all sizes."""
    return component.shape(), tuple(component.apply(image.copy()) for image in _accepted(component))


def check_size(component: Resize) -> None:
    """Every result has the height and width that ``shape`` tells, and the channels of the image."""
    promised = component.shape()
    require(len(promised) == 2 and all(isinstance(side, int) and side > 0 for side in promised), f"shape() is {promised!r}")
    for image in _accepted(component):
        found = component.apply(image.copy())
        expected = (*promised, image.shape[2])
        require(found.shape == expected, f"an image {list(image.shape)} becomes {list(found.shape)}, not {list(expected)}")


def check_type(component: Resize) -> None:
    """Images keep their type, uint8 or uint16."""
    for image in _accepted(component):
        found = component.apply(image.copy())
        require(found.dtype == image.dtype, f"an image of {image.dtype} becomes one of {found.dtype}")


def check_range(component: Resize) -> None:
    """Images of 16 bits are no darker afterwards, and white ones have no dark pixel but at a border that is filled."""
    for kind in ("uint8", "uint16"):
        largest = np.iinfo(kind).max
        height, width = _accepted_size(component)
        centre = component.apply(np.full((height, width, 1), largest, kind))
        if centre.ndim == 3 and centre.dtype == kind:
            found = int(centre[centre.shape[0] // 2, centre.shape[1] // 2, 0])
            require(found > 0.9 * largest, f"the middle of a white image of {kind} becomes {found} of {largest}")


def check_refusals(component: Resize) -> None:
    """``check`` refuses exactly the sizes that ``apply`` refuses, with a DataError."""
    for height, width in _sizes(component):
        checked = _refusal(component.check, height, width)
        applied = _refusal(component.apply, _image(height, width, 3, "uint8"))
        said = f"check({height}, {width}) {_said(checked)}, and apply of such an image {_said(applied)}"
        require((checked is None) == (applied is None), said)


def check_image_is_left_alone(component: Resize) -> None:
    """The image that is resized is not written to."""
    for image in _accepted(component):
        handed = image.copy()
        component.apply(handed)
        require(np.array_equal(handed, image), f"an image {list(image.shape)} of {image.dtype} is another after apply")


def check_each_channel_alone(component: Resize) -> None:
    """Grey images are treated as each channel of a colour image is, where all three are equal."""
    height, width = _accepted_size(component)
    grey = _image(height, width, 1, "uint8")
    found, colour = component.apply(grey.copy()), component.apply(np.repeat(grey, 3, axis=2))
    if found.ndim == colour.ndim == 3 and found.shape[:2] == colour.shape[:2]:
        apart = int(np.abs(colour.astype(np.int64) - found.astype(np.int64)).max())
        require(apart <= 1, f"a grey image in three equal channels differs by {apart} from the same image in one")


def _sizes(component: Resize) -> Iterator[tuple[int, int]]:
    """Yield heights and widths around that of the results: equal, larger, smaller, wide and tall."""
    high, wide = component.shape()
    shapes = ((high, wide), (high + 3, wide + 2), (high // 2, wide // 2), (2 * high + 1, wide // 2), (high // 3, 2 * wide + 1), (1, 1))
    for height, width in shapes:
        yield min(max(1, height), _LARGEST), min(max(1, width), _LARGEST)


def _accepted(component: Resize) -> Iterator[Image]:
    """Yield images of the sizes that are not refused: colour of 8 bits, grey of 16."""
    found = 0
    for height, width in _sizes(component):
        colour = _image(height, width, 3, "uint8")
        if _refusal(component.check, height, width) is None and _refusal(component.apply, colour.copy()) is None:
            found += 1
            yield colour
            yield _image(height, width, 1, "uint16")
    if not found:
        raise NotApplicable("it refuses all sizes around its own")


def _accepted_size(component: Resize) -> tuple[int, int]:
    height, width, _ = next(_accepted(component)).shape
    return height, width


def _image(height: int, width: int, channels: int, kind: str) -> Image:
    rng = np.random.default_rng([height, width])
    return rng.integers(0, np.iinfo(kind).max, (height, width, channels), kind, endpoint=True)


def _refusal(function: Any, *arguments: Any) -> DataError | None:
    try:
        function(*arguments)
    except DataError as error:
        return error
    return None


def _said(refusal: DataError | None) -> str:
    return "passes" if refusal is None else f"raises {type(refusal).__name__}"
