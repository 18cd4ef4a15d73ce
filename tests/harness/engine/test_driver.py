"""What the machine does to a stage is tried again, what the method does is not; runs share a store and lose nothing."""

import os
import re
import shutil
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path

import pytest

from augbench.engine import driver
from augbench.engine.events import Silent
from augbench.engine.session import open_session
from augbench.store.opening import open_store
from augbench.store.run_folder import RunFolder
from augbench.values.errors import DiskFull
from augbench.values.run_errors import RunInUse
from support import light
from support.left import artefacts, results

pytestmark = pytest.mark.slow
PATH = os.pathsep.join([str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep)


def doing(what: str) -> str:
    """Return the matrix with one more row whose generators go wrong."""
    return light.MATRIX + f'broken = {{ generator = {{ use = "support.light:Nothing", does = "{what}" }} }}\n'


def stages(folder: Path, **wanted: object) -> list[dict]:
    return [record for record in light.records(folder) if record["type"] == "stage" and wanted.items() <= record.items()]


def failures(folder: Path) -> dict[str, str]:
    return {trial.trial: trial.failure_class for trial in RunFolder(path=folder / "run").results().trials if trial.status == "failed"}


class Watcher(Silent):
    """Remembers messages and what ended."""

    def __init__(self) -> None:
        self.messages: list[str] = []
        self.ended: list[str] = []
        self.forecasts: list[float] = []

    def message(self, text: str) -> None:
        self.messages.append(text)

    def stage_finished(self, stage, outcome) -> None:
        self.ended.append(outcome.status)

    def forecast(self, seconds: float) -> None:
        self.forecasts.append(seconds)


@pytest.mark.parametrize(("timeout", "told"), [(None, True), (60.0, False)])
def test_a_stage_that_says_nothing_for_long_is_told_of_unless_a_time_limit_will_end_it(tmp_path, monkeypatch, timeout, told):
    monkeypatch.setattr(driver, "_SILENCE", -1.0)
    watcher = Watcher()
    light.run(tmp_path, watcher, timeout=timeout)
    ends = "if it hangs, stop the run and go on with --timeout TIME, which ends such stages"
    assert any(message.endswith(ends) for message in watcher.messages) == told


def test_a_killed_worker_costs_one_attempt_of_one_stage(tmp_path):
    watcher = Watcher()
    outcome = light.run(tmp_path, watcher, matrix=doing("die once"))
    assert (outcome.done, outcome.failed) == (8, 0)
    lost = stages(tmp_path, status="failed")
    assert len(lost) == 4
    assert {(record["attempt"], record["failure"], record["again"]) for record in lost} == {(1, "killed", True)}
    assert [message for message in watcher.messages if "was killed (SIGKILL), as the system does when memory runs out" in message]


def test_attempts_come_to_an_end(tmp_path):
    outcome = light.run(tmp_path, matrix=doing("die"), retries=1)
    assert (outcome.done, outcome.failed) == (6, 2)
    assert failures(tmp_path) == {"dots/broken/s0": "killed", "dots/broken/s1": "killed"}
    attempts = Counter(record["key"] for record in stages(tmp_path, status="failed"))
    assert set(attempts.values()) == {2}


def test_a_worker_that_dies_between_its_artefact_and_its_word_has_done_its_work(tmp_path):
    outcome = light.run(tmp_path, matrix=doing("die late"), retries=0)
    assert (outcome.done, outcome.failed) == (8, 0)
    assert {record["attempt"] for record in stages(tmp_path, status="failed")} == {1}


def test_an_error_that_would_come_again_is_not_tried_again(tmp_path):
    outcome = light.run(tmp_path, matrix=doing("raise"))
    assert (outcome.done, outcome.failed) == (6, 2)
    assert {record["attempt"] for record in stages(tmp_path, status="failed")} == {1}
    assert set(failures(tmp_path).values()) == {"error"}


def test_a_stage_that_hangs_is_ended_and_the_others_go_on(tmp_path):
    engine = '{ use = "local", grace = 0.1 }'
    outcome = light.run(tmp_path, matrix=doing("hang"), engine=engine, timeout=2.0)
    assert (outcome.done, outcome.failed) == (6, 2)
    assert set(failures(tmp_path).values()) == {"timeout"}
    reasons = [trial.reason for trial in RunFolder(path=tmp_path / "run").results().trials if trial.status == "failed"]
    assert re.search(r"it took longer than the 2 s that a stage may take( \(.+:\d+\))?; raise --timeout, or make it smaller", reasons[0])


@pytest.mark.parametrize("engine", ["local", "inline"])
def test_after_too_many_failures_nothing_new_begins(tmp_path, engine):
    # Broken fits come first in the plan of a matrix whose only rows are these.
    matrix = doing("raise").replace("ours = {}\nslow = { training.lr = 0.01 }\n", "")
    outcome = light.run(tmp_path, matrix=matrix, engine=engine, jobs=1, max_failures=1)
    assert (outcome.failed, outcome.done + outcome.pending) == (1, 3)
    assert outcome.pending >= 1
    assert light.run(tmp_path, matrix=matrix, engine=engine, jobs=1).pending == 0


def test_a_full_disk_in_a_worker_ends_the_run_with_one_message(tmp_path):
    with pytest.raises(DiskFull, match="free some space and run the same command again"):
        light.run(tmp_path, matrix=doing("full"))
    assert light.run(tmp_path).done == 6


def test_how_many_workers_there_are_changes_no_byte(tmp_path):
    found = []
    for name, how in {"one": {"jobs": 1}, "three": {"jobs": 3}, "inline": {"engine": "inline"}}.items():
        light.run(tmp_path / name, **how)
        found.append((artefacts(tmp_path / name), results(tmp_path / name)))
    assert found[0] == found[1] == found[2]


def test_two_runs_on_one_store_share_the_work(tmp_path):
    outs = ("first", "second")
    light.asked(tmp_path)
    environment = {**os.environ, "PYTHONPATH": PATH, "LIGHT_STEP": "0.05"}
    runs = [subprocess.Popen([sys.executable, "-m", "support.light", str(tmp_path), out], env=environment) for out in outs]
    assert [run.wait(120) for run in runs] == [0, 0]
    made = [
        {record["key"] for record in light.records(tmp_path, out) if record["type"] == "stage" and record["status"] == "done"}
        for out in outs
    ]
    assert made[0] | made[1] == open_store(tmp_path / "store").keys()
    assert not made[0] & made[1], "no stage is made twice"
    assert made[0]
    assert made[1], "either run makes some of them"
    for out in outs:
        assert {trial.status for trial in RunFolder(path=tmp_path / out).results().trials} == {"done"}


def test_a_stage_that_a_dead_run_began_is_taken_over_at_once(tmp_path):
    light.asked(tmp_path)
    code = (
        "import sys, os, signal; from pathlib import Path; from support import light; from augbench.engine.session import open_session;"
        "session = open_session(light.asked(Path(sys.argv[1]))); leases = session.store.leases();"
        "[leases.acquire(planned.key) for planned in session.plan.stages]; os.kill(os.getpid(), signal.SIGKILL)"
    )
    dead = subprocess.run([sys.executable, "-c", code, str(tmp_path)], env={**os.environ, "PYTHONPATH": PATH}, check=False)
    assert dead.returncode == -9
    assert len(list((tmp_path / "store" / "leases").iterdir())) == 21
    outcome = light.run(tmp_path)
    assert (outcome.done, outcome.stages_run) == (6, 21)
    # Signs of life would have been waited for half a minute.
    assert outcome.seconds < 25


def flip(folder: Path, kind: str) -> int:
    """Change one bit of a file of every artefact of a kind; return how many there are."""
    artefacts = list((folder / "store" / kind).iterdir())
    for artefact in artefacts:
        path = next(path for path in sorted(artefact.iterdir()) if path.name != "manifest.json")
        path.write_bytes(bytes([path.read_bytes()[0] ^ 1]) + path.read_bytes()[1:])
    return len(artefacts)


@pytest.mark.parametrize("kind", ["prepare", "synthesise", "evaluate"])
def test_a_changed_bit_is_found_where_an_artefact_is_read_and_the_artefact_made_anew(tmp_path, kind):
    light.run(tmp_path, engine="inline")
    before = artefacts(tmp_path), results(tmp_path)
    damaged = flip(tmp_path, kind)
    # What reads it is to be made anew as well, and so reads it again.
    chain = ["fit-generator", "synthesise", "train", "evaluate"]
    for gone in ["run", *(f"store/{reader}" for reader in chain[chain.index(kind) + 1 if kind in chain else 2 :])]:
        shutil.rmtree(tmp_path / gone)
    watcher = Watcher()
    assert light.run(tmp_path, watcher, engine="inline").done == 6
    assert len([message for message in watcher.messages if "is damaged" in message]) == damaged
    assert (artefacts(tmp_path), results(tmp_path)) == before


def test_an_input_that_goes_bad_again_and_again_fails_what_reads_it(tmp_path):
    class Rot(Silent):
        def stage_finished(self, stage, outcome) -> None:
            if stage.kind == "prepare":
                flip(tmp_path, "prepare")

    outcome = light.run(tmp_path, Rot(), engine="inline", retries=1)
    assert (outcome.done, outcome.failed) == (0, 6)
    assert set(failures(tmp_path).values()) == {"disk"}


def test_a_trial_is_recorded_without_the_artefacts_that_its_own_stages_have_read(tmp_path):
    light.run(tmp_path, engine="inline")
    for gone in ("run", "store/fit-generator", "store/synthesise"):
        shutil.rmtree(tmp_path / gone)
    assert (light.run(tmp_path, engine="inline").done, light.run(tmp_path).stages_run) == (6, 0)
    costs = {trial.row: set(trial.cost) for trial in RunFolder(path=tmp_path / "run").results().trials}
    assert costs == {"plain": {"seconds", "shared-seconds"}, "ours": {"seconds"}, "slow": {"seconds"}}


def test_two_runs_do_not_write_one_folder(tmp_path):
    began, go = threading.Event(), threading.Event()

    class Slow(Silent):
        def run_started(self, plan, slots) -> None:
            began.set()
            go.wait(30)

    first = threading.Thread(target=light.run, args=(tmp_path, Slow()), kwargs={"engine": "inline"})
    first.start()
    began.wait(30)
    with pytest.raises(RunInUse, match=rf"another 'bench run' writes to '.*run' \(process {os.getpid()} on .*, since .*\); wait for it"):
        light.run(tmp_path)
    go.set()
    first.join()


def test_a_finished_run_renders_nothing_until_something_changes(tmp_path):
    light.run(tmp_path)
    report = tmp_path / "run" / "report.json"
    before = report.stat().st_mtime_ns
    assert light.run(tmp_path).reports == (report,)
    assert report.stat().st_mtime_ns == before
    light.run(tmp_path, matrix=light.MATRIX.replace("ours = {}", 'ours = { label = "Ours" }'))
    assert report.stat().st_mtime_ns > before
    assert '"Ours"' in report.read_text()
    report.unlink()
    assert light.run(tmp_path).reports == (report,)
    assert report.is_file()


def test_one_trial_can_be_run_alone(tmp_path):
    request = light.asked(tmp_path)
    outcome = open_session(request.__class__(**{**vars(request), "trials": ("dots/plain/s1",)})).run(Silent())
    assert (outcome.done, outcome.pending) == (1, 5)
    assert [trial.trial for trial in RunFolder(path=tmp_path / "run").results().trials if trial.status == "done"] == ["dots/plain/s1"]


def test_the_time_left_is_told_and_falls(tmp_path):
    watcher = Watcher()
    light.run(tmp_path, watcher)
    assert watcher.forecasts
    assert min(watcher.forecasts) >= 0
