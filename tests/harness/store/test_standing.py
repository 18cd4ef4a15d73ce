"""Where a run stands is read from its folder: finished, half-done, killed, or of another machine."""

import json
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import asdict, replace

import pytest

from augbench.store.processes import this_process
from augbench.store.run_folder import RunFolder
from augbench.store.standing import standing
from augbench.values.errors import MissingFile
from augbench.values.run_errors import BrokenRun
from support.runs import MATRIX, run, session

BROKEN = '\nbroken = { generator = { use = "support.toys:MeanNoise", diverges = true } }\n'
TIME = "2026-01-02T03:04:05+00:00"


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A folder with a run of which two trials have failed."""
    here = tmp_path_factory.mktemp("finished")
    run(here, MATRIX + BROKEN)
    return here / "run"


@pytest.fixture
def folder(finished, tmp_path):
    """A copy of it."""
    import shutil

    return RunFolder(path=shutil.copytree(finished, tmp_path / "run"))


def begin(folder, process, **more):
    folder.journal.append({"type": "run", **asdict(process), "command": "bench run", "engine": "local", "time": TIME})
    for stage in more.get("stages", ()):
        folder.journal.append({"type": "stage", **stage, "status": "started", "attempt": 1, "worker": "worker 1", "time": TIME})


def stages_of(folder, trial):
    return next(one["stages"] for one in folder.about()["trials"] if one["trial"] == trial)


@contextmanager
def forgotten(folder, trial):
    """Take a trial's predictions away, so that it is no longer done."""
    planned = next(one for one in folder.about()["trials"] if one["trial"] == trial)
    folder.predictions(trial, planned["key"]).unlink()
    yield planned["stages"]


def test_trials_are_counted_by_cell_and_failures_by_class(folder):
    found = standing(folder)
    assert {cell.row: cell.trials for cell in found.cells} == {
        "ours": {"done": 2}, "no-mix": {"done": 2}, "plain": {"done": 2}, "broken": {"failed": 2}
    }  # fmt: skip
    assert (found.trials, found.by_class()) == ({"done": 6, "failed": 2}, {"diverged": 2})
    assert [failure.trial for failure in found.failures] == ["dots/broken/s0", "dots/broken/s1"]
    assert found.failures[0].reason.startswith("fit support.toys:MeanNoise to c, seed 0: generator mean-noise diverged")
    assert found.seconds > 0


def test_a_run_that_has_ended_is_not_at_work_though_its_process_lives(folder):
    begun = standing(folder).begun
    assert (begun.host, begun.pid, begun.lives) == (this_process().host, this_process().pid, False)


def test_a_stage_runs_while_the_process_of_its_run_lives(folder):
    with forgotten(folder, "dots/plain/s1") as (prepare, *_, evaluate), folder.locked():
        begin(folder, this_process(), stages=[prepare, evaluate])
        found = standing(folder)
    assert found.at_work
    assert [(one.label, one.worker, one.since) for one in found.running] == [
        ("prepare dots", "worker 1", TIME),
        ("test dots/plain/s1", "worker 1", TIME),
    ]
    assert found.trials == {"done": 5, "failed": 2, "running": 1}


def test_what_has_ended_since_runs_no_more(folder):
    stages = stages_of(folder, "dots/plain/s1")
    with folder.locked():
        begin(folder, this_process(), stages=stages)
        folder.journal.append({"type": "stage", **stages[0], "status": "halted", "attempt": 1, "time": TIME})
        assert {one.key for one in standing(folder).running} == {stage["key"] for stage in stages[1:]}
        begin(folder, this_process())
        assert standing(folder).running == ()


def test_nothing_runs_once_the_process_was_killed(folder):
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    child.kill()
    child.wait()
    with forgotten(folder, "dots/plain/s1") as stages:
        begin(folder, replace(this_process(), pid=child.pid, started="1"), stages=stages)
    found = standing(folder)
    assert (found.begun.lives, found.running, found.trials["pending"]) == (False, (), 1)


def test_of_another_machine_nobody_can_say_whether_it_still_runs(folder):
    begin(folder, replace(this_process(), host="elsewhere"), stages=stages_of(folder, "dots/plain/s1")[:1])
    found = standing(folder)
    assert (found.begun.lives, found.at_work, len(found.running)) == (None, False, 1)
    with folder.locked():
        assert standing(folder).at_work


def test_records_of_other_settings_count_for_nothing(folder):
    document = folder.about()
    for trial in document["trials"]:
        trial["key"] = trial["key"] and "0" * 64
    (folder.path / "run.json").write_text(json.dumps(document))
    assert standing(folder).trials == {"pending": 8}


def test_torn_lines_are_counted_and_passed_over(folder):
    with folder.journal.path.open("a") as file:
        file.write('{"type":"trial","tri')
    assert (standing(folder).torn, standing(folder).trials["done"]) == (1, 6)


def test_a_run_that_has_recorded_nothing_yet_is_all_pending(tmp_path):
    planned = session(tmp_path)
    planned.folder.begin(planned._results("cpu"), {trial.id: trial.stages.key for trial in planned.plan.trials}, planned._asked())
    found = standing(planned.folder)
    assert (found.trials, found.begun, found.latest) == ({"pending": 6}, None, "")


@pytest.mark.parametrize("content", ["", "[]", "{", '{"schema": 3}', '{"schema": 1}', '{"schema": 3, "title": "x", "smoke": false}'])
def test_a_damaged_folder_names_its_file(tmp_path, content):
    (tmp_path / "run.json").write_text(content)
    with pytest.raises(BrokenRun, match=r"cannot read '.*run\.json'"):
        standing(RunFolder(path=tmp_path))


def test_no_run_folder_is_told(tmp_path):
    with pytest.raises(MissingFile, match="no run folder at"):
        standing(RunFolder(path=tmp_path))
