"""Read pictures: their headers, quickly, and their pixels, to the last one."""

from __future__ import annotations

import hashlib
import io
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from augbench import DataError, OddImage, UnreadableImage
from augbench_datasets import _npy
from augbench_datasets._kinds import Channels, Kind, check_kind
from augbench_datasets._npy_header import MAGIC
from augbench_datasets._quiet import quiet

Pages = Literal["channels"]

# Only formats without external helpers or scripts; the content decides, not the file's name.
_FORMATS = ("BMP", "JPEG", "PNG", "PPM", "TIFF", "WEBP")
_KINDS = {
    "1": Kind(1),
    "L": Kind(1),
    "LA": Kind(1),
    "I;16": Kind(1, 16),
    "I;16B": Kind(1, 16),
    "I;16L": Kind(1, 16),
    "P": Kind(3),
    "PA": Kind(3),
    "RGB": Kind(3),
    "RGBA": Kind(3),
}
_SAMPLES, _ORIENTATION = 277, 274
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_LARGEST = 2 << 30
"""Bytes of a file that are read into memory."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Header:
    """What is known of a picture that is not decoded."""

    kind: Kind
    height: int
    width: int
    turned: bool
    """Whether the file says that its pixels are to be turned or mirrored; height and width are those of the result."""
    sha256: bytes
    """Of the file."""

    @property
    def size(self) -> tuple[int, int]:
        """Return height and width."""
        return self.height, self.width


def inspect(path: Path | str, name: Path | str, pages: Pages | None = None) -> Header:
    """Look at a picture and hash its file, without decoding it."""
    return look(_content(path, name), name, pages)


def look(content: bytes, name: Path | str, pages: Pages | None = None) -> Header:
    """Look at a picture whose file is in memory."""
    digest = hashlib.sha256(content).digest()
    if content.startswith(MAGIC):
        array = _npy.header(content, name)
        return Header(kind=_npy.kind_of(array), height=array.shape[0], width=array.shape[1], turned=False, sha256=digest)
    with _opened(content, name) as image:
        turn = _turn(image)
        height, width = (image.width, image.height) if turn and turn >= 5 else (image.height, image.width)
        return Header(kind=_kind(image, name, pages), height=height, width=width, turned=turn is not None, sha256=digest)


def decode(path: Path | str, name: Path | str, expected: Kind, channels: Channels | None, pages: Pages | None = None) -> NDArray[Any]:
    """Return the pixels of a picture, uint8 or uint16 [H, W, C].

    ``expected`` is the kind of the data set's first picture: another is odd, unless ``channels`` says what all become.
    """
    return decode_content(_content(path, name), name, expected, channels, pages)


def decode_content(content: bytes, name: Path | str, expected: Kind, channels: Channels | None, pages: Pages | None = None) -> NDArray[Any]:
    """Return the pixels of a picture whose file is in memory, as ``decode`` does."""
    if content.startswith(MAGIC):
        array = _npy.header(content, name)
        check_kind(_npy.kind_of(array), name, expected, channels)
        return _converted(_npy.pixels(content, array), channels)
    with _opened(content, name) as image:
        kind = _kind(image, name, pages)
        check_kind(kind, name, expected, channels)
        if getattr(image, "n_frames", 1) > 1 and pages is not None:
            return _converted(np.dstack([_page(image, number, name) for number in range(kind.channels)]), channels)
        image.load()
        return _pixels(_opaque(_upright(image), name), kind, channels)


def _content(path: Path | str, name: Path | str) -> bytes:
    try:
        status = os.stat(path)
        if not stat.S_ISREG(status.st_mode):
            # A pipe would be waited for.
            raise UnreadableImage(name, "it is no regular file")
        if status.st_size > _LARGEST:
            raise UnreadableImage(name, f"it has {status.st_size:,} bytes, more than the {_LARGEST:,} that are read of one picture")
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        raise UnreadableImage(name, str(error.strerror)) from error


@contextmanager
def _opened(content: bytes, name: Path | str) -> Iterator[Image.Image]:
    try:
        with quiet(), Image.open(io.BytesIO(content), formats=_FORMATS) as image:
            yield image
    except DataError:
        raise
    except UnidentifiedImageError as error:
        raise UnreadableImage(name, "it is no picture in a known format (BMP, JPEG, PNG, PPM, TIFF, WebP, NumPy's npy)") from error
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise UnreadableImage(name, f"it has more than the {Image.MAX_IMAGE_PIXELS:,} pixels that Pillow takes for harmless") from error
    except Exception as error:
        # Of broken bytes, Pillow's decoders make whatever error comes first: struct's, zlib's, a KeyError.
        raise UnreadableImage(name, str(error) or type(error).__name__) from error


def _kind(image: Image.Image, name: Path | str, pages: Pages | None) -> Kind:
    frames = getattr(image, "n_frames", 1) if image.format in ("TIFF", "WEBP", "PNG") else 1
    if frames != 1 and image.format == "TIFF" and pages is not None:
        return _kind_of_pages(image, name, frames)
    if frames != 1:
        mend = ', or set pages = "channels" where each is a channel' if image.format == "TIFF" else ""
        raise UnreadableImage(name, f"it holds {frames} pictures; save them apart{mend}")
    return _kind_of_page(image, name)


def _kind_of_page(image: Image.Image, name: Path | str) -> Kind:
    if any(";16" in raw and not raw.startswith(("I;16", "BGR;16")) for raw, _ in _raw(image)) or _deep_ppm(image):
        raise UnreadableImage(name, "it has 16 bits a colour, of which Pillow reads 8; save it with 8, or as a NumPy array")
    if image.mode == "I" and image.format in ("PNG", "PPM"):
        # 16-bit grey, as some versions of Pillow open it.
        return Kind(1, 16)
    if image.mode not in _KINDS:
        raise UnreadableImage(name, f"its colour mode '{image.mode}' is neither RGB nor grey; convert it")
    samples = getattr(image, "tag_v2", {}).get(_SAMPLES, 1)
    if image.mode == "RGB" and samples > 3:
        raise UnreadableImage(name, f"it has {samples} samples a pixel, of which Pillow reads 3; save it as a NumPy array")
    return _KINDS[image.mode]


def _kind_of_pages(image: Image.Image, name: Path | str, count: int) -> Kind:
    if image.width * image.height * count > (Image.MAX_IMAGE_PIXELS or 0):
        raise Image.DecompressionBombError
    first, size = None, image.size
    for number in range(count):
        image.seek(number)
        kind = _kind_of_page(image, name)
        first = first or kind
        if kind != first or image.size != size or kind.channels != 1:
            raise UnreadableImage(
                name, f"its page {number + 1} is {kind} and not like the first, or not grey; save channels as equal grey pages"
            )
    image.seek(0)
    return Kind(count, first.bits if first else 8)


def _raw(image: Image.Image) -> list[tuple[str, Any]]:
    """Return how the pixels are laid out in the file, which tells more than the mode they are opened in."""
    arguments = [tile[3] for tile in getattr(image, "tile", ())]
    return [(raw, None) if isinstance(raw, str) else (str(raw[0]), raw[1] if len(raw) > 1 else None) for raw in arguments if raw]


def _deep_ppm(image: Image.Image) -> bool:
    return image.format == "PPM" and image.mode == "RGB" and any((most or 0) > 255 for _, most in _raw(image))


def _turn(image: Image.Image) -> int | None:
    """Return how the pixels lie, by the numbers of EXIF, where they do not lie upright; Pillow itself turns a TIFF."""
    if image.format not in ("JPEG", "MPO", "WEBP"):
        return None
    try:
        turn = image.getexif().get(_ORIENTATION)
    except Exception:
        # What stands beside the pixels may be broken without harm to them.
        return None
    return turn if turn in _UPRIGHT else None


def _upright(image: Image.Image) -> Image.Image:
    turn = _turn(image)
    return image if turn is None else image.transpose(_UPRIGHT[turn])


def _opaque(image: Image.Image, name: Path | str) -> Image.Image:
    """Return the picture without transparency; raise ``OddImage`` where anything shines through."""
    if not image.has_transparency_data:
        return image
    deep = image.mode.startswith("I")
    if deep:
        opaque = bool((np.asarray(image) != image.info["transparency"]).all())
    else:
        opaque = image.convert("RGBA").getchannel("A").getextrema() == (255, 255)
    if not opaque:
        raise OddImage(name, "partly transparent", "opaque", "flatten it onto a background")
    return image if deep else image.convert("RGBA").convert("L" if image.mode == "LA" else "RGB")


def _page(image: Image.Image, number: int, name: Path | str) -> NDArray[Any]:
    image.seek(number)
    image.load()
    return _grey(_opaque(image, name))


def _pixels(image: Image.Image, kind: Kind, channels: Channels | None) -> NDArray[Any]:
    if (channels == "rgb" or (channels is None and kind.channels == 3)) and kind.bits == 8:
        return np.asarray(image.convert("RGB"))
    return _converted(_grey(image)[:, :, None], channels)


def _grey(image: Image.Image) -> NDArray[Any]:
    return np.asarray(image).astype(np.uint16) if image.mode.startswith("I") else np.asarray(image.convert("L"))


def _converted(values: NDArray[Any], channels: Channels | None) -> NDArray[Any]:
    """Return an array of one kind as ``channels`` says."""
    if channels == "rgb" and values.shape[2] == 1:
        return np.repeat(values, 3, axis=2)
    if channels == "grey" and values.shape[2] == 3:
        return np.asarray(Image.fromarray(values).convert("L"))[:, :, None]
    return values
