"""A report is made of the run's folder, and of what its matrix named beside what is installed."""

import json
import sys

import pytest

from augbench.engine.rendering import known_to, write_reports
from augbench.store.run_folder import RunFolder
from augbench.values.errors import BrokenMeasure, UnknownComponent
from support.runs import MATRIX, run

PLUGIN = """
from dataclasses import dataclass
from augbench import Metric, Report, hookimpl

@hookimpl
def register(registry):
    registry.metric("sevens", Sevens)
    registry.report("torn", Torn)
    registry.report("odd", Odd)

@dataclass(frozen=True, kw_only=True)
class Sevens(Metric):
    def measure(self, predictions):
        return 0.7

@dataclass(frozen=True, kw_only=True)
class Torn(Report):
    def render(self, comparison, folder):
        (folder / "torn.txt").write_text("half of")
        raise SystemExit(4)

@dataclass(frozen=True, kw_only=True)
class Odd(Report):
    def render(self, comparison, folder):
        return "report.txt"
"""
TEXT = (
    MATRIX.partition("[rows]")[0]
    .replace('control = "ours"', 'control = "plain"\nmetrics = ["macro-f1", "sevens"]')
    .replace("seed = [0, 1]", "seed = [0]")
    .replace("steps = 70", "steps = 1")
    + "[rows]\nplain = { generator = false, augment.linear = false, batch.mix = { originals = 1 } }\n"
)


@pytest.fixture
def folder(tmp_path):
    """Run a matrix whose metric is in a file beside it, and forget the file's module as another process would."""
    (tmp_path / "own_scores.py").write_text(PLUGIN)
    run(tmp_path, f'plugins = ["./own_scores.py"]\n{TEXT}')
    yield RunFolder(path=tmp_path / "run")
    sys.modules.pop("own_scores", None)


def test_a_metric_in_a_file_beside_the_matrix_is_reported_then_and_later(folder):
    now = json.loads((folder.path / "report.json").read_text())
    del sys.modules["own_scores"]
    write_reports(folder.path, ("json",))
    assert json.loads((folder.path / "report.json").read_text()) == now
    assert "sevens" in now["metrics"]


def test_where_the_file_is_gone_the_metric_is_unknown(folder):
    del sys.modules["own_scores"]
    (folder.path.parent / "own_scores.py").unlink()
    assert "sevens" not in known_to(folder).names("metric")
    with pytest.raises(UnknownComponent, match="no metric called 'sevens'; known: accuracy"):
        write_reports(folder.path, ("json",))


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("torn", r"SystemExit: 4 \(.*own_scores.py:\d+\)"),
        ("odd", r"TypeError: render\(\) gives 'report.txt', not the paths of what it has written \(.*own_scores.py:\d+\)"),
    ],
)
def test_a_format_that_fails_keeps_no_other_from_being_written_and_leaves_nothing_behind(folder, name, why):
    (folder.path / "report.json").unlink()
    with pytest.raises(BrokenMeasure, match=f"^report '{name}' fails: {why}; mend it, or leave it out of "):
        write_reports(folder.path, (name, "json", "markdown"))
    assert {path.name for path in folder.path.glob("report.*")} == {"report.json", "report.md"}
    assert not (folder.path / "torn.txt").exists()
    assert not list(folder.path.glob(".draft*"))
