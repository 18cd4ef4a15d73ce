"""All that comes with augbench keeps the laws that a plugin's components keep, and what is registered tomorrow will have to."""

from __future__ import annotations

import ast
import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from augbench import Component
from augbench.config.single import component_from
from augbench.registry.discovery import discover
from augbench.registry.entries import Entry
from augbench.store.run_folder import RunFolder
from augbench.testing import Check, Verdict, checks_of, judge
from augbench.testing.checking import label
from augbench.values.errors import MissingExtra
from support.runs import run

TESTS = Path(__file__).parent
REGISTRY = discover()
OURS = [entry for entry in REGISTRY.entries if entry.origin.distribution == "augbench"]
QUICK = ("resize", "augmenter", "sampler", "loss", "adjustment", "optimizer", "schedule", "metric", "test")
"""Kinds whose laws are tried here; those of the others are tried beside their other tests, on several components of each class."""
IMPORTS = ("registration-is-light", "its-module-is-light")
"""Laws that start an interpreter for every module."""
FEW = 'use = "phantom", size = 8, train = [9, 8, 7, 6, 5, 4, 3], test = [2, 2, 2, 2, 2, 2, 2]'
TINY = "width = 2, latent = 4"
PARAMETERS = {
    "dataset phantom": FEW,
    "dataset long-tail": f"of = {{ {FEW} }}, ratio = 3.0",
    "dataset channels": f"of = {{ {FEW} }}, keep = [1]",
    "resize bilinear": "size = 16",
    "resize centre-crop": "size = 16",
    "resize crop-or-pad": "size = 16",
    "resize letterbox": "size = 16",
    "generator gan": TINY,
    "generator wgan": TINY,
    "generator wgan-gp": TINY,
    "generator wgan-div": TINY,
    "generator cgan-div": TINY,
    "augmenter tv/NAME": 'use = "tv/GaussianNoise"',
    "backbone small-resnet": "width = 4",
    "backbone timm/NAME": 'use = "timm/test_resnet", pretrained = false',
    "schedule milestones": "at = [1.0, 2.0]",
    "executor local": "jobs = 2",
}
"""What keeps a component small, or what it cannot do without."""
FILES = {
    *("dataset image-folder", "dataset bbbc048", "dataset rbc-storage", "dataset numpy", "dataset fashion-mnist"),
    *("dataset medmnist/NAME", "dataset torchvision/NAME", "dataset hugging-face"),
    *("generator folder", "features inception", "features timm/NAME"),
}
"""What reads files: all its laws are tried beside its other tests, where there are some."""


def name(entry: Entry) -> str:
    return f"{entry.kind} {entry.address}"


def built() -> Iterator[Component]:
    for entry in OURS:
        given = PARAMETERS.get(name(entry), "")
        text = f"{{ {given} }}" if given.startswith("use") else f'{{ use = "{entry.name}"{", " if given else ""}{given} }}'
        if name(entry) not in FILES:
            with contextlib.suppress(MissingExtra):
                yield component_from(text, entry.kind, entry.kind, REGISTRY)


BUILT = tuple(built())


def tried_elsewhere() -> Iterator[tuple[str, bool]]:
    """Yield what ``conformance`` tries in other modules, as ``module:Class``, and whether by the laws of the house, too."""
    for path in TESTS.rglob("test_*.py"):
        text = path.read_text()
        if "@conformance(" in text:
            tree = ast.parse(text)
            homes = {alias.name: node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names}
            for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node.func) == "conformance"):
                house = not any(keyword.arg == "house" for keyword in call.keywords)
                yield from ((f"{homes.get(own)}:{own}", house) for own in (ast.unparse(one).partition("(")[0] for one in call.args))


def broken(component: Component, wanted: Callable[[Check], bool]) -> list[Verdict]:
    return [verdict for verdict in judge(component, [check for check in checks_of(component.kind) if wanted(check)]) if not verdict.passed]


def test_no_built_in_component_is_forgotten():
    tried = set(tried_elsewhere())
    others = {name(entry): entry.target for entry in OURS if entry.kind not in (*QUICK, "observer")}
    assert [one for one, target in others.items() if not {(target, True), (target, False)} & tried] == []
    assert [one for one in FILES if (others[one], True) not in tried] == []


@pytest.mark.slow
@pytest.mark.parametrize("component", [one for one in BUILT if one.kind in QUICK], ids=label)
def test_built_in_components_keep_the_laws(component):
    assert broken(component, lambda check: not check.house and check.name not in IMPORTS) == []


@pytest.mark.long
@pytest.mark.parametrize("component", BUILT, ids=lambda one: f"{one.kind} {label(one)}")
def test_built_in_components_keep_the_laws_of_the_house(component, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert broken(component, lambda check: check.house or check.name in IMPORTS or component.kind == "observer") == []


MATRIX = f"""
[report]
control = "plain"
formats = []
[datasets]
phantom = {{ {FEW}, minority = ["twin"] }}
[base]
generator = "gaussian"
sampler = "instance"
backbone = {{ use = "small-resnet", width = 2, blocks = [1, 1] }}
batch = {{ size = 16, n = 1, mix = {{ originals = 2, generated = 1, mixed = 1 }} }}
bank.size = 6
quality.features = false
augment.mixed = "mixup"
[base.training]
length = {{ steps = 2 }}
checks = 1
lr = 0.01
optimizer = "sgd"
schedule = "constant"
loss = "cross-entropy"
[rows]
plain = {{}}
"""
WRITTEN = {
    "sampler balanced-mixup": 'sampler = "balanced-mixup", batch.mix = { mixed = 1 }',
    "augmenter smote": 'augment.mixed = { use = "smote", k = 2 }',
    "augmenter tv/NAME": 'augment.mixed = "tv/GaussianNoise"',
}
"""What a row says where the name in its slot is not all."""
SLOTS = {"sampler": "sampler", "loss": "training.loss", "augmenter": "augment.mixed"}


@pytest.mark.slow
def test_a_matrix_of_all_augmenters_samplers_and_losses_runs(tmp_path):
    entries = [entry for entry in OURS if entry.kind in SLOTS]
    says = (WRITTEN.get(name(entry), f'{SLOTS[entry.kind]} = "{entry.name}"') for entry in entries)
    rows = "".join(f"{entry.kind}-{entry.name} = {{ {what} }}\n" for entry, what in zip(entries, says, strict=True))
    run(tmp_path, MATRIX + rows)
    results = RunFolder(path=tmp_path / "run").results()
    assert [(trial.row, trial.reason) for trial in results.trials if trial.status != "done"] == []
    assert len(results.trials) == 1 + len(entries)
