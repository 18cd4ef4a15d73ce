"""Text on pictures: whatever a class is called, it stays on its line and in its room."""

import pytest

from augbench.stages.lettering import letters, width, wrapped


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("rbc", "rbc"),
        ("a\nb\tc\x00", "a\\nb\\tc\\x00"),
        ("\udcff", "\\udcff"),
        ('quote " and *', 'quote " and *'),
        ("", ""),
    ],
)
def test_what_cannot_be_drawn_is_spelled_out(text, written):
    assert letters(text, 20)[0] == written


@pytest.mark.parametrize("text", ["Zürich", "漢字", "العربية", "x" * 5000, "\U0001f9ec" * 50])
def test_no_text_is_wider_than_its_room(text):
    written, font = letters(text, 20, room=120)
    assert 0 < font.getlength(written) <= 120


def test_what_is_cut_ends_in_an_ellipsis():
    assert letters("a very long name of a class", 20, room=100)[0].endswith("…")
    assert letters("short", 20, room=100)[0] == "short"


def test_lines_break_between_words():
    lines = wrapped("one two three four five six seven eight nine ten", 20, 150)
    assert " ".join(lines) == "one two three four five six seven eight nine ten"
    assert all(width(line, 20) <= 150 for line in lines)
