"""Resizes: against torch's antialiased interpolation, and at their limits."""

import numpy as np
import pytest
import torch

from augbench import DataError
from augbench_datasets.resize import Bilinear, CentreCrop, CropOrPad, Letterbox


def image(height: int, width: int, dtype: type = np.uint8, channels: int = 3) -> np.ndarray:
    return np.random.default_rng(0).integers(0, np.iinfo(dtype).max, (height, width, channels), dtype=dtype, endpoint=True)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize(("height", "width", "size"), [(48, 48, 64), (100, 70, 32), (7, 7, 3), (5, 9, 1)])
def test_bilinear_is_torchs_antialiased_interpolation(dtype, height, width, size):
    pixels = image(height, width, dtype)
    planes = torch.from_numpy(pixels.astype(np.float64)).permute(2, 0, 1)[None]
    expected = torch.nn.functional.interpolate(planes, (size, size), mode="bilinear", antialias=True, align_corners=False)
    found = Bilinear(size=size).apply(pixels)
    assert found.dtype == dtype
    assert found.shape == (size, size, 3)
    assert np.abs(found - expected[0].permute(1, 2, 0).numpy()).max() <= 0.51


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_bilinear_keeps_a_flat_image_to_the_last_bit(dtype):
    flat = np.full((30, 20, 1), np.iinfo(dtype).max, dtype=dtype)
    assert (Bilinear(size=11).apply(flat) == np.iinfo(dtype).max).all()


def test_bilinear_leaves_an_image_of_its_size_alone():
    pixels = image(16, 16)
    np.testing.assert_array_equal(Bilinear(size=16).apply(pixels), pixels)


@pytest.mark.parametrize(("height", "width", "top", "left"), [(66, 66, 1, 1), (65, 70, 0, 3), (64, 64, 0, 0)])
def test_a_centre_crop_is_the_middle_of_the_picture(height, width, top, left):
    pixels = image(height, width, np.uint16)
    np.testing.assert_array_equal(CentreCrop(size=64).apply(pixels), pixels[top : top + 64, left : left + 64])


def test_a_picture_smaller_than_the_crop_is_refused():
    with pytest.raises(DataError) as caught:
        CentreCrop(size=64).apply(image(80, 48))
    assert str(caught.value) == 'has 80 x 48 pixels, less than the 64 x 64 to be cut out; lower resize.size, or set resize.use = "bilinear"'


@pytest.mark.parametrize("fill", ["black", "edge", "reflect"])
@pytest.mark.parametrize(("height", "width"), [(40, 40), (48, 48), (60, 30), (47, 90), (1, 200)])
def test_crop_or_pad_is_torchvisions_centre_crop_with_edges_filled(fill, height, width):
    from torchvision.transforms.v2.functional import center_crop, pad

    pixels = image(height, width, np.uint8)
    planes = torch.from_numpy(pixels).permute(2, 0, 1)
    # Cut first: torchvision pads with zeros alone when it crops.
    cut = center_crop(planes, [min(height, 48), min(width, 48)])
    top, left = (48 - cut.shape[1]) // 2, (48 - cut.shape[2]) // 2
    margins = [left, top, 48 - cut.shape[2] - left, 48 - cut.shape[1] - top]
    mode = {"black": "constant", "edge": "edge", "reflect": "symmetric"}[fill]
    if mode != "symmetric" or max(margins) <= min(cut.shape[1:]):
        np.testing.assert_array_equal(CropOrPad(size=48, fill=fill).apply(pixels), pad(cut, margins, padding_mode=mode).permute(1, 2, 0))
    assert CropOrPad(size=48, fill=fill).apply(pixels).shape == (48, 48, 3)


def test_crop_or_pad_rounds_an_odd_margin_of_a_cut_as_the_centre_crop_does():
    pixels = image(65, 70)
    np.testing.assert_array_equal(CropOrPad(size=64).apply(pixels), CentreCrop(size=64).apply(pixels))


@pytest.mark.parametrize(("height", "width", "inner"), [(30, 60, (8, 16)), (60, 30, (16, 8)), (16, 16, (16, 16)), (1, 500, (1, 16))])
def test_letterbox_keeps_the_ratio_of_the_sides(height, width, inner):
    flat = np.full((height, width, 1), 65535, np.uint16)
    found = Letterbox(size=16, fill="black").apply(flat)
    rows, columns = (np.flatnonzero(found.any(axis)) for axis in ((1, 2), (0, 2)))
    assert (len(rows), len(columns)) == inner
    assert (found[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1] == 65535).all()
    assert abs(rows[0] - (15 - rows[-1])) <= 1
    assert abs(columns[0] - (15 - columns[-1])) <= 1
