"""``plan``, ``run`` and ``report``, on toys that train in milliseconds."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from support import light

MATRIX = """
[report]
control = "ours"
formats = ["json"]
[axes]
seed = [0]
[datasets.dots]
use = "support.toys:Dots"
minority = ["c"]
[base]
generator = "support.toys:MeanNoise"
sampler = "support.toys:Supplement"
backbone = "support.toys:Linear"
batch = { size = 8, mix = { generated = 1, linear = 1 } }
bank.size = 6
fit = { lr = 0.1, iterations = 3 }
augment.linear = "support.toys:Blend"
[base.training]
length = { steps = 5 }
optimizer = "support.toys:Descent"
schedule = "support.toys:Flat"
loss = "support.toys:Entropy"
[rows]
ours = {}
plain = { generator = false, augment.linear = false, batch.mix = { originals = 1 } }
"""
BROKEN = 'broken = { generator = { use = "support.toys:MeanNoise", diverges = true } }\n'


@pytest.fixture
def call(bench, tmp_path: Path):
    """Return a function that calls a verb on the toys' matrix, in a folder of its own."""

    def called(verb: str, *arguments: str, matrix: str = MATRIX):
        file = tmp_path / "dots.toml"
        file.write_text(matrix)
        return bench(verb, "-m", str(file), "--out", str(tmp_path / "out"), "--store", str(tmp_path / "store"), *arguments)

    return called


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("│\n").split("│")]


def test_plan_shows_cells_and_shared_stages(call):
    done = call("plan", "--set", "axes.seed=[0, 1]")
    assert done.exit_code == 0, done.stderr
    lines = [cells(line) for line in done.stdout.splitlines() if "│" in line]
    assert lines[0] == ["dots", "ours", "0, 1", "", "", "2", "", ""]
    assert ["prepare", "1", "", "1", "4 trials"] in lines
    assert ["fit-generator", "2", "", "2", "1 trial"] in lines
    assert ["evaluate", "4", "", "4", "1 trial"] in lines


def test_plan_writes_nothing_and_its_json_has_everything(call, tmp_path: Path):
    document = json.loads(call("plan", "--json", "--only", "plain").stdout)
    assert [trial["id"] for trial in document["trials"]] == ["dots/plain/s0"]
    assert {stage["kind"] for stage in document["stages"]} == {"prepare", "train", "evaluate"}
    assert not (tmp_path / "out").exists()
    assert not (tmp_path / "store").exists()


@pytest.mark.slow
def test_run_tells_trials_on_stderr_and_reports_on_stdout(call, tmp_path: Path):
    done = call("run", "--device", "cpu", "--jobs", "2")
    assert done.exit_code == 0, done.stderr
    assert done.stdout == f"{tmp_path / 'out' / 'report.json'}\n"
    lines = done.stderr.splitlines()
    assert lines[0] == "2 trials: 2 to run; 8 stages, 0 stored; 2 side by side"
    line = r"\[\d/2\] dots/ours/s0 done in \d+\.\d s  accuracy [01]\.\d{3}  macro-F1 [01]\.\d{3}"
    assert [text for text in lines if re.fullmatch(line, text)]
    assert re.fullmatch(r"2 trials done; 8 stages run, 0 reused; \d+\.\d s", lines[-1])


def test_the_same_run_again_runs_nothing_and_plan_says_so(call):
    call("run", "--device", "cpu", "--engine", "inline")
    again = call("run", "--device", "cpu", "--engine", "inline", "--json")
    assert again.exit_code == 0
    outcome = json.loads(again.stdout.splitlines()[-1])
    assert (outcome["event"], outcome["done"], outcome["stages_run"], outcome["stages_reused"]) == ("run-finished", 2, 0, 8)
    assert cells(call("plan").stdout.splitlines()[4]) == ["dots", "ours", "0", "", "1", "", "", ""]


def test_a_failed_trial_tells_its_reason_and_makes_the_exit_code_1(call):
    done = call("run", "--device", "cpu", "--engine", "inline", matrix=MATRIX + BROKEN)
    assert done.exit_code == 1
    assert re.search(r"\[\d/3\] dots/broken/s0 failed: .*generator mean-noise diverged", done.stderr)
    assert "2 trials done, 1 failed" in done.stderr
    assert done.stdout.endswith("report.json\n")


def test_report_writes_the_formats_that_are_asked_for(call, bench, tmp_path: Path):
    call("run", "--device", "cpu", "--engine", "inline")
    (tmp_path / "out" / "report.json").unlink()
    done = bench("report", str(tmp_path / "out"), "--format", "json")
    assert (done.exit_code, done.stdout) == (0, f"{tmp_path / 'out' / 'report.json'}\n")
    done = bench("report", str(tmp_path / "out"), "--format", "csv", "--format", "parquet")
    assert done.stdout == f"{tmp_path / 'out' / 'tables'}\n{tmp_path / 'out' / 'results.parquet'}\n"
    unknown = bench("report", str(tmp_path / "out"), "--format", "jsno")
    assert (unknown.exit_code, unknown.stderr) == (2, "no report called 'jsno'; did you mean 'json'?\n")


def test_everything_wrong_in_a_matrix_is_told_at_once(call, tmp_path: Path):
    done = call("run", matrix=MATRIX.replace("bank.size = 6", "bank.size = 0").replace("length =", "lenght ="))
    assert (done.exit_code, done.stdout) == (2, "")
    assert f"{tmp_path / 'dots.toml'}:15:13:" in done.stderr
    assert "did you mean 'length'?" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_environment_names_the_store(bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    file = tmp_path / "dots.toml"
    file.write_text(MATRIX)
    monkeypatch.setenv("AUGBENCH_STORE", str(tmp_path / "elsewhere"))
    done = bench(
        "run",
        "-m",
        str(file),
        "--out",
        str(tmp_path / "out"),
        "--device",
        "cpu",
        "--engine",
        "inline",
        "--only",
        "plain",
        "--set",
        'report.control="plain"',
    )
    assert done.exit_code == 0, done.stderr
    assert (tmp_path / "elsewhere").is_dir()


def test_an_observer_that_there_is_not_stops_the_command_before_anything_runs(bench, tmp_path: Path):
    light.asked(tmp_path)
    done = bench("run", "--matrix", str(tmp_path / "light.toml"), "--out", str(tmp_path / "run"), "--observe", "mlfow")
    assert done.exit_code == 2
    assert "no observer called 'mlfow'" in done.stderr
    assert "did you mean 'mlflow'?" in done.stderr
    assert not (tmp_path / "run").exists()
