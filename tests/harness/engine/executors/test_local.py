"""Workers have places: each GPU as many as was asked for, and each worker sees its own GPU only."""

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from augbench.engine.executing import Job, StageOutcome, Workplace
from augbench.engine.executors.local import Local
from augbench.store.opening import open_store
from support.works import WORK, stage

GPUS = ("cuda:0", "cuda:1")


class Deaf:
    def started(self, key, worker): ...

    def progress(self, key, done, total, numbers): ...


def ended(tmp_path, stages, **where) -> list[StageOutcome]:
    """Run stages side by side, and return what became of them."""
    pool = Local().open(Workplace(store=str(tmp_path), watch=Deaf(), work=WORK, **where))
    found: list[StageOutcome] = []
    try:
        for one in stages:
            assert pool.room(Job(stages=(one,)))
            pool.start(Job(stages=(one,)))
        assert not pool.room(Job(stages=(stages[0],)))
        while len(found) < len(stages):
            found += pool.wait(1.0)
    finally:
        pool.stop()
    return found


@pytest.mark.parametrize(("visible", "seen"), [(None, {"0": 2, "1": 2}), ("3,GPU-5f", {"3": 2, "GPU-5f": 2})])
def test_each_gpu_has_its_jobs_and_each_job_sees_one_gpu(tmp_path, monkeypatch, visible, seen):
    if visible:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
    else:
        monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    stages = [stage("device", f"0.{number + 1}") for number in range(4)]
    outcomes = ended(tmp_path, stages, devices=GPUS, jobs=2)
    assert {outcome.status for outcome in outcomes} == {"done"}
    store = open_store(tmp_path)
    assert Counter((store.open(one.key) / "said.txt").read_text() for one in stages) == seen
    assert {store.notes(one.key)["device"] for one in stages} == {"cuda:0"}, "of the GPUs that it sees, its own is the first"
    assert len({outcome.worker for outcome in outcomes}) == 4


def test_without_a_word_a_gpu_has_one_job_and_a_cpu_has_one_for_each_core(tmp_path, monkeypatch):
    monkeypatch.setattr("augbench.engine.executors.local.usable_cpus", lambda: 3)
    for devices, slots in ((GPUS, 2), (("cpu",), 3)):
        assert Local().open(Workplace(store=str(tmp_path), watch=Deaf(), devices=devices)).slots == slots
    assert Local(jobs=5).open(Workplace(store=str(tmp_path), watch=Deaf(), devices=("cpu",))).slots == 5


LEFT_RUNNING = """
import sys, time
from augbench.engine.executing import Job, Workplace
from augbench.engine.executors.local import Local
from support.works import WORK, stage

class Deaf:
    def started(self, key, worker): began.append(key)
    def progress(self, key, done, total, numbers): ...

began = []
pool = Local(jobs=2).open(Workplace(store=sys.argv[1], devices=("cpu",), watch=Deaf(), work=WORK))
pool.start(Job(stages=(stage(sys.argv[2], "0.01"),)))
pool.start(Job(stages=(stage(sys.argv[2], "0.02"),)))
while len(began) < 2:
    pool.wait(0.1)
time.sleep(0.3)
kept_alive = [sys, pool, pool.workers]
sys.modules["kept"] = kept_alive
"""


@pytest.mark.parametrize("what", ["device", "sleep", "spin"], ids=["idle", "asleep", "busy"])
@pytest.mark.slow
def test_a_process_that_forgets_its_workers_still_comes_to_its_end(tmp_path, what):
    code = LEFT_RUNNING.replace('"0.01"', '"600"').replace('"0.02"', '"700"') if what == "sleep" else LEFT_RUNNING
    path = os.pathsep.join([str(Path(__file__).parents[3]), os.environ.get("PYTHONPATH", "")])
    command = [sys.executable, "-c", code, str(tmp_path), what]
    done = subprocess.run(command, env={**os.environ, "PYTHONPATH": path}, timeout=60, check=False, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
