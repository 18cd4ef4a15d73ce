"""A notebook runs a matrix in three lines and reads its numbers as data frames."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pandas as pd
import pytest

import augbench
from augbench.values.errors import ConfigError, MissingFile
from support.runs import MATRIX
from support.toys import Blend

ROOT = Path(__file__).parents[2]
MORE = {"mine": {"augment": {"linear": Blend(low=0.4)}}}


def matrix() -> dict:
    table = tomllib.loads(MATRIX)
    return {**table, "rows": {**table["rows"], **MORE}}


@pytest.fixture(scope="module")
def study(tmp_path_factory) -> augbench.Study:
    where = tmp_path_factory.mktemp("study")
    return augbench.run(
        matrix(), out=where / "run", store=where / "store", device="cpu", engine="inline", only=["mine", "ours"], quiet=True
    )


def test_a_table_that_holds_a_component_runs(study):
    scores = study["scores"]
    assert set(scores["row"]) == {"ours", "mine"}
    assert set(scores["seed"]) == {0, 1}


def test_frames_have_typed_columns(study):
    assert isinstance(study["comparisons"], pd.DataFrame)
    assert {name: str(study["scores"][name].dtype) for name in ("seed", "value")} == {"seed": "int64", "value": "float64"}
    assert {"summary", "comparisons", "classes", "costs", "flags", "results"} <= set(study)
    assert len(study) == len(list(study))


def test_the_frames_are_those_of_the_comparison(study):
    (column,) = study.comparison.columns
    means = {row.name: row.scores["macro-f1"].mean for row in column.rows}
    frame = study["summary"].query("metric == 'macro-f1'").set_index("row")
    assert means == {row: pytest.approx(value) for row, value in frame["mean"].items()}


def test_a_study_says_first_what_can_be_claimed(study):
    (column,) = study.comparison.columns
    assert f"{column.label}: {column.claim.headline}" in repr(study)
    assert f"<b>{column.claim.headline}</b>" in study._repr_html_()


def test_the_page_is_a_file(study):
    assert study.report.read_text().startswith("<!doctype html>")


def test_a_run_of_before_is_read_by_its_folder(study):
    assert augbench.Study(study.folder)["scores"].equals(study["scores"])


def test_a_folder_without_a_run_is_told(tmp_path):
    with pytest.raises(MissingFile, match="no run folder at"):
        augbench.Study(tmp_path)["scores"]


def test_what_is_wrong_in_a_table_is_told_with_its_line(tmp_path):
    with pytest.raises(ConfigError, match=r"^matrix:6:40: no augmenter called 'mixupp'"):
        augbench.run({**matrix(), "rows": {"ours": {"augment": {"linear": "mixupp"}}}}, out=tmp_path, store=tmp_path / "store")


THEIRS = """
from dataclasses import dataclass
from support.toys import Blend

@dataclass(frozen=True, kw_only=True)
class {name}(Blend):
    def apply(self, sources, draw):
        return super().apply(sources.flip(-1), draw)
"""
SCRIPT = """
import augbench
rows = {{"mine": {{"augment": {{"linear": {name}(low=0.3)}}}}}}
study = augbench.run({{"extends": "dots.toml", "rows": rows}}, store="store", out="run", device="cpu", jobs=2)
print(sorted(set(study["scores"]["row"])))
"""


@pytest.fixture
def beside(tmp_path) -> Path:
    """Return a folder with a matrix file, and a plugin file beside it."""
    (tmp_path / "dots.toml").write_text(MATRIX)
    (tmp_path / "theirs.py").write_text(THEIRS.format(name="Mine"))
    return tmp_path


def scripted(folder: Path, code: str) -> subprocess.CompletedProcess[str]:
    """Run code as a script of a folder, to its good end."""
    (folder / "script.py").write_text(code)
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    ran = subprocess.run([sys.executable, "script.py"], cwd=folder, capture_output=True, text=True, check=False, env=environment)
    assert ran.returncode == 0, ran.stderr
    return ran


@pytest.mark.slow
@pytest.mark.parametrize("start", [THEIRS.format(name="Mine"), "from theirs import Mine"], ids=["its own class", "a file beside it"])
def test_a_script_runs_its_own_class_and_that_of_a_file_beside_it(beside, start):
    ran = scripted(beside, start + SCRIPT.format(name="Mine"))
    assert ran.stdout == "['mine', 'no-mix', 'ours', 'plain']\n"
    assert "8 trials done" in ran.stderr


EDITED = """
import importlib, pathlib
import augbench, theirs

def go(out, store):
    rows = {"mine": {"augment": {"linear": theirs.Mine(low=0.3)}}}
    augbench.run({"extends": "dots.toml", "rows": rows}, only=["mine"], store=store, out=out, device="cpu", jobs=1, quiet=True)

go("before", "store")
file = pathlib.Path("theirs.py")
file.write_text(file.read_text().replace("sources.flip(-1)", "sources * 0.25"))
try:
    go("mixed", "store")
except augbench.AugbenchError as error:
    print(error)
importlib.reload(theirs)
go("after", "store")
go("anew", "other")
"""


def predictions(run: Path) -> list[bytes]:
    return [path.read_bytes() for path in sorted((run / "predictions").rglob("*.parquet"))]


@pytest.mark.slow
def test_a_file_that_is_edited_between_two_runs_of_a_notebook_never_gives_the_results_of_the_old_code(beside):
    ran = scripted(beside, EDITED)
    assert ran.stdout.startswith("module 'theirs' has changed since Python imported it; start Python anew, or importlib.reload it")
    before, after, anew = (predictions(beside / name) for name in ("before", "after", "anew"))
    assert after == anew
    assert after != before
    assert len(after) == 2


@pytest.mark.slow
def test_the_page_s_own_code_runs(tmp_path):
    text = (ROOT / "docs" / "notebooks.md").read_text()
    blocks = [block.partition("```")[0] for block in text.split("```python\n")[1:]]
    small = {"training.length": {"steps": 4}, "fit.iterations": 2, "fit.pre-augment": 0, "bank.size": 8, "axes.seed": [0]}
    start = f"import functools, augbench\naugbench.run = functools.partial(augbench.run, device='cpu', store='store')\nsmall = {small}\n"
    code = start + "".join(blocks)
    for old, new in (
        ('only=["ours"', 'sets=small, only=["ours"'),
        ('"training.lr": 0.01}', '"training.lr": 0.01, **small}, only=["narrow"]'),
        ("MyMix()}}}})", 'MyMix()}}}}, sets=small, only=["mine"])\nprint(set(study["scores"]["row"]))'),
    ):
        assert old in code
        code = code.replace(old, new)
    (tmp_path / "ablation.toml").write_text((ROOT / "ablation.toml").read_text())
    assert scripted(tmp_path, code).stdout == "{'mine'}\n"
