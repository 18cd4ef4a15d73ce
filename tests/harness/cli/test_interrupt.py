"""Ctrl-C keeps what runs, says how to go on, and ends with 130; twice ends at once."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from augbench.store.run_folder import RunFolder
from support.runs import MATRIX, run

PATH = os.pathsep.join([str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep)
LONG = MATRIX.replace("length = { steps = 70 }", "length = { steps = 6400 }").replace("seed = [0, 1]", "seed = [0]")


def begin(folder: Path, *more: str) -> subprocess.Popen[str]:
    """Start a run and wait until a classifier is trained."""
    (folder / "dots.toml").write_text(LONG)
    where = ["-m", str(folder / "dots.toml"), "--out", str(folder / "run"), "--store", str(folder / "store"), "--device", "cpu"]
    command = [sys.executable, "-m", "augbench", "run", *where, "--json", *more]
    environment = {**os.environ, "PYTHONPATH": PATH}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
    for line in process.stdout:
        event = json.loads(line)
        if event["event"] == "stage-progress" and 64 < event["done"] < 3000:
            return process
    raise AssertionError(process.stderr.read())


def predictions(folder: Path) -> dict[str, list]:
    return {trial.trial: trial.test.probabilities.tolist() for trial in RunFolder(path=folder / "run").results().trials}


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["local", "inline", "ray"])
def test_ctrl_c_keeps_what_runs_and_the_same_command_goes_on(tmp_path, engine):
    process = begin(tmp_path, "--engine", engine)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert "interrupted; what is finished is kept, and the same command continues:\n  bench run " in err
    assert "Traceback" not in err
    told = [event["text"] for event in map(json.loads, out.splitlines()) if event["event"] == "message"]
    assert "stopping: what runs ends or keeps its state; the same again stops at once" in told
    assert list((tmp_path / "store" / "checkpoints").iterdir()), "a training keeps its state"

    outcome, _ = run(tmp_path, LONG)
    assert (outcome.done, outcome.failed) == (3, 0)
    (tmp_path / "whole").mkdir()
    run(tmp_path / "whole", LONG)
    assert predictions(tmp_path) == predictions(tmp_path / "whole")


@pytest.mark.slow
def test_ctrl_c_twice_ends_at_once_and_leaves_no_process(tmp_path):
    process = begin(tmp_path)
    process.send_signal(signal.SIGINT)
    time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    started = time.monotonic()
    # Workers hold the other ends of the pipes, too: this waits for all of them.
    process.communicate(timeout=30)
    assert process.returncode == 130
    assert time.monotonic() - started < 15
