"""``bench plan`` says why each stage runs, what is left to do and what the seeds allow to claim."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from support.runs import MATRIX, session


@pytest.fixture
def plan(bench, tmp_path: Path):
    """Return a function that plans the toys' matrix."""

    def planned(*arguments: str, text: str = MATRIX):
        (tmp_path / "dots.toml").write_text(text)
        out = str(tmp_path / "run"), "--store", str(tmp_path / "store")
        return bench("plan", "-m", str(tmp_path / "dots.toml"), "--out", *out, *arguments)

    return planned


def rows(text: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.strip("│").split("│")] for line in text.splitlines() if line.startswith("│")]


def test_before_anything_has_run_the_estimate_is_a_guess(plan):
    text = plan("--jobs", "1").stdout
    assert "Why: nothing is stored yet in " in text
    assert re.search(r"Left to do: \S+ s of work, about \S+ s with 1 job, and \d+ MB to store \(estimated: 17 stages guessed\)\.", text)
    assert "dots: no claim of significance is possible: 2 comparisons at alpha = 0.05 take p <= 0.05 / 2 = 0.025" in text


@pytest.mark.slow
def test_after_a_run_a_plan_tells_what_differs_from_it(plan, tmp_path: Path):
    from augbench.engine.events import Silent

    session(tmp_path).run(Silent())
    assert "Nothing is left to do." in plan().stdout
    assert "Why" not in plan().stdout

    changed = plan("--set", "training.lr=0.01", "--set", "axes.seed=[0,1,2]").stdout
    found = [row[:3] for row in rows(changed) if len(row) == 4]
    assert found == [
        ["fit-generator", "1", "new seed 2"],
        ["synthesise", "1", "new seed 2"],
        ["train", "9", "training.lr: 0.05 -> 0.01"],
        ["evaluate", "9", "follows train"],
    ]
    assert re.search(r"train dots/ours/s0, \d{4}-\d\d-\d\d", changed)
    assert "11 stages alike, 9 scaled by work" in changed

    document = json.loads(plan("--set", "fit.lr=0.2", "--jobs", "3", "--json").stdout)
    assert document["estimate"]["slots"] == 3
    assert set(document["needed"]) == {key for reason in document["reasons"] for key in reason["stages"]}
    assert {reason["kind"]: reason["words"] for reason in document["reasons"]} == {
        "fit-generator": "fit.lr: 0.1 -> 0.2",
        "synthesise": "fit-generator: fit.lr: 0.1 -> 0.2",
        "train": "fit-generator: fit.lr: 0.1 -> 0.2",
        "evaluate": "fit-generator: fit.lr: 0.1 -> 0.2",
    }
    (claim,) = document["attainable"]
    assert (claim["columns"], claim["comparisons"], claim["seeds"], claim["seeds_needed"], claim["possible"]) == (["dots"], 2, 2, 7, False)


@pytest.mark.slow
def test_what_the_run_folder_knows_and_the_store_has_lost_is_gone(plan, tmp_path: Path):
    import shutil

    from augbench.engine.events import Silent

    session(tmp_path).run(Silent())
    shutil.rmtree(tmp_path / "store" / "train")
    shutil.rmtree(tmp_path / "run" / "predictions")
    found = {row[0]: row[2] for row in rows(plan().stdout) if len(row) == 4}
    assert found == {"train": "it was made before, and is gone"}


def test_a_plan_of_no_job_is_a_usage_error(plan):
    assert plan("--jobs", "0").exit_code == 2


def test_a_setting_is_explained_by_lines_of_the_file(plan, tmp_path: Path):
    text = MATRIX + "slow = { training.lr = 0.01 }\n"
    line = text.splitlines().index("lr = 0.05") + 1
    file = tmp_path / "dots.toml"
    assert plan("--explain", "training.lr", text=text).stdout.splitlines() == [
        "training.lr = 0.05  in ours, no-mix and plain",
        f"  by    base       0.05  {file}:{line}:6",
        "training.lr = 0.01  in slow",
        f"  by    rows.slow  0.01  {file}:{len(text.splitlines())}:24",
        f"  hides base       0.05  {file}:{line}:6",
    ]
    assert plan("--explain", "training.select").stdout == "training.select = last  in every cell\n  by    default of augbench  last\n"
    assert not (tmp_path / "store").exists()


def test_an_explanation_is_there_for_scripts(plan, tmp_path: Path):
    (found,) = json.loads(plan("--explain", "training.lr", "--set", "training.lr=0.2", "--only", "ours", "--json").stdout)
    assert (found["path"], found["value"], found["cells"]) == ("training.lr", 0.2, ["dots/ours"])
    assert found["steps"][0] == {"layer": "--set", "value": 0.2, "where": {"file": "--set", "line": 1, "column": 13}}
    assert found["steps"][1]["where"]["file"] == str(tmp_path / "dots.toml")


def test_an_unknown_setting_is_a_usage_error_with_a_suggestion(plan):
    done = plan("--explain", "training.rl")
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith("no row has a setting 'training.rl'; did you mean 'training.lr'?")


def test_cells_are_named_by_what_they_have_in_common():
    from augbench.cli.explain import where

    every = [(row, column) for column in ("a", "b") for row in ("x", "y")]
    assert where(every, every) == "in every cell"
    assert where([("x", "a"), ("x", "b")], every) == "in x"
    assert where([("x", "a"), ("y", "a")], every) == "on a: every row"
    assert where([("x", "a"), ("y", "a"), ("y", "b")], every) == "on a: every row; on b: y"


def test_a_record_that_lacks_its_key_stops_no_plan(plan, tmp_path: Path):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "records.jsonl").write_text('{"type": "stage", "status": "done"}\n')
    assert plan().exit_code == 0
