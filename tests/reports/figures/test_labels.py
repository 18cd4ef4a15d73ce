"""Names beside marks."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from augbench_reports.figures.canvas import Canvas
from augbench_reports.figures.labels import Box, draw_label, labels_beside
from augbench_reports.figures.panels import Panel

PANEL = Panel(left=60, top=10, width=880, height=360)
PLACES = st.tuples(st.floats(60, 940), st.floats(10, 370))


@given(st.lists(PLACES, max_size=15), st.text(max_size=80))
def test_no_name_covers_another_or_leaves_the_panel(places: list[tuple[float, float]], name: str) -> None:
    found = [label.box for label in labels_beside([name] * len(places), places, PANEL).values()]
    assert all(box.inside(PANEL) for box in found)
    assert not any(one.shared(other) for one, other in combinations(found, 2))


def test_a_lonely_name_stands_right_of_its_mark_and_left_of_it_at_the_right_edge() -> None:
    near, far = labels_beside(["ours", "theirs"], [(100, 100), (935, 200)], PANEL).values()
    assert (near.anchor, near.middle, near.far) == ("start", 100, False)
    assert far.anchor == "end"
    assert far.box.right < 935


def test_names_that_cannot_stand_beside_their_marks_get_a_line_to_them() -> None:
    labels = labels_beside(["one of many"] * 9, [(500, 200)] * 9, PANEL)
    assert {label.far for label in labels.values()} == {True, False}
    canvas = Canvas(height=400)
    for label in labels.values():
        draw_label(canvas, label, (500, 200), control=False)
    assert canvas.drawing("", "").svg.count("<path") == sum(label.far for label in labels.values())


def test_marks_without_a_name_and_lines_are_kept_clear() -> None:
    (label,) = labels_beside(["ours"], [(500, 200), (520, 200)], PANEL, [Box(left=60, top=199, right=940, bottom=201)]).values()
    assert label.middle != 200
    assert label.anchor != "start" or label.box.left > 526 or label.box.bottom < 194


def test_first_names_are_placed_first_and_no_room_leaves_a_name_out() -> None:
    small = Panel(left=0, top=0, width=60, height=16)
    assert list(labels_beside(["ours", "other"], [(5, 8), (6, 8)], small)) == [0]


def test_a_mark_that_has_no_place_gets_no_name() -> None:
    assert list(labels_beside(["ours", "other"], [(float("nan"), 8), (100, 100)], PANEL)) == [1]
