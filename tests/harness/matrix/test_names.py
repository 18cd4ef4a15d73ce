"""A matrix file says which plugins it brings and which it leaves out; whatever is wrong with them is told at the very place."""

from __future__ import annotations

import sys

import pytest

from augbench.matrix import load_matrix, registry_of
from augbench.values.errors import ConfigError, UnknownComponent

FLIP = '''
from dataclasses import dataclass

from augbench import Schedule


@dataclass(frozen=True, kw_only=True)
class HalfRate(Schedule):
    """Half the rate."""

    def factor(self, step, steps, steps_per_epoch):
        return 0.5
'''


@pytest.fixture(autouse=True)
def forgotten():
    before = set(sys.modules)
    yield
    for name in set(sys.modules) - before:
        if name.startswith("my_"):
            del sys.modules[name]


REAL = """
plugins = ["./my_half.py"]
report.control = "plain"
rows.plain = {}

[base]
backbone = "small-resnet"
training = { length.steps = 10, schedule = "half-rate" }

[datasets.cells]
use = "phantom"
"""


def test_a_file_s_classes_are_names_of_the_matrix(tmp_path):
    (tmp_path / "my_half.py").write_text(FLIP)
    path = tmp_path / "m.toml"
    path.write_text(REAL)
    matrix = load_matrix(path, registry_of(path))
    assert type(matrix.cells["plain", "cells"].training.schedule).__name__ == "HalfRate"


def test_a_broken_file_is_told_at_its_place_with_the_line_to_mend(tmp_path):
    (tmp_path / "my_half.py").write_text("x = 1\ndef broken(:\n")
    path = tmp_path / "m.toml"
    path.write_text('version = 1\nplugins = ["./my_half.py"]\n')
    with pytest.raises(ConfigError) as error:
        registry_of(path)
    file = tmp_path / "my_half.py"
    first, *_, caret = str(error.value).splitlines()
    assert first == f"{path}:2:12: plugin '{file}' does not load: SyntaxError: invalid syntax ({file}:2:12)"
    assert caret.endswith("^^^^^^^^^^^^^^")


RAISING = {
    "when it is built": (
        "    def __post_init__(self):\n        raise KeyError('rate')\n",
        "schedule 'half-rate': KeyError: 'rate' ({}:12)",
    ),
    "when a default is made": (
        "    rates: tuple = field(default_factory=lambda: 1 / 0)\n",
        "schedule 'half-rate' from my_half.py does not load: ZeroDivisionError: division by zero ({}:11)",
    ),
    "when an annotation is read": (
        "    rate: '1 / 0' = 0.5\n",
        "schedule 'half-rate' from my_half.py does not load: ZeroDivisionError: division by zero ({}:7)",
    ),
}


@pytest.mark.parametrize("how", RAISING)
def test_whatever_a_class_raises_is_told_at_the_name_with_the_line_to_mend(tmp_path, monkeypatch, how):
    monkeypatch.chdir(tmp_path)
    body, said = RAISING[how]
    path = tmp_path / "m.toml"
    (tmp_path / "my_half.py").write_text(
        FLIP.replace("import dataclass", "import dataclass, field").replace('rate."""\n', f'rate."""\n\n{body}')
    )
    path.write_text(REAL)
    with pytest.raises(ConfigError) as error:
        load_matrix(path, registry_of(path))
    (problem,) = error.value.problems
    assert problem.message.replace(str(tmp_path / "my_half.py"), "my_half.py") == said.format("my_half.py")
    assert problem.where.source.endswith('"half-rate" }')


def test_a_plugin_that_the_matrix_leaves_out_is_not_there(tmp_path):
    path = tmp_path / "m.toml"
    path.write_text('disable-plugins = ["augbench-datasets"]\n')
    registry = registry_of(path)
    assert registry.names("dataset") == []
    assert [one.by for one in registry.left_out] == ["disable-plugins"]


def test_a_plugin_to_leave_out_that_there_is_not_is_told_at_its_place(tmp_path):
    path = tmp_path / "m.toml"
    path.write_text('disable-plugins = ["augbench-dataset", 3]\n')
    with pytest.raises(ConfigError, match="disable-plugins must be a string or a list of strings"):
        registry_of(path)
    path.write_text('disable-plugins = ["augbench-dataset"]\n')
    with pytest.raises(ConfigError, match=r"m\.toml:1:20: no plugin called 'augbench-dataset'(.|\n)*did you mean 'augbench-datasets'\?"):
        registry_of(path)
    path.write_text("")
    with pytest.raises(UnknownComponent, match="no plugin called 'augbench-dataset'"):
        registry_of(path, ["augbench-dataset"])


@pytest.mark.parametrize(("key", "hint"), [("plugins", "name them in the matrix file"), ("disable-plugins", "write --no-plugin NAME")])
def test_plugins_are_not_set_from_the_command_line(load, small, key, hint):
    with pytest.raises(ConfigError, match=rf"{key} cannot be set from the command line(.|\n)*{hint}"):
        load(small, sets=[f"{key}=['x']"])
