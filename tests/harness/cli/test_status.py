"""``bench status`` fits one screen, and follows a run to its end."""

import json
from dataclasses import asdict, replace

import pytest

from augbench.cli import status
from augbench.store.processes import this_process
from augbench.store.run_folder import RunFolder
from support.runs import MATRIX, run, session

BROKEN = '\n"odd[1]" = { generator = { use = "support.toys:MeanNoise", diverges = true } }\n'.replace('"odd[1]"', "odd")


@pytest.fixture
def folder(tmp_path):
    run(tmp_path, MATRIX + BROKEN, only=("plain", "odd"))
    return tmp_path / "run"


def test_one_screen_tells_what_is_done_what_failed_and_how_to_go_on(bench, folder, tmp_path):
    lines = bench("status", str(folder)).stdout.splitlines()
    assert lines[:2] == [f"Dots: {folder}", "4 trials: 2 done, 2 failed"]
    assert [cell.strip() for cell in lines[6].strip("│").split("│")] == ["dots", "odd", "", "2", "", "", ""]
    assert lines[8].startswith("Nobody is at work on it; the last one was process ")
    assert lines[9] == "Failed: 2 diverged; 'bench logs' tells more of each:"
    assert lines[10].startswith("  dots/odd/s0 (diverged): fit support.toys:MeanNoise to c, seed 0: generator mean-noise diverged")
    assert lines[-2].startswith(f"To go on: bench run --matrix {tmp_path}/dots.toml --out {folder} --only plain --only odd --device cpu")
    assert lines[-1] == f"To try again what failed: bench retry {folder}"


def test_json_has_everything(bench, folder):
    document = json.loads(bench("status", str(folder), "--json").stdout)
    assert (document["trials"], document["failures-by-class"], document["at-work"]) == ({"done": 2, "failed": 2}, {"diverged": 2}, False)
    assert document["continue"][1] == f"bench retry {folder}"


def test_a_finished_run_offers_nothing_to_do(bench, tmp_path):
    run(tmp_path, only=("plain",))
    done = bench("status", str(tmp_path / "run"), "--watch")
    assert (done.exit_code, "bench" in done.stdout) == (0, False)


def test_watch_looks_until_the_run_has_ended(bench, folder, monkeypatch):
    there = RunFolder(path=folder)
    stage = there.about()["trials"][0]["stages"][0]
    seen = []

    def sleep(seconds):
        seen.append(seconds)
        if len(seen) == 3:
            lock.__exit__(None, None, None)

    monkeypatch.setattr(status.time, "sleep", sleep)
    lock = there.locked()
    lock.__enter__()
    now = "2026-01-02T03:04:05+00:00"
    there.journal.append({"type": "run", **asdict(this_process()), "command": "bench run", "time": now})
    there.journal.append({"type": "stage", **stage, "status": "started", "attempt": 2, "worker": "worker 3", "time": now})
    done = bench("status", str(folder), "--watch")
    assert seen == [2.0] * 3
    assert done.stdout.count("Dots: ") == 2, "what has not changed is not printed again"
    assert f"At work: process {this_process().pid} on {this_process().host}, since " in done.stdout
    assert "  worker 3: prepare dots, for " in done.stdout
    assert ", attempt 2\n" in done.stdout


def test_a_large_matrix_still_fits_a_screen(bench, tmp_path):
    rows = "\n".join(f"more-{number} = {{}}" for number in range(100))
    planned = session(tmp_path, MATRIX + rows)
    results = replace(planned._results("cpu"), smoke=True)
    planned.folder.begin(results, {trial.id: trial.stages.key for trial in planned.plan.trials}, planned._asked())
    lines = bench("status", str(planned.folder.path)).stdout.splitlines()
    assert len(lines) < 45
    assert lines[0].startswith("Dots (smoke run): ")
    assert any("73 more" in line and "146" in line for line in lines)


@pytest.mark.parametrize(("make", "message"), [(None, "no run folder at"), ("file", "no run folder at"), ("folder", "no run folder at")])
def test_what_is_no_run_is_told(bench, tmp_path, make, message):
    place = tmp_path / "x"
    if make:
        place.touch() if make == "file" else place.mkdir()
    done = bench("status", str(place))
    assert (done.exit_code, done.stdout) == (2, "")
    assert message in done.stderr
