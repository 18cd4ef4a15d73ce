"""What a trial's stages printed, and how their attempts ended, is read from the run's folder."""

import json
import shutil
from dataclasses import asdict, replace

import pytest

from augbench.store.logs import follow, trial_log
from augbench.store.processes import this_process
from augbench.store.run_folder import RunFolder
from augbench.values.run_errors import BrokenRun, UnknownTrial
from support.runs import MATRIX, run

BROKEN = '\nbroken = { generator = { use = "support.toys:MeanNoise", diverges = true } }\n'
TIME = "2026-01-02T03:04:05+00:00"


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    here = tmp_path_factory.mktemp("finished")
    run(here, MATRIX + BROKEN, only=("no-mix", "broken"))
    return here


@pytest.fixture
def folder(finished, tmp_path):
    return RunFolder(path=shutil.copytree(finished / "run", tmp_path / "run"))


def by_kind(found):
    return {log.kind: log for log in found.stages}


def write(folder, stage, text):
    path = folder.log(stage["kind"], stage["key"])
    path.parent.mkdir(exist_ok=True)
    with path.open("ab") as file:
        file.write(text)


def stage_of(folder, trial, kind):
    stages = next(one["stages"] for one in folder.about()["trials"] if one["trial"] == trial)
    return next(stage for stage in stages if stage["kind"] == kind)


def record(folder, stage, status, **more):
    folder.journal.append({"type": "stage", **stage, "status": status, "attempt": 1, "worker": "worker 2", "time": TIME, **more})


def begin(folder, **changes):
    folder.journal.append({"type": "run", **asdict(replace(this_process(), **changes)), "command": "bench run", "time": TIME})


def test_stages_are_told_in_their_order_with_what_they_printed(folder):
    write(folder, stage_of(folder, "dots/no-mix/s0", "train"), "epoch 1\nüber 2\n".encode() + b"\xff")
    found = trial_log(folder, "dots/no-mix/s0")
    assert (found.state, found.reason) == ("done", "")
    assert [log.kind for log in found.stages] == ["prepare", "fit-generator", "synthesise", "train", "evaluate"]
    train = by_kind(found)["train"]
    assert (train.text, train.note, [attempt.status for attempt in train.attempts]) == ("epoch 1\nüber 2\n�", "", ["done"])
    assert by_kind(found)["evaluate"].note == "what it printed went to the terminal of its run"


def test_some_kinds_of_stages_alone(folder):
    assert [log.kind for log in trial_log(folder, "dots/no-mix/s0", ("train", "prepare")).stages] == ["prepare", "train"]


def test_a_failure_is_told_with_its_traceback(folder):
    found = trial_log(folder, "dots/broken/s1")
    assert (found.state, "diverged" in found.reason) == ("failed", True)
    (attempt,) = by_kind(found)["fit-generator"].attempts
    assert (attempt.status, attempt.failure, "Traceback" in attempt.traceback) == ("failed", "diverged", True)
    assert attempt.error == "generator mean-noise diverged: its loss is not a number by step 7; lower fit.lr"
    assert by_kind(found)["train"].note == "has not run here"


def test_what_another_run_has_made_is_reused(finished):
    run(finished, MATRIX + BROKEN, only=("no-mix",), out="second")
    found = trial_log(RunFolder(path=finished / "second"), "dots/no-mix/s0")
    assert {log.note for log in found.stages} == {"reused from the store: another run made it"}


def test_attempts_are_told_one_by_one_and_what_a_kill_ended_is_lost(folder):
    stage = stage_of(folder, "dots/broken/s0", "train")
    begin(folder)
    record(folder, stage, "started")
    record(folder, stage, "failed", seconds=1.5, failure="killed", error="worker 2 is gone", traceback="")
    record(folder, stage, "started")
    begin(folder)
    record(folder, stage, "started")
    with folder.locked():
        statuses = [attempt.status for attempt in by_kind(trial_log(folder, "dots/broken/s0"))["train"].attempts]
        assert statuses == ["failed", "lost", "running"]
        assert by_kind(trial_log(folder, "dots/broken/s0"))["train"].note == "has printed nothing so far"
    assert by_kind(trial_log(folder, "dots/broken/s0"))["train"].attempts[-1].status == "lost"


def test_a_stage_of_a_worker_that_printed_nothing_says_so(folder):
    stage = stage_of(folder, "dots/broken/s0", "train")
    record(folder, stage, "done", seconds=1.0)
    assert by_kind(trial_log(folder, "dots/broken/s0"))["train"].note == "printed nothing"


def test_of_a_very_long_log_the_end_is_shown(folder):
    write(folder, stage_of(folder, "dots/no-mix/s0", "train"), b"x" * (1 << 20) + b"the end")
    train = by_kind(trial_log(folder, "dots/no-mix/s0"))["train"]
    assert (len(train.text), train.text[-7:], train.left_out) == (1 << 20, "the end", 7)


def test_following_reads_on_until_the_trial_has_ended(folder):
    stage = stage_of(folder, "dots/broken/s0", "train")
    begin(folder)
    record(folder, stage, "started")
    write(folder, stage, b"before ")
    told, naps = [], []

    def nap():
        naps.append(len(told))
        if len(naps) == 1:
            write(folder, stage, "gr\u00fc".encode()[:-1])
        if len(naps) == 2:
            write(folder, stage, "ü".encode()[-1:] + b"n")
            record(folder, stage, "done", seconds=1.0)

    with folder.locked():
        told.extend(follow(folder, trial_log(folder, "dots/broken/s0"), nap))
    assert told == [("train dots/broken/s0", "gr"), ("train dots/broken/s0", "ün")]


def test_nobody_at_work_has_nothing_to_follow(folder):
    assert list(follow(folder, trial_log(folder, "dots/no-mix/s0"), lambda: pytest.fail("waited"))) == []


@pytest.mark.parametrize("name", ["dots/no-mx/s0", "", "../x", "[bold]"])
def test_an_unknown_trial_is_told(folder, name):
    with pytest.raises(UnknownTrial, match="no trial called"):
        trial_log(folder, name)


def test_a_damaged_folder_names_its_file(folder):
    document = folder.about()
    (folder.path / "run.json").write_text(json.dumps({"schema": document["schema"], "trials": [1]}))
    with pytest.raises(BrokenRun, match=r"run\.json"):
        trial_log(folder, "dots/ours/s0")
