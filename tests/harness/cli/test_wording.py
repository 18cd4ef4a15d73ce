"""What several verbs say in the same words."""

from __future__ import annotations

import tomllib

from augbench.cli.wording import column


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
