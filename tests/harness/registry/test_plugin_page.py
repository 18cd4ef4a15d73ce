"""What docs/plugins.md shows is what 'bench new-plugin' writes, and works as it stands there."""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

import pytest

from augbench.matrix import registry_of
from augbench.registry.collect import Registry
from augbench.scaffold.distribution import Plugin, write
from augbench.scaffold.naming import names

PAGE = Path(__file__).parents[3] / "docs" / "plugins.md"


@pytest.fixture
def flip_mix(tmp_path):
    """Begin the page's plugin."""
    folder = tmp_path / "augbench-flip-mix"
    write(Plugin(names=names("flip-mix", "augmenter", Registry()), kind="augmenter"), folder)
    return folder


def test_the_files_that_the_page_shows_are_those_of_a_new_plugin(flip_mix):
    files = dict(re.findall(r"```\w+\n# (\S+)\n(.*?)```", PAGE.read_text(), re.DOTALL))
    assert set(files) == {"pyproject.toml", "augbench_flip_mix/__init__.py"}
    assert (flip_mix / "augbench_flip_mix" / "__init__.py").read_text().endswith(files["augbench_flip_mix/__init__.py"])
    points = tomllib.loads((flip_mix / "pyproject.toml").read_text())["project"]["entry-points"]
    assert tomllib.loads(files["pyproject.toml"]) == {"project": {"entry-points": points}}
    (tree,) = re.findall(r"    augbench-flip-mix/\n(.*?)\n\n", PAGE.read_text(), re.DOTALL)
    assert all((flip_mix / line.split()[0]).is_file() for line in tree.splitlines())


def test_its_class_alone_is_a_plugin_of_a_matrix(flip_mix, tmp_path, monkeypatch):
    (lines,) = re.findall(r"```toml\n(plugins = .*?)```", PAGE.read_text(), re.DOTALL)
    (tmp_path / "my_mix.py").write_text((flip_mix / "augbench_flip_mix" / "flip_mix.py").read_text())
    (tmp_path / "m.toml").write_text(lines)
    registry = registry_of(tmp_path / "m.toml")
    name = re.search(r'linear = "([a-z-]+)"', lines)[1]
    assert registry.resolve("augmenter", name).component.__name__ == "FlipMix"
    monkeypatch.delitem(sys.modules, "my_mix")


def test_the_page_s_stages_of_failures_are_those_that_there_are():
    (documented,) = re.findall(r"\| stage \| what is wrong \|\n\|---\|---\|\n(.*?)\n\n", PAGE.read_text(), re.DOTALL)
    stages = [line.split("|")[1].strip() for line in documented.splitlines()]
    assert stages == ["metadata", "version", "import", "module", "signature", "register", "load"]


def test_the_page_s_table_of_kinds_names_what_there_is():
    import augbench

    for kind, bases, methods in re.findall(r"^\| ([a-z, ]+) \| (`[A-Z].*?) \| (`registry.*?) \|", PAGE.read_text(), re.MULTILINE):
        names = kind.split(", ")
        assert [getattr(augbench, base).kind for base in re.findall(r"`(\w+)`", bases)] == names
        assert re.findall(r"`registry\.(\w+)`", methods) == names
