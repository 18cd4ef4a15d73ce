"""Texts in TOML are what they were, and comments stay on their line."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from augbench.config.writing import quoted, spelled

ODD = st.text(st.characters(exclude_categories=("Cs",)))


@given(ODD)
def test_a_value_is_read_as_it_was_written(text):
    assert tomllib.loads(f"name = {quoted(text)}") == {"name": text}


@given(st.text())
def test_a_comment_is_one_line_of_toml(text):
    assert tomllib.loads(f"# {spelled(text)}\nafter = 1") == {"after": 1}


@pytest.mark.parametrize(("text", "written"), [("a\nb", "a\\nb"), ("ü 漢", "ü 漢"), ("\x7f", "\\x7f"), ("\udcff", "\\udcff")])
def test_what_cannot_be_read_is_spelled_out(text, written):
    assert spelled(text) == written
