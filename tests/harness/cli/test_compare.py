"""``bench compare`` shows what differs between two runs, and how each row moved."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from augbench.engine.events import Silent
from support.runs import session
from support.written import results, write


def test_a_folder_that_is_no_run_is_one_message(bench, tmp_path: Path):
    done = bench("compare", str(tmp_path), str(tmp_path))
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith(f"no run folder at '{tmp_path}'")


@pytest.fixture
def runs(tmp_path: Path) -> tuple[str, str]:
    """Return a run of four rows and one where a row is worse, one has no result and one is gone."""
    write(tmp_path / "a", results({"plain": 1, "ours": 1, "mixed": 2, "wide[lr=1]": 0}, (0, 1)))
    write(tmp_path / "b", results({"plain": 1, "ours": 3, "mixed": None}, (0, 1)))
    return str(tmp_path / "a"), str(tmp_path / "b")


def test_rows_that_got_worse_or_were_lost_are_named_and_exit_with_1(bench, runs):
    done = bench("compare", *runs, "--tolerance", "0.05")
    assert done.exit_code == 1
    assert done.stdout.splitlines()[-4:] == [
        "Worse than in the first run by more than the tolerance of 0.05, or lost:",
        "  cells/ours: accuracy is 0.200 lower over 2 common seeds",
        "  cells/mixed: lost: it has no result in the second run; its accuracy was 0.800",
        "  cells/wide[lr=1]: lost: it is no part of the second run; its accuracy was 1.000",
    ]


def test_within_the_tolerance_is_told_too_and_all_is_well(bench, tmp_path: Path):
    first, second = (str(write(tmp_path / name, results({"plain": 0, "ours": wrong})).path) for name, wrong in (("a", 0), ("b", 1)))
    done = bench("compare", first, second, "--tolerance", "0.1")
    assert (done.exit_code, done.stdout.splitlines()[-1]) == (0, "No row is worse than in the first run by more than the tolerance of 0.1.")
    assert bench("compare", first, second, "--tolerance", "0.09").exit_code == 1


def test_without_a_tolerance_nothing_is_judged(bench, runs):
    done = bench("compare", *runs)
    assert (done.exit_code, "orse" in done.stdout, "lost" in done.stdout) == (0, False, False)


def test_the_first_run_may_say_the_tolerance(bench, tmp_path: Path):
    first, second = (
        str(write(tmp_path / name, results({"plain": wrong}, tolerance=limit)).path)
        for name, wrong, limit in (("a", 0, 0.02), ("b", 1, 0.5))
    )
    done = bench("compare", first, second)
    assert (done.exit_code, done.stdout.splitlines()[-1]) == (1, "  cells/plain: accuracy is 0.100 lower over 1 common seed")
    assert bench("compare", first, second, "--tolerance", "0.2").exit_code == 0
    assert bench("compare", second, first).exit_code == 0


def test_json_holds_what_got_worse_and_exits_alike(bench, runs):
    done = bench("compare", *runs, "--tolerance", "0.05", "--json")
    document = json.loads(done.stdout)
    assert (done.exit_code, document["tolerance"]) == (1, 0.05)
    assert [(one["row"], one["kind"]) for one in document["regressions"]] == [("ours", "worse"), ("mixed", "lost"), ("wide[lr=1]", "lost")]


def test_a_first_run_without_results_judges_nothing_and_says_so(bench, tmp_path: Path):
    empty, full = (str(write(tmp_path / name, results({"plain": wrong})).path) for name, wrong in (("a", None), ("b", 0)))
    done = bench("compare", empty, full, "--tolerance", "0")
    assert (done.exit_code, done.stdout.splitlines()[-1]) == (0, "No row has a result in the first run: nothing can be judged.")


@pytest.mark.parametrize("value", ["-0.1", "nan", "inf"])
def test_what_is_no_tolerance_is_a_usage_error(bench, runs, value):
    done = bench("compare", *runs, "--tolerance", value)
    assert done.exit_code == 2
    assert "is no tolerance; write a number of 0 or above" in done.stderr


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
