"""Images come back from PNG as they were, whatever their depth and number of channels."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from augbench.stages.png import png


def image(kind, channels, height=5, width=7):
    rng = np.random.default_rng(3)
    return rng.integers(0, np.iinfo(kind).max, (channels, height, width), dtype=kind, endpoint=True)


@pytest.mark.parametrize(("kind", "channels", "mode"), [("uint8", 1, "L"), ("uint8", 3, "RGB"), ("uint16", 1, "I;16")])
def test_pillow_reads_what_was_written(kind, channels, mode):
    original = image(kind, channels)
    read = Image.open(io.BytesIO(png(original)))
    assert read.mode == mode
    assert np.array_equal(np.asarray(read).reshape(5, 7, channels), np.moveaxis(original, 0, 2))


def test_colours_of_16_bits_are_kept_to_the_last_bit():
    original = image("uint16", 3)
    # Pillow reads such files, but with 8 bits.
    read = Image.open(io.BytesIO(png(original)))
    assert np.array_equal(np.asarray(read), (np.moveaxis(original, 0, 2) >> 8).astype(np.uint8))
    assert np.array_equal(unfiltered(png(original), 5, 7 * 3 * 2).view(">u2").reshape(5, 7, 3), np.moveaxis(original, 0, 2))


def unfiltered(content, height, stride):
    """Undo what PNG's specification says of filter 2, by the byte."""
    start = content.index(b"IDAT")
    (length,) = struct.unpack(">I", content[start - 4 : start])
    lines = np.frombuffer(zlib.decompress(content[start + 4 : start + 4 + length]), np.uint8).reshape(height, stride + 1)
    assert set(lines[:, 0]) == {2}
    return np.add.accumulate(lines[:, 1:], axis=0, dtype=np.uint8).copy()


def test_one_pixel_is_an_image():
    assert np.asarray(Image.open(io.BytesIO(png(np.array([[[7]]], np.uint8))))).tolist() == [[7]]
