"""Texts in TOML are what they were, and comments stay on their line."""

import tomllib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from augbench.config.writing import column, document, quoted, spelled, written
from augbench.values.errors import NoToml
from augbench_plugins.augmenters.mixup import Mixup

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


def test_a_column_is_toml_whatever_the_values_are():
    text = column("medmnist/bloodmnist", ["size=64", "path=/my cells", 'name = "a"', "split={ test = 0.2 }", 'odd=say "x" \\'])
    assert tomllib.loads(text) == {
        "datasets": {
            "bloodmnist": {
                "use": "medmnist/bloodmnist",
                "size": 64,
                "path": "/my cells",
                "name": "a",
                "split": {"test": 0.2},
                "odd": 'say "x" \\',
            }
        }
    }


def test_a_column_s_name_is_one_that_a_matrix_may_have():
    assert column("my.module:Cells").startswith('[datasets.my-module-Cells]\nuse = "my.module:Cells"')


def test_a_table_of_python_is_a_matrix():
    table = {
        "axes": {"seed": [0, 1]},
        "rows": {"a.b": {"augment": {"linear": Mixup(low=0.3)}, "sampler": None, "loss": False}},
        "lr": np.float64(0.1),
    }
    slot = {"use": "augbench_plugins.augmenters.mixup:Mixup", "low": 0.3, "high": 0.85, "law": "uniform", "alpha": 1.0, "draws": "sample"}
    read = tomllib.loads(document(table))
    assert read == {"axes": {"seed": [0, 1]}, "rows": {"a.b": {"augment": {"linear": slot}, "loss": False}}, "lr": 0.1}


@pytest.mark.parametrize(("value", "told"), [({1, 2}, "set {1, 2}"), ({1: 2}, "int 1"), (None, "NoneType None")])
def test_what_toml_has_no_word_for_is_refused(value, told):
    with pytest.raises(NoToml, match=f"^a matrix cannot hold {told}; it holds texts, numbers, lists, tables and components$"):
        written(value)
