"""Whatever people call things, files get names that every system can hold."""

from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from augbench.store.names import file_name, file_names


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("ours", "ours"),
        ("ours[training.lr=0.1]", "ours[training.lr=0.1]"),
        ("a/b\\c", "a%2Fb%5Cc"),
        ("..", "%2E%2E"),
        (".hidden", "%2Ehidden"),
        ("ends.", "ends%2E"),
        ("", "%00"),
        ("con", "%63on"),
        ("NUL.txt", "%4EUL.txt"),
        ("größe", "gr%C3%B6%C3%9Fe"),
        ("a\nb", "a%0Ab"),
    ],
)
def test_odd_characters_are_written_as_in_urls(text, name):
    assert file_name(text) == name


@given(st.text(max_size=300))
def test_every_text_becomes_one_name_of_one_folder(text):
    name = file_name(text)
    assert name.isascii()
    assert not set(name) & set('/\\:*?"<>|\0')
    assert name[0] not in ". "
    assert name[-1] not in ". "
    assert len(name) <= 109
    assert len(name) > 100 or unquote(name) == (text or "\0")


def test_names_that_some_systems_take_for_equal_get_a_number():
    assert file_names(["Cell", "cell", "CELL", "other", "cell"]) == {"Cell": "Cell", "cell": "cell~2", "CELL": "CELL~3", "other": "other"}
