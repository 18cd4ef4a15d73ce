"""Read pictures: their headers, quickly, and their pixels, to the last one."""

from __future__ import annotations

import hashlib
import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from augbench import OddImage, UnreadableImage

Channels = Literal["rgb", "grey"]
Kind = Literal["rgb", "grey", "16-bit grey"]

# Only formats without external helpers or scripts; the content decides, not the file's name.
_FORMATS = ("BMP", "JPEG", "PNG", "PPM", "TIFF", "WEBP")
_KINDS: dict[str, Kind] = {
    "1": "grey",
    "L": "grey",
    "LA": "grey",
    "I;16": "16-bit grey",
    "I;16B": "16-bit grey",
    "I;16L": "16-bit grey",
    "P": "rgb",
    "PA": "rgb",
    "RGB": "rgb",
    "RGBA": "rgb",
}


def inspect(path: Path, name: Path | str) -> tuple[Kind, tuple[int, int], str]:
    """Return a picture's kind, its height and width, and the sha256 of its file, without decoding it."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UnreadableImage(name, str(error.strerror)) from error
    with _opened(io.BytesIO(content), name) as image:
        return _kind(image, name), (image.height, image.width), hashlib.sha256(content).hexdigest()


def kind_of(path: Path, name: Path | str) -> Kind:
    """Return the kind of a picture on disk."""
    with _opened(path, name) as image:
        return _kind(image, name)


def decode(path: Path, name: Path | str, expected: Kind, channels: Channels | None) -> NDArray[Any]:
    """Return the pixels of a picture, uint8 or uint16 [H, W, C].

    ``expected`` is the kind of the data set's first picture: another is odd, unless ``channels`` says what all become.
    """
    with _opened(path, name) as image:
        check_kind(_kind(image, name), name, expected, channels)
        image.load()
        pixels = _pixels(_opaque(image, name), "grey" if (channels or expected) != "rgb" else "rgb")
    return pixels if pixels.ndim == 3 else np.repeat(pixels[:, :, None], 3 if channels == "rgb" else 1, axis=2)


def check_kind(found: Kind, name: Path | str, expected: Kind, channels: Channels | None) -> None:
    """Raise ``OddImage`` where a picture cannot be like the first."""
    deep = "16-bit grey" in (found, expected)
    if found == expected or (channels is not None and not deep):
        return
    hint = "bring all to 8 bits" if deep else 'set channels = "rgb" (or "grey") to convert all'
    raise OddImage(name, found, expected, hint)


@contextmanager
def _opened(source: Path | IO[bytes], name: Path | str) -> Iterator[Image.Image]:
    try:
        with warnings.catch_warnings():
            # A picture of more than 89 million pixels is refused at once, not from twice as many on.
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(source, formats=_FORMATS) as image:
                yield image
    except UnidentifiedImageError as error:
        raise UnreadableImage(name, "it is no picture in a known format (BMP, JPEG, PNG, PPM, TIFF, WebP)") from error
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise UnreadableImage(name, f"it has more than the {Image.MAX_IMAGE_PIXELS:,} pixels that Pillow takes for harmless") from error
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        # Pillow's decoders raise any of these on broken bytes.
        raise UnreadableImage(name, str(error) or type(error).__name__) from error


def _kind(image: Image.Image, name: Path | str) -> Kind:
    if getattr(image, "n_frames", 1) != 1 and image.format in ("TIFF", "WEBP", "PNG"):
        raise UnreadableImage(name, f"it holds {getattr(image, 'n_frames', 0)} pictures; save them apart")
    if any("RGB" in mode and ";16" in mode for mode in _raw_modes(image)):
        raise UnreadableImage(name, "it has 16 bits a colour, of which Pillow reads 8; save it with 8")
    if image.mode == "I" and image.format in ("PNG", "PPM"):
        # 16-bit grey, as older versions of Pillow open it.
        return "16-bit grey"
    if image.mode not in _KINDS:
        raise UnreadableImage(name, f"its colour mode '{image.mode}' is neither RGB nor grey; convert it")
    return _KINDS[image.mode]


def _raw_modes(image: Image.Image) -> list[str]:
    """Return how the pixels are laid out in the file, which tells more than the mode they are opened in."""
    arguments = [tile[3] for tile in getattr(image, "tile", ())]
    return [raw if isinstance(raw, str) else str(raw[0]) for raw in arguments if raw]


def _opaque(image: Image.Image, name: Path | str) -> Image.Image:
    """Return the picture without transparency; raise ``OddImage`` where anything shines through."""
    if not image.has_transparency_data:
        return image
    clear = image.convert("RGBA")
    if clear.getchannel("A").getextrema() != (255, 255):
        raise OddImage(name, "partly transparent", "opaque", "flatten it onto a background")
    return clear.convert("L" if image.mode == "LA" else "RGB")


def _pixels(image: Image.Image, channels: Channels) -> NDArray[Any]:
    if image.mode.startswith("I"):
        return np.asarray(image).astype(np.uint16)
    return np.asarray(image.convert("RGB" if channels == "rgb" else "L"))
