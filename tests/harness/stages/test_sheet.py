"""The picture of samples: what lies where."""

from io import BytesIO

import numpy as np
import pytest
import torch
from PIL import Image

from augbench.stages.sheet import GAP, draw_sheet


def sheet(*parts, scale=255.0):
    with Image.open(BytesIO(draw_sheet(*parts, scale))) as picture:
        return np.asarray(picture)


def levels(values, channels=3, side=4):
    return torch.tensor(values).view(-1, 1, 1, 1).expand(-1, channels, side, side)


def test_rows_are_real_synthetic_and_nearest_and_images_stand_in_order():
    found = sheet(levels([10, 20, 30]), levels([40, 50]), levels([60, 70]))
    assert found.shape == (3 * 4 + 2 * GAP, 3 * 4 + 2 * GAP, 3)
    step = 4 + GAP
    tops = [[int(found[row * step, column * step, 0]) for column in range(3)] for row in range(3)]
    # White where there is no image, and between them.
    assert tops == [[10, 20, 30], [40, 50, 255], [60, 70, 255]]
    assert (found[4 : 4 + GAP] == 255).all()


def test_colours_and_places_of_pixels_are_kept():
    images = torch.randint(0, 256, (1, 3, 5, 7), generator=torch.Generator().manual_seed(0), dtype=torch.uint8)
    assert (sheet(images, images, images)[:5] == images[0].permute(1, 2, 0).numpy()).all()


@pytest.mark.parametrize("channels", [1, 2, 4])
def test_other_numbers_of_channels_are_grey(channels):
    found = sheet(*[levels([100], channels)] * 3)
    assert found.ndim == 2
    assert found[0, 0] == 100


def test_sixteen_bits_become_eight():
    assert sheet(*[levels([65535, 257, 0])] * 3, scale=65535.0)[0, [0, 6, 12], 0].tolist() == [255, 1, 0]


def test_equal_images_give_equal_bytes():
    parts = [levels([1, 2, 3])] * 3
    assert draw_sheet(*parts, 255.0) == draw_sheet(*parts, 255.0)
