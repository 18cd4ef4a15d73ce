"""Whatever a plugin prints, stdout holds what a script asked for, and nothing else."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

CODE = """
from dataclasses import dataclass

from augbench import Metric
from support.toys import Blend, Dots, Supplement


@dataclass(frozen=True, kw_only=True)
class LoudMix(Blend):
    def __post_init__(self):
        print("made")

    def supports(self, facts):
        print("supports")

    def draw(self, context, rng):
        print("draws")
        return super().draw(context, rng)

    def apply(self, sources, draw):
        print("applies")
        return super().apply(sources, draw)


@dataclass(frozen=True, kw_only=True)
class LoudSampler(Supplement):
    def compose(self, context):
        print("composes")
        return super().compose(context)


@dataclass(frozen=True, kw_only=True)
class LoudDots(Dots):
    def probe(self):
        print("probes")
        return super().probe()

    def load(self):
        print("loads")
        return super().load()

    def card(self):
        print("tells")
        return super().card()


@dataclass(frozen=True, kw_only=True)
class LoudShare(Metric):
    def measure(self, predictions):
        print("measures")
        return 0.5
"""
MATRIX = """
plugins = ["./loud.py"]
[report]
control = "plain"
metrics = ["macro-f1", "loud-share"]
formats = ["json"]
[base]
backbone = "support.toys:Linear"
sampler = "loud-sampler"
training.length.steps = 1
batch = { size = 8, mix = { linear = 1 } }
augment.linear = { use = "loud-mix", pairing = "any" }
[rows]
plain = {}
[datasets]
dots = { use = "loud-dots", minority = ["c"] }
"""


@pytest.fixture
def loud(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the current folder, with a matrix whose components print."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("AUGBENCH_STORE", str(tmp_path / "store"))
    monkeypatch.delitem(sys.modules, "loud", raising=False)
    (tmp_path / "loud.py").write_text(CODE)
    (tmp_path / "loud.toml").write_text(MATRIX)
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("plugins", "preview", "--matrix", "loud.toml", "--row", "plain"), ("applies", "composes", "loads")),
        (("plugins", "bench", "loud:LoudMix", "--against", "", "--size", "8", "--seconds", "0.01s"), ("applies",)),
        (("plugins", "list", "loud"), ()),
        (("plugins", "show", "./loud.py"), ()),
        (("plan", "--matrix", "loud.toml"), ("made", "supports", "probes")),
        (("plan", "--matrix", "loud.toml", "--explain", "training.lr"), ("made",)),
        (("schema", "--matrix", "loud.toml"), ()),
        (("datasets", "verify", "loud:LoudDots"), ("probes",)),
        (("datasets", "audit", "loud:LoudDots"), ("loads",)),
        (("datasets", "preview", "loud:LoudDots"), ("loads", "tells")),
    ],
    ids=lambda value: " ".join(value[:2]),
)
def test_a_document_is_whole(bench, loud, arguments, said):
    done = bench(*arguments, "--json")
    # An audit of noise has findings.
    assert done.exit_code == (1 if "audit" in arguments else 0), done.stderr
    json.loads(done.stdout)
    assert set(said) <= set(done.stderr.split())


def test_paths_of_reports_are_alone_on_stdout(bench, loud):
    done = bench("run", "--matrix", "loud.toml", "--out", "run", "--engine", "inline")
    assert (done.exit_code, done.stdout) == (0, "run/report.json\n")
    assert {"composes", "applies", "measures"} <= set(done.stderr.split())
    again = bench("report", "run")
    assert (again.stdout, "measures" in again.stderr) == ("run/report.json\n", True)
