"""A file beside the matrix is as good as an installed plugin."""

import sys
from importlib import import_module

import pytest

from augbench.registry.collect import Registry
from augbench.registry.local import load_local
from augbench.registry.offering import kebab
from augbench.values.errors import BrokenComponent

PLUGIN = '''
from dataclasses import dataclass
from augbench import Schedule, hookimpl


@dataclass(frozen=True, kw_only=True)
class Half(Schedule):
    """Half the rate."""

    def factor(self, step, steps, steps_per_epoch):
        return 0.5


@hookimpl
def register(registry):
    registry.schedule("half", "my_half:Half", "Half the rate")
'''


@pytest.fixture(autouse=True)
def forgotten():
    before = set(sys.modules)
    yield
    for name in set(sys.modules) - before:
        del sys.modules[name]


def test_a_file_adds_its_components(tmp_path):
    (tmp_path / "my_half.py").write_text(PLUGIN)
    registry = Registry()
    load_local(registry, ("./my_half.py",), tmp_path)
    assert registry.resolve("schedule", "half").component().factor(0, 1, 1) == 0.5
    assert str(registry.entries[0].origin).startswith("./my_half.py")


@pytest.mark.parametrize("first", [True, False])
def test_a_file_that_python_itself_finds_is_the_same_plugin(tmp_path, monkeypatch, first):
    """As in a notebook, which imports from its own folder."""
    (tmp_path / "my_half.py").write_text(PLUGIN)
    monkeypatch.syspath_prepend(tmp_path)
    mine = import_module("my_half").Half if first else None
    registry = Registry()
    load_local(registry, ("./my_half.py",), tmp_path)
    assert registry.resolve("schedule", "half").component is (mine or import_module("my_half").Half)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("def register(:", r"plugin './my_half\.py' does not load: SyntaxError: .*my_half\.py:1"),
        ("1 / 0", r"plugin './my_half\.py' does not load: ZeroDivisionError: division by zero \(.*my_half\.py:1\)"),
    ],
)
def test_a_broken_file_says_what_and_where(tmp_path, text, message):
    (tmp_path / "my_half.py").write_text(text)
    with pytest.raises(BrokenComponent, match=message):
        load_local(Registry(), ("./my_half.py",), tmp_path)
    assert "my_half" not in sys.modules


def test_a_missing_file_and_a_taken_name_are_told(tmp_path):
    with pytest.raises(BrokenComponent, match=r"no plugin file at '.*my_half\.py'"):
        load_local(Registry(), ("./my_half.py",), tmp_path)
    (tmp_path / "json.py").write_text(PLUGIN)
    with pytest.raises(BrokenComponent, match=r"the file 'json\.py' has the name of an installed module; give it another"):
        load_local(Registry(), ("./json.py",), tmp_path)


FLIP = '''
from dataclasses import dataclass

from augbench import Augmenter, Schedule


@dataclass(frozen=True, kw_only=True)
class _Base(Schedule):
    """What both share."""

    def factor(self, step, steps, steps_per_epoch):
        return 0.5


@dataclass(frozen=True, kw_only=True)
class HalfRate(_Base):
    """Half the rate."""


class Bare(_Base):
    """No dataclass."""
'''


def test_a_file_that_registers_nothing_offers_its_component_classes(tmp_path):
    (tmp_path / "my_half.py").write_text(FLIP)
    registry = Registry()
    load_local(registry, ("./my_half.py",), tmp_path)
    assert [(entry.name, entry.summary) for entry in registry.entries] == [("half-rate", "Half the rate"), ("bare", "No dataclass")]
    assert registry.resolve("schedule", "half-rate").component().factor(0, 1, 1) == 0.5
    with pytest.raises(BrokenComponent, match=r"'my_half:Bare' is not a frozen, keyword-only dataclass.*my_half\.py:20"):
        registry.resolve("schedule", "bare")


@pytest.mark.parametrize(
    ("name", "shown"),
    [("FlipMix", "flip-mix"), ("WganGp", "wgan-gp"), ("HTTPServer2D", "http-server2d"), ("Mix2Up", "mix2-up"), ("Old_Mix", "old-mix")],
)
def test_a_class_is_called_as_a_matrix_would_write_it(name, shown):
    assert kebab(name) == shown


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x = 1", r"no function is marked with @augbench\.hookimpl, and no class is a component; write a function register\(registry\)"),
        (PLUGIN.replace("@hookimpl\n", ""), r"no function is marked with @augbench\.hookimpl; write @augbench\.hookimpl above register"),
    ],
)
def test_a_file_that_offers_nothing_says_what_to_write(tmp_path, text, message):
    (tmp_path / "my_half.py").write_text(text)
    with pytest.raises(BrokenComponent, match=message):
        load_local(Registry(), ("./my_half.py",), tmp_path)
