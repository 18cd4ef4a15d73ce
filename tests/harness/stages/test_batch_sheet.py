"""Batches are drawn image by image, and shares as long as they are."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from augbench.stages.batch_sheet import BatchSection, Cell, Shares
from augbench.stages.curve_sheet import CurveSection
from augbench.stages.sections import COLOURS, Section, draw_sections


def page(section: Section) -> np.ndarray:
    with Image.open(BytesIO(draw_sections("title", "facts", [section], ()))) as image:
        return np.asarray(image.convert("RGB"))


def many(drawn: np.ndarray, colour: str) -> int:
    return int((drawn == [int(colour[at : at + 2], 16) for at in (1, 3, 5)]).all(2).sum())


def batches(cells: tuple[Cell, ...], shares: tuple[float, ...] = (), classes: int = 3) -> BatchSection:
    names = tuple(f"c{number}" for number in range(classes))
    return BatchSection(
        name="it", about="", classes=names, batches=((cells,),), groups="", shares=(Shares(label="all", drawn=shares),) if shares else ()
    )


LEGEND = 16 * 16


def test_a_square_has_the_colour_of_its_class():
    drawn = page(batches((Cell(classes=(0,)),) * 3 + (Cell(classes=(1,)),)))
    assert [many(drawn, colour) - LEGEND for colour in COLOURS[:3]] == [3 * 22 * 22, 22 * 22, 0]


def test_a_mixed_image_has_the_colours_of_its_sources():
    drawn = page(batches((Cell(classes=(0, 1)),)))
    assert [many(drawn, colour) - LEGEND for colour in COLOURS[:2]] == [22 * 22 // 2] * 2


def test_a_synthetic_image_has_a_dot():
    own, synthetic = (many(page(batches((Cell(classes=(0,), synthetic=dot),))), COLOURS[0]) for dot in (False, True))
    assert 20 < own - synthetic < 80


def test_shares_are_as_long_as_they_are():
    drawn = page(batches((Cell(classes=(0,)),), (0.25, 0.75)))
    assert (many(drawn, COLOURS[1]) - LEGEND) == 15 * 720


@pytest.mark.parametrize("images", [1, 32, 200, 512])
def test_batches_of_any_size_have_room(images):
    drawn = page(batches((Cell(classes=(0,)),) * images))
    side = (many(drawn, COLOURS[0]) - LEGEND) / images / 22
    assert side == int(side) >= 3


def test_of_many_classes_the_last_share_a_colour():
    drawn = page(batches((Cell(classes=(40,)), Cell(classes=(60,))), classes=100))
    assert many(drawn, "#b8bec5") == 2 * 22 * 22 + LEGEND


@pytest.mark.parametrize("points", [(1.0, 0.5, 0.0), (0.0,) * 9, (3.0, 1.0)])
def test_a_curve_of_any_height_is_drawn(points):
    drawn = page(CurveSection(name="it", about="", points=points, start="epoch 0", end="epoch 100"))
    assert many(drawn, COLOURS[0]) > 900
