"""What an augmenter made is drawn where it belongs: every image once, with bars as long as its classes count."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from augbench.stages.mixing_sheet import Mixing, MixingSection, Picture, merged
from augbench.stages.sections import COLOURS, draw_sections

RED, BLUE, GREY = (200, 0, 0), (0, 0, 200), (90, 90, 90)
SIDE = 100


def pixels(colour: tuple[int, int, int], side: int = SIDE) -> np.ndarray:
    return np.full((side, side, 3), colour, np.uint8)


def mixing(label: tuple[float, ...] = (0.25, 0.75), shows: tuple[float, ...] | None = None, draws: int = 3, extremes: int = 2) -> Mixing:
    made = Picture(pixels=pixels(GREY), label=label, shows=shows or label)
    return Mixing(
        classes=("red", "blue"), sources=((pixels(RED), 0), (pixels(BLUE), 1)), draws=(made,) * draws, extremes=(made,) * extremes
    )


def section(*mixings: Mixing, name: str = "mix", about: str = "It mixes.") -> MixingSection:
    return MixingSection(name=name, about=about, mixings=mixings)


def page(*sections: MixingSection) -> np.ndarray:
    with Image.open(BytesIO(draw_sections("title", "facts", sections, ("A note.",)))) as image:
        return np.asarray(image.convert("RGB"))


def many(drawn: np.ndarray, colour: tuple[int, int, int]) -> int:
    return int((drawn == colour).all(2).sum())


def rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def test_every_source_and_every_draw_is_there():
    drawn = page(section(mixing(), mixing()))
    assert [many(drawn, colour) for colour in (RED, BLUE, GREY)] == [2 * SIDE**2, 2 * SIDE**2, 10 * SIDE**2]


def test_bars_are_as_long_as_classes_count():
    drawn = page(section(mixing(draws=1, extremes=0)))
    first, second = (many(drawn, rgb(colour)) for colour in COLOURS[:2])
    # A whole bar below each source, and a quarter and three quarters below what was made of them.
    assert (first, second) == (9 * SIDE * 5 // 4, 9 * SIDE * 7 // 4)


def test_a_thin_bar_tells_pixels_that_show_something_else_than_the_label():
    alike, apart = (page(section(mixing(label=(1.0, 0.0), shows=shows, draws=1, extremes=0))) for shows in ((1.0, 0.0), (0.0, 1.0)))
    assert many(apart, rgb(COLOURS[1])) - many(alike, rgb(COLOURS[1])) == 3 * SIDE


def test_one_class_has_no_bar_below_what_was_made_of_it():
    made = Picture(pixels=pixels(GREY), label=(1.0,), shows=(1.0,))
    drawn = page(section(Mixing(classes=("red",), sources=((pixels(RED), 0),), draws=(made,))))
    assert many(drawn, rgb(COLOURS[0])) == 9 * SIDE


@pytest.mark.parametrize("label", [(-0.5, 1.5), (0.0, 0.0), (0.1, 0.2)])
def test_weights_that_make_no_sense_break_no_page(label):
    assert many(page(section(mixing(label=label))), GREY) == 5 * SIDE**2


def test_many_draws_take_several_rows():
    few, more = (page(section(mixing(draws=draws, extremes=0))) for draws in (5, 40))
    assert more.shape[0] > few.shape[0]
    assert more.shape[1] < 2200
    assert many(more, GREY) == 40 * SIDE**2


def test_long_words_make_no_page_wider():
    plain = page(section(mixing()))
    assert page(section(mixing(), name="x" * 900)).shape == plain.shape
    assert page(section(mixing(), about=" ".join(["word"] * 200))).shape[1] == plain.shape[1]


def test_augmenters_of_equally_many_sources_are_joined_each_under_its_name():
    joined = merged([section(mixing(), name="one"), section(mixing(), name="two")])
    (both,) = joined
    assert isinstance(both, MixingSection)
    assert [(both.name, mixing.title) for mixing in both.mixings] == [("augmenters of 2 images", "one"), ("augmenters of 2 images", "two")]
    assert many(page(both), GREY) == 10 * SIDE**2
