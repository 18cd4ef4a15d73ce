"""Contact sheets: bars as long as they say, pictures where they belong, and no page without end."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from augbench.stages.contact import Contact, Line, draw_contact

BLUE = (0, 114, 178)


def contact(counts, *, shade=90, side=20, each=3, **settings) -> Contact:
    pictures = [np.full((side, side, 3), shade, np.uint8)] * each
    lines = tuple(Line(name=f"class {i}", counts={"train": count, "test": 1}, pictures=pictures) for i, count in enumerate(counts))
    return Contact(**{"title": "Cells", "facts": "some", "lines": lines, "notes": ("Note.",)} | settings)


def pages(drawn: Contact) -> list[np.ndarray]:
    return [np.asarray(Image.open(BytesIO(page))) for page in draw_contact(drawn)]


def bars(page: np.ndarray) -> list[int]:
    """Return how long the training bars are, from above."""
    lengths = (page == BLUE).all(2).sum(1)
    starts = np.flatnonzero((lengths > 0) & (np.roll(lengths, 1) == 0))
    return [int(lengths[start]) - 1 for start in starts]


def test_bars_are_in_proportion_where_counts_are_near_each_other():
    (page,) = pages(contact([10, 5, 2]))
    assert bars(page) == pytest.approx([270, 135, 54], abs=1)


def test_bars_are_logarithmic_where_counts_are_far_apart():
    (page,) = pages(contact([1000, 100, 10]))
    long, middle, short = bars(page)
    assert long == 270
    assert long - middle == pytest.approx(middle - short, abs=1)


def test_a_class_without_images_has_no_bar_and_no_pictures():
    (page,) = pages(contact([4, 0]))
    assert len(bars(page)) == 1
    (page,) = pages(Contact(title="", facts="", lines=(Line(name="", counts={"train": 0}, pictures=()),), notes=()))
    assert bars(page) == []


def test_every_picture_is_pasted_whole():
    (page,) = pages(contact([5, 4], shade=77))
    assert (page == 77).all(2).sum() == 2 * 3 * 20 * 20


def test_pictures_of_several_sizes_stand_in_the_middle_of_their_cells():
    small, large = np.full((10, 4, 3), 33, np.uint8), np.full((30, 40, 3), 66, np.uint8)
    (page,) = pages(contact([1], lines=(Line(name="a", counts={"train": 1}, pictures=[small, large]),)))
    rows, columns = np.nonzero((page == 33).all(2))
    across, down = np.nonzero((page == 66).all(2))
    assert rows.min() - across.min() == 10
    assert down.min() - columns.min() == 40 + 6 - 18


@pytest.mark.slow
def test_many_classes_fill_several_pages_of_one_width():
    drawn = pages(contact([3] * 100))
    assert len(drawn) > 1
    assert sum(len(bars(page)) for page in drawn) == 100
    assert len({page.shape[1] for page in drawn}) == 1
    assert max(page.shape[0] for page in drawn) < 3000


def test_wide_pictures_go_on_below():
    (narrow,) = pages(contact([3], each=8))
    (wide,) = pages(contact([3], each=8, side=400))
    assert wide.shape[1] < 1800
    assert wide.shape[0] > narrow.shape[0] + 3 * 400


def test_hostile_names_leave_the_layout_as_it_is():
    names = ("x" * 4000, "a\nb", "\udcff", "", "[bold]")
    lines = tuple(Line(name=name, counts={"train": 2}, pictures=[]) for name in names)
    (page,) = pages(contact([1], lines=lines, title="y" * 4000))
    assert page.shape[1] == 1000
    assert bars(page) == [270] * 5


def test_equal_sheets_give_equal_bytes():
    assert draw_contact(contact([5, 4])) == draw_contact(contact([5, 4]))
