"""Pairs are drawn with room for each, whatever they are called and however small they are."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from augbench.stages.pair_sheet import Section, Side, draw_pairs

RED, BLUE = (200, 0, 0), (0, 0, 200)


def side(colour: tuple[int, int, int], name: str, shape: tuple[int, int] = (128, 128)) -> Side:
    return Side(pixels=np.full((*shape, 3), colour, np.uint8), about="train · oval", name=name)


def drawn(*sections: Section) -> np.ndarray:
    return np.asarray(Image.open(BytesIO(draw_pairs("cells", "4 images", sections))).convert("RGB"))


def section(*pairs: tuple[Side, ...], rest: str = "") -> Section:
    return Section(code="DUPLICATES", grave=True, sentence="1 test image is equal.", pairs=pairs, rest=rest)


def test_both_sides_of_every_pair_are_there():
    page = drawn(section(*[(side(RED, "a"), side(BLUE, "b"))] * 5), section((side(RED, "c"), side(RED, "d"))))
    assert [(page == colour).all(2).sum() for colour in (RED, BLUE)] == [7 * 128**2, 5 * 128**2]


@pytest.mark.parametrize("name", ["x" * 5000, "[red]/细胞.png", "a\nb\u202e", ""])
def test_no_name_makes_a_page_larger(name):
    plain, odd = (drawn(section((side(RED, each), side(BLUE, each)))) for each in ("a", name))
    assert plain.shape == odd.shape


@pytest.mark.parametrize("shape", [(1, 1), (128, 3), (20, 128)])
def test_pictures_of_any_shape_have_room(shape):
    page = drawn(section((side(RED, "a", shape), side(BLUE, "b"))))
    assert (page == RED).all(2).sum() == shape[0] * shape[1]


def test_what_is_not_shown_makes_room_for_its_words():
    pair = (side(RED, "a"), side(BLUE, "b"))
    assert drawn(section(pair, rest="and 9 more pairs")).shape[0] == drawn(section(pair)).shape[0] + 30
