"""``bench logs`` shows attempts, tracebacks and what was printed, as they are."""

import json

import pytest

from augbench.store.run_folder import RunFolder
from support.runs import MATRIX, run

BROKEN = '\nbroken = { generator = { use = "support.toys:MeanNoise", diverges = true } }\n'


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    here = tmp_path_factory.mktemp("run")
    run(here, MATRIX + BROKEN, only=("plain", "broken"))
    stages = RunFolder(path=here / "run").about()["trials"][0]["stages"]
    path = RunFolder(path=here / "run").log("train", stages[1]["key"])
    path.parent.mkdir()
    path.write_text("step 1\n[bold]not markup[/bold]\n")
    return here / "run"


def test_a_trial_is_told_stage_by_stage(bench, folder):
    done = bench("logs", str(folder), "dots/plain/s0")
    assert done.exit_code == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[:3] == ["dots/plain/s0: done", "", "--- prepare dots (prepare)"]
    assert lines[3].startswith("attempt 1 done after 0.")
    assert lines[6] == "--- train dots/plain/s0 (train)"
    assert lines[8:10] == ["step 1", "[bold]not markup[/bold]"]


def test_a_failure_comes_with_its_traceback(bench, folder):
    text = bench("logs", str(folder), "dots/broken/s0", "--stage", "fit-generator").stdout
    assert "attempt 1 failed (diverged) after " in text
    assert "  Traceback (most recent call last):\n" in text
    assert "prepare" not in text.splitlines()[2]


def test_json_has_everything_and_follow_ends_with_the_run(bench, folder):
    document = json.loads(bench("logs", str(folder), "dots/plain/s0", "--json").stdout)
    assert [stage["kind"] for stage in document["stages"]] == ["prepare", "train", "evaluate"]
    assert document["stages"][1]["text"].startswith("step 1\n")
    assert json.loads(bench("logs", str(folder), "dots/plain/s0", "--json", "--follow").stdout) == document


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("dots/plane/s0",), "no trial called 'dots/plane/s0'; did you mean 'dots/plain/s0'?"),
        (("dots/plain/s0", "--stage", "trane"), "no kind of stage"),
    ],
)
def test_what_there_is_not_is_told(bench, folder, arguments, message):
    done = bench("logs", str(folder), *arguments)
    assert (done.exit_code, done.stdout) == (2, "")
    assert message in done.stderr
