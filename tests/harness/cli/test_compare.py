"""``bench compare`` shows what differs between two runs, and how each row moved."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from augbench.engine.events import Silent
from support.runs import session


def test_a_folder_that_is_no_run_is_one_message(bench, tmp_path: Path):
    done = bench("compare", str(tmp_path), str(tmp_path))
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith(f"no run folder at '{tmp_path}'")


@pytest.mark.slow
def test_two_runs_are_compared_from_their_folders_alone(bench, tmp_path: Path):
    session(tmp_path, only=("ours", "plain")).run(Silent())
    session(tmp_path, out="other", sets=("training.lr=0.001", "axes.seed=[1,2]", "report.alpha=0.01"), skip=("plain",)).run(Silent())
    (tmp_path / "store").rename(tmp_path / "elsewhere")
    first, second = str(tmp_path / "run"), str(tmp_path / "other")

    text = bench("compare", first, second).stdout
    lines = text.splitlines()
    assert lines[:4] == [
        "only in the first run: row plain",
        "only in the second run: row no-mix",
        "seeds: 0, 1 -> 1, 2",
        "report: alpha: 0.05 -> 0.01",
    ]
    rows = [[cell.strip() for cell in line.strip("│").split("│")] for line in lines if line.startswith("│")]
    assert rows[0] == ["training.lr", "0.05", "0.001", "in every cell"]
    assert (rows[1][:2], rows[1][-1]) == (["dots", "ours"], "1 in common")

    document = json.loads(bench("compare", first, second, "--json").stdout)
    assert [one["path"] for one in document["settings"]] == ["training.lr"]
    assert document["metric"] == "macro-f1"

    assert bench("compare", first, first).stdout.startswith("No setting differs in the cells that both runs have.\n")
