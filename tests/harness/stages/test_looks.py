"""Images of any depth and number of channels, as colours."""

import numpy as np
import pytest

from augbench.stages.looks import fitted, look_of
from augbench.values.errors import OddPixels


def image(channels=3, dtype=np.uint8, shape=(4, 5), top=255):
    return np.random.default_rng(channels).integers(0, top, (*shape, channels)).astype(dtype)


def test_colours_of_8_bits_are_shown_as_they_are():
    look = look_of([image()], ["a"])
    assert (look.picture(image()) == image()).all()
    assert (look.kind(), look.words()) == ("colour, 8 bit", ())


def test_grey_of_8_bits_is_shown_as_it_is():
    look = look_of([image(1)], ["a"])
    assert (look.picture(image(1)) == image(1)).all()
    assert (look.kind(), look.words()) == ("grey, 8 bit", ())


def test_a_picture_is_enlarged_by_whole_pixels():
    large = look_of([image()], ["a"]).picture(image(), zoom=3)
    assert (large[1::3, 1::3] == image()).all()
    assert large.shape == (12, 15, 3)


def test_sixteen_bits_are_stretched_over_all_images_shown():
    dark, bright = np.full((9, 9, 1), 300, np.uint16), np.full((9, 9, 1), 4000, np.uint16)
    look = look_of([dark, bright], ["a", "b"])
    assert [look.picture(one)[0, 0].tolist() for one in (dark, bright)] == [[0] * 3, [255] * 3]
    assert look.words() == ("Values are stretched: black to white is 300 to 4,000, the 0.1 and 99.9 percentile of the images shown.",)


def test_colours_of_16_bits_keep_their_hues():
    grey = np.full((9, 9, 3), 1000, np.uint16)
    reddish = grey * np.array([2, 1, 1], np.uint16)
    look = look_of([grey, reddish], ["a", "b"])
    assert look.picture(reddish)[0, 0].tolist() == [255, 0, 0]
    assert look.picture(grey)[0, 0].tolist() == [0, 0, 0]


@pytest.mark.parametrize("channels", [2, 4, 5])
def test_other_channels_stand_side_by_side_each_stretched_by_itself(channels):
    many = (image(channels, top=200) // np.arange(1, channels + 1)).astype(np.uint8)
    look = look_of([many], ["a"])
    shown = look.picture(many)
    assert shown.shape == (4, channels * 5 + channels - 1, 3)
    assert all(shown[:, start : start + 5].max() >= 254 for start in range(0, 6 * channels, 6))
    assert look.words()[0] == f"Channels 1 to {channels} of each image stand side by side, from left to right."


def test_of_a_hundred_channels_eight_are_shown():
    look = look_of([image(100)], ["a"])
    assert look.beside == 8
    assert look.words()[0].startswith("Channels 1, 15, 29, 43, 58, 72, 86 and 100 of each image")


def test_a_channel_without_any_contrast_is_black():
    flat = np.full((3, 3, 2), 7, np.uint8)
    assert look_of([flat], ["a"]).picture(flat)[0, 0].tolist() == [0, 0, 0]


def test_numbers_that_no_data_set_holds_are_refused():
    with pytest.raises(OddPixels, match="the image 'b' holds float32 numbers"):
        look_of([image(), image(dtype=np.float32)], ["a", "b"])


def test_a_large_image_is_scaled_down_and_keeps_its_ratio():
    assert fitted(image(5, np.uint16, (100, 50)), 20).shape == (20, 10, 5)
    assert fitted(image(1, shape=(1, 500)), 20).shape == (1, 20, 1)
    assert (fitted(image(), 20) == image()).all()
