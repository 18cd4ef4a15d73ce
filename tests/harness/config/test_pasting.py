"""The lines that use a component can be pasted as they are."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from augbench import Augmenter, Optimizer
from augbench.config.pasting import example
from augbench.matrix import load_matrix
from augbench.registry.discovery import discover
from augbench.values.components import KINDS

BASE = """
[report]
control = "plain"

[datasets.cells]
use = "phantom"

[base]
backbone = "small-resnet"
training = { length.steps = 10 }

[rows.plain]
"""


def written(entry, registry) -> str:
    return example(registry.resolve(entry.kind, entry.name).component, entry.name, registry.name_of, {})


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in ("metric", "test", "report", "executor", "observer")])
def test_a_built_in_component_can_be_used_as_its_lines_say(tmp_path: Path, kind: str):
    registry = discover()
    texts = [written(entry, registry) for entry in registry.entries if entry.kind == kind and not entry.family]
    complete = [text for text in texts if "must be given" not in text and "[datasets." not in text and ".resize]" not in text]
    assert all(tomllib.loads(text.replace("= ... ", "= 1 ")) for text in texts)
    path = tmp_path / "m.toml"
    path.write_text("\n\n".join([BASE, *complete]))
    assert len(load_matrix(path, registry).rows) == len(complete) + 1


@pytest.mark.parametrize("kind", ["augmenter", "sampler", "loss", "optimizer", "schedule"])
def test_its_comments_are_its_defaults(tmp_path: Path, kind: str):
    registry = discover()
    texts = [written(entry, registry) for entry in registry.entries if entry.kind == kind and not entry.family]
    path = tmp_path / "m.toml"
    told, plain = (
        "\n\n".join([BASE, *(text for text in (written_out(text, out) for text in texts) if "must be given" not in text)])
        for out in (True, False)
    )
    path.write_text(told)
    with_defaults = load_matrix(path, registry).cells
    path.write_text(plain)
    assert with_defaults == load_matrix(path, registry).cells


def written_out(text: str, out: bool) -> str:
    lines = [line for line in text.splitlines() if not line.endswith(("is not set", "cannot hold"))]
    return "\n".join(line.removeprefix("# ") if out else line for line in lines)


@dataclass(frozen=True, kw_only=True)
class Adam(Optimizer):
    """An optimizer."""

    betas: tuple[float, float] = (0.9, 0.999)

    def build(self, parameters, lr):
        """Build."""


@dataclass(frozen=True, kw_only=True)
class Odd(Augmenter):
    """Everything that a field may be."""

    arity = 1
    path: Path
    optimizer: Optimizer = field(default_factory=lambda: Adam(betas=(0.0, 0.9)))
    plain: Optimizer = field(default_factory=Adam)
    sizes: tuple[int, ...] = ()
    seed: int | None = None
    max_angle: float = 1e-5
    odd: object = object()


def test_what_must_be_given_what_is_not_set_and_nested_components_are_told():
    assert example(Odd, "odd@my-mixes", lambda owner: owner.__name__.lower(), {}).splitlines() == [
        "[[rows.odd.transforms]]",
        'use = "odd@my-mixes"',
        "path = ...   # must be given",
        '# optimizer = { use = "adam", betas = [0.0, 0.9] }',
        '# plain = "adam"',
        "# sizes = []",
        "# seed is not set",
        "# max-angle = 1e-05",
        "# odd has a default that a matrix cannot hold",
    ]


@pytest.mark.parametrize(
    ("kind", "name", "lines"),
    [
        ("metric", "macro-f1", '[report]\nmetrics = ["accuracy", "macro-f1"]'),
        ("report", "html", '[report]\nformats = ["markdown", "html"]'),
        ("executor", "local", "bench run --engine local"),
    ],
)
def test_what_no_row_holds_is_used_elsewhere(kind: str, name: str, lines: str):
    registry = discover()
    assert example(registry.resolve(kind, name).component, name, registry.name_of, {}) == lines
