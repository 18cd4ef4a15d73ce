"""The plugin of docs/plugins.md works as it stands there."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from augbench import DrawContext, Streams
from augbench.matrix import registry_of
from augbench.registry.describe import parameters
from augbench.registry.discovery import discover

PAGE = Path(__file__).parents[3] / "docs" / "plugins.md"


@pytest.fixture
def flip_mix(site):
    """Install the page's three files and resolve its augmenter."""
    files = dict(re.findall(r"```\w+\n# (\S+)\n(.*?)```", PAGE.read_text(), re.DOTALL))
    assert set(files) == {"pyproject.toml", "augbench_flip/__init__.py", "augbench_flip/mix.py"}
    for path, code in files.items():
        site.write(path, code)
    point = re.search(r'\[project\.entry-points\.augbench\]\n(\w+) = "(\w+)"', files["pyproject.toml"])
    information = site.install("augbench-flip")
    (information / "entry_points.txt").write_text(f"[augbench]\n{point[1]} = {point[2]}\n")
    registry = discover()
    assert registry.failures == []
    return registry.resolve("augmenter", "flip-mix").component


def test_its_parameters_are_described(flip_mix):
    assert [(p.name, p.bounds, p.default, p.help) for p in parameters(flip_mix)] == [
        ("low", ">= 0, <= 1", "0.2", "Smallest share of the first image."),
        ("high", ">= 0, <= 1", "0.8", "Largest share of the first image."),
    ]


def test_it_mixes_an_image_with_the_mirror_image_of_another(flip_mix):
    import torch

    context = DrawContext(steps=2, per_step=3, shape=(1, 1, 2), labels=torch.zeros(6, 2), class_counts=torch.tensor([6]))
    method = flip_mix(low=0.25, high=0.25)
    draw = method.draw(context, Streams.of(seed=0).rng("test"))
    sources = torch.tensor([[0.0, 1.0], [0.2, 0.4]]).view(1, 2, 1, 1, 2).expand(6, 2, 1, 1, 2)
    mixed = method.apply(sources, draw)
    assert mixed.images[5, 0, 0].tolist() == pytest.approx([0.25 * 0.0 + 0.75 * 0.4, 0.25 * 1.0 + 0.75 * 0.2])
    assert mixed.pixel_weights[5].tolist() == pytest.approx([0.25, 0.75])


def test_its_class_alone_is_a_plugin_of_a_matrix(tmp_path, monkeypatch):
    text = PAGE.read_text()
    (code,) = re.findall(r"```python\n# augbench_flip/mix.py\n(.*?)```", text, re.DOTALL)
    (lines,) = re.findall(r"```toml\n(plugins = .*?)```", text, re.DOTALL)
    (tmp_path / "my_mix.py").write_text(code)
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
