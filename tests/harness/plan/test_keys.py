"""Keys are what they were, and change with what decides a result and with nothing else: from a matrix file to the plan."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from augbench.engine.request import Request
from augbench.engine.session import open_session
from augbench.plan.keys import KEY_SCHEMA
from augbench.plan.tasks import REVISIONS
from augbench.values.trial_errors import ComponentRaises

PARTS = '''
"""Components without a line of torch."""

from dataclasses import dataclass, field
from typing import ClassVar

from augbench import Augmenter, Backbone, Dataset, Features, Generator, Loss, Optimizer, Probe, Sampler, Schedule

from keyed.near import double
from . import far


@dataclass(frozen=True, kw_only=True)
class Cells(Dataset):
    """Three classes."""

    images: int = 8

    def probe(self):
        counts = {"train": (self.images, 4, 3), "test": (4, 3, 2)}
        return Probe(classes=("a", "b", "c"), counts=counts, channels=1, size=(4, 4), digest="d" * 64)

    def load(self): ...


@dataclass(frozen=True, kw_only=True)
class Draws(Generator):
    """Draws nothing."""

    uses: ClassVar = ("lr", "iterations")
    width: int = 4
    """How wide."""

    def fit(self, view, rng, progress, resume=None):
        return double(self.width)

    def sample(self, fitted, view, count, rng): ...


@dataclass(frozen=True, kw_only=True)
class Mixes(Augmenter):
    """Looks at its neighbours first."""

    arity: ClassVar = 2
    looks: ClassVar = True
    share: float = 0.5

    def partners(self, view): ...

    def draw(self, context, rng): ...

    def apply(self, sources, draw):
        from .late import late

        return late() * far.VALUE


@dataclass(frozen=True, kw_only=True)
class Anyhow(Sampler):
    """Composes batches."""

    def compose(self, context): ...

    def originals_per_step(self, context): ...

    def pool(self, context): ...

    def prior(self, context, progress): ...


@dataclass(frozen=True, kw_only=True)
class Net(Backbone):
    """A network."""

    layers: tuple[int, ...] = (8, 16)

    def build(self, context): ...


@dataclass(frozen=True, kw_only=True)
class Down(Optimizer):
    """Descends."""

    def build(self, parameters, lr): ...


@dataclass(frozen=True, kw_only=True)
class Flat(Schedule):
    """Stays."""

    def factor(self, step, steps, steps_per_epoch): ...


@dataclass(frozen=True, kw_only=True)
class Zero(Loss):
    """Nothing to minimise."""

    def loss(self, logits, targets, context): ...


@dataclass(frozen=True, kw_only=True)
class Looks(Features):
    """Looks at images."""

    def build(self, channels): ...
'''
OTHER = '''
from dataclasses import dataclass
from typing import ClassVar

from augbench import Augmenter


@dataclass(frozen=True, kw_only=True)
class Blends(Augmenter):
    """Blends two."""

    arity: ClassVar = 2

    def draw(self, context, rng): ...

    def apply(self, sources, draw):
        return 1
'''
HOOK = """
from augbench import hookimpl


@hookimpl
def register(registry):
    registry.augmenter("blends", "my_blends:Blends")
"""
FILES = {
    "__init__.py": "",
    "parts.py": PARTS,
    "near.py": '"""Near."""\n\n\ndef double(x):\n    """Double."""\n    return x * 2\n',
    "far.py": "VALUE = 1\n",
    "late.py": "def late():\n    return 1\n",
    "stranger.py": "VALUE = 1\n",
}
MATRIX = """
title = "Keys"
[report]
control = "plain"
[axes]
seed = [3]
[datasets.cells]
use = "keyed.parts:Cells"
label = "Cells"
minority = ["c"]
folds = 3
[base]
generator = "keyed.parts:Draws"
sampler = "keyed.parts:Anyhow"
backbone = "keyed.parts:Net"
batch = { size = 8, n = 2, mix = { generated = 1, mixed = 2, originals = 1 } }
bank.size = 6
quality = { features = "keyed.parts:Looks", images = 6 }
fit = { lr = 0.1, iterations = 3 }
augment.mixed = { use = "keyed.parts:Mixes", share = 0.25 }
[base.training]
length = { steps = 70 }
optimizer = "keyed.parts:Down"
schedule = "keyed.parts:Flat"
loss = "keyed.parts:Zero"
lr = 0.05
[rows]
ours = { label = "Ours" }
plain = { generator = false, augment.mixed = false, batch.mix = { originals = 1 } }
"""
GOLDEN = {
    "prepare": "67c00453691e739878415d9a689b03d7ead64ea5f354d738e642ba2591c2c618",
    "fit-generator": "541090d60f50fa64a673e08c09d8c8e2d430ebadd35e11034bdf31ba26459d77",
    "synthesise": "c15dda7fec4d69f70943bef03b8a732b24fe478127f160b238f6897592864b3e",
    "assess": "aa4b3f2a2d8ee8e2756b66409461742ff1538a201b58d917c6a4ba96ed136210",
    "tables": "bb95416dcc6acaa61dfc835225c9a69e4197263419d7487ca1d74cc36974337a",
    "train": "2fe29f3535edefcc5053c1d5bc4f245c451e259902ea285d0aec87277ea65542",
    "evaluate": "eb7cc592d35eeba734dcd7b70c9ee58ecb8bbb7ba85db0e666925e3d2571940e",
}
"""Of the first fold of row ``ours``.  Where these change, every artefact of every user is made anew.  If that is meant, raise
KEY_SCHEMA in plan/keys.py (or the stage's revision in plan/tasks.py, if only its result is another), then write the new keys here.
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give a folder with the package and the matrix; forget what was imported from it."""
    monkeypatch.syspath_prepend(str(tmp_path))
    for name, text in FILES.items():
        write(tmp_path / "keyed" / name, text)
    write(tmp_path / "keys.toml", MATRIX)
    yield tmp_path
    forget(tmp_path)


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def forget(folder: Path) -> None:
    for name in [name for name, module in sys.modules.items() if str(getattr(module, "__file__", "")).startswith(str(folder))]:
        del sys.modules[name]
    importlib.invalidate_caches()


def keys(folder: Path, **request) -> dict[str, str]:
    """Plan as a new process would; return the keys by label."""
    forget(folder)
    where = {"matrix": folder / "keys.toml", "out": folder / "run", "store": folder / "store"}
    session = open_session(Request(**{**where, **request}))
    return {planned.label: planned.key for planned in session.plan.stages}


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_keys_are_what_they_were(home: Path):
    found = {}
    forget(home)
    for planned in open_session(Request(matrix=home / "keys.toml", out=home / "run", store=home / "store")).plan.stages:
        found.setdefault(planned.kind, planned.key)
    assert set(found) == set(REVISIONS)
    assert KEY_SCHEMA == 2
    assert found == GOLDEN


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("parts.py", "class Draws(Generator):", "class Draws(Generator):  # it draws"),
        ("parts.py", '"""Draws nothing."""', '"""Draws nothing at all."""'),
        ("parts.py", '"""How wide."""', '"""How wide, in channels."""'),
        ("parts.py", "return double(self.width)", "return double(\n            self.width,\n        )"),
        (
            "parts.py",
            "from dataclasses import dataclass, field\nfrom typing import ClassVar\n",
            "from typing import ClassVar\nfrom dataclasses import field, dataclass\n",
        ),
        ("near.py", '"""Double."""', "# doubles"),
        ("stranger.py", "VALUE = 1", "VALUE = 2"),
        ("__init__.py", "", "VERSION = 2\n"),
    ],
    ids=[
        "comment",
        "docstring",
        "attribute docstring",
        "white space",
        "order of imports",
        "helper's docstring",
        "a module not imported",
        "package",
    ],
)
def test_a_cosmetic_edit_reruns_nothing(home: Path, file: str, old: str, new: str):
    before = keys(home)
    edit(home / "keyed" / file, old, new)
    assert keys(home) == before


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("parts.py", "return double(self.width)", "return double(self.width + 1)"),
        ("near.py", "return x * 2", "return x * 2.0"),
        ("far.py", "VALUE = 1", "VALUE = 2"),
        ("late.py", "return 1", "return 2"),
    ],
    ids=["the class itself", "a helper", "a relative import", "an import inside a function"],
)
def test_an_edit_of_what_a_component_does_reruns_what_uses_it(home: Path, file: str, old: str, new: str):
    before = keys(home)
    edit(home / "keyed" / file, old, new)
    assert not set(keys(home).values()) & set(before.values())


def test_an_edit_of_one_module_leaves_components_of_others_alone(home: Path):
    write(home / "keyed" / "other.py", OTHER)
    edit(home / "keys.toml", 'use = "keyed.parts:Mixes", share = 0.25', 'use = "keyed.other:Blends"')
    before = keys(home)
    edit(home / "keyed" / "other.py", "return 1", "return 2")
    changed = {label for label, key in keys(home).items() if before[label] != key}
    assert changed == {f"{what} cells/ours/s3/f{fold}" for what in ("train", "test") for fold in range(3)}


@pytest.mark.parametrize(
    ("default", "what"), [("float('nan')", "float nan"), ("frozenset()", "frozenset frozenset()"), ("len", "builtin_fun")]
)
def test_a_default_that_no_matrix_could_hold_is_told(home: Path, default: str, what: str):
    edit(home / "keyed" / "parts.py", '"""Stays."""\n', f'"""Stays."""\n\n    odd: object = {default}\n')
    with pytest.raises(
        ComponentRaises, match=r"schedule 'keyed.parts:Flat' fails: a matrix cannot hold (.*); it holds .*parts.py:\d+\)"
    ) as error:
        keys(home)
    assert f"cannot hold {what}" in str(error.value)


def test_a_plugin_file_beside_the_matrix_is_read_the_same_way(home: Path):
    write(home / "own" / "my_blends.py", OTHER + HOOK)
    edit(home / "keys.toml", 'title = "Keys"', 'title = "Keys"\nplugins = ["own/my_blends.py"]')
    edit(home / "keys.toml", 'use = "keyed.parts:Mixes", share = 0.25', 'use = "blends"')
    before = keys(home)
    edit(home / "own" / "my_blends.py", '"""Blends two."""', "# blends two")
    assert keys(home) == before
    edit(home / "own" / "my_blends.py", "return 1", "return 2")
    assert {label.partition(" ")[0] for label, key in keys(home).items() if before[label] != key} == {"train", "test"}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('label = "Ours"', 'label = "Another name"'),
        ('label = "Cells"', 'label = "Other cells"'),
        ("ours = { label", "renamed = { label"),
        ("[datasets.cells]", "[datasets.renamed]"),
        ("generated = 1, mixed = 2, originals = 1", "originals = 1, mixed = 2, generated = 1"),
        ("generated = 1, mixed = 2", "generated = 1.0, mixed = 2.0"),
        ('[report]\ncontrol = "plain"\n[axes]\nseed = [3]\n', '[axes]\nseed = [3]\n[report]\nalpha = 0.01\ncontrol = "plain"\n'),
        ("fit = { lr = 0.1, iterations = 3 }", "fit = { iterations = 3, lr = 0.1, n-critic = 7 }"),
        ("lr = 0.05\n", "lr = 5e-2\n"),
        ('title = "Keys"', 'title = "Other"'),
    ],
    ids=[
        "row label",
        "data set label",
        "row name",
        "data set name",
        "order of mix",
        "1 or 1.0",
        "order of tables",
        "unused fit field",
        "how a number is written",
        "title",
    ],
)
def test_what_decides_no_result_is_in_no_key(home: Path, old: str, new: str):
    before = keys(home)
    edit(home / "keys.toml", old, new)
    assert set(keys(home).values()) == set(before.values())


def test_devices_workers_and_places_are_in_no_key(home: Path, monkeypatch: pytest.MonkeyPatch):
    before = keys(home)
    assert keys(home, device="cuda", jobs=7, engine="inline", store=home / "elsewhere") == before
    moved = home / "moved"
    for name in ("keyed", "keys.toml"):
        moved.mkdir(exist_ok=True)
        (home / name).rename(moved / name)
    monkeypatch.syspath_prepend(str(moved))
    forget(home)
    assert keys(moved) == before


@pytest.mark.parametrize(
    ("old", "new", "kinds"),
    [
        ("seed = [3]", "seed = [4]", {"fit", "draw", "judge", "find", "train", "test"}),
        ("folds = 3", "folds = 2", {"fit", "draw", "judge", "find", "train", "test"}),
        ('minority = ["c"]', 'minority = ["c"]\nimages = 9', {"prepare", "fit", "draw", "judge", "find", "train", "test"}),
        ("bank.size = 6", "bank.size = 7", {"draw", "judge", "find", "train", "test"}),
        ("images = 6 }", "images = 7 }", {"judge"}),
        ("share = 0.25", "share = 0.5", {"find", "train", "test"}),
        ("lr = 0.05\n", "lr = 0.06\n", {"train", "test"}),
        ("steps = 70", "steps = 71", {"train", "test"}),
        ("bank.size = 6", 'bank.size = 6\nnumerics.precision = "bf16"', {"fit", "draw", "judge", "find", "train", "test"}),
    ],
)
def test_what_decides_a_result_is_in_the_keys_of_what_it_decides(home: Path, old: str, new: str, kinds: set[str]):
    before = keys(home)
    edit(home / "keys.toml", old, new)
    ours = {label: key for label, key in keys(home).items() if "/plain/" not in label}
    assert {label.partition(" ")[0] for label, key in ours.items() if key not in before.values()} == kinds
