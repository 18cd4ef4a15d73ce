"""What a stage costs beside its work: a worker that is there, a new one after a crash, and what imports alone would take."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from multiprocessing import forkserver
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from augbench.engine.executing import Executor, Job, Workplace
from augbench.engine.executors.local import Local
from augbench.plan.tasks import Stage
from augbench.store.opening import open_store
from support.works import WORK, stage

pytestmark = pytest.mark.slow
STAGES, CRASHES, IMPORTS = 60, 20, 3
MOST = 0.1
"""Seconds that a stage may cost on a machine that does nothing else."""
SHARE = 0.1
"""Of importing torch: what other work slows down, it slows for both."""


class Site:
    """One worker that has torch at hand, and what its stages take."""

    def __init__(self, executor: Executor, folder: Path) -> None:
        store = open_store(folder / "store").location
        preload = ("augbench.stages.run", "support.works")
        workplace = Workplace(store=store, devices=("cpu",), watch=self, work=WORK, jobs=1, preload=preload, modules=preload)
        self.pool = executor.open(workplace)

    def started(self, key: str, worker: str) -> None: ...

    def progress(self, *told: Any) -> None: ...

    def run(self, one: Stage) -> str:
        self.pool.start(Job(stages=(one,)))
        while not (outcomes := self.pool.wait(60)):
            pass
        return outcomes[0].status

    def warm(self) -> float:
        """Return the seconds of a stage that leaves a word in the store."""
        assert self.run(stage("write", "first")) == "done"
        began = time.perf_counter()
        assert [self.run(stage("write", number)) for number in range(STAGES)] == ["done"] * STAGES
        return (time.perf_counter() - began) / STAGES

    def crashed(self) -> float:
        """Return the seconds from the start of a stage that kills its worker to the end of the next, in a new one."""
        taken = []
        for number in range(CRASHES):
            began = time.perf_counter()
            assert [self.run(stage("kill", number)), self.run(stage("write", f"after {number}"))] == ["failed", "done"]
            taken.append(time.perf_counter() - began)
        return median(taken)


@pytest.fixture
def fresh_fork_server() -> Iterator[None]:
    """Let the server that forks workers be started anew: another test may have started one without torch."""
    forkserver._forkserver._stop()
    yield
    forkserver._forkserver._stop()


@pytest.fixture(scope="module")
def imports() -> float:
    """Return the seconds of a process that imports torch: what each stage would cost in one of its own."""
    taken = []
    for _ in range(IMPORTS):
        began = time.perf_counter()
        subprocess.run([sys.executable, "-c", "import torch"], check=True)
        taken.append(time.perf_counter() - began)
    return median(taken)


@pytest.mark.parametrize("name", ["local", "ray"])
def test_a_stage_costs_less_than_a_tenth_of_a_second(name, tmp_path, imports, fresh_fork_server, capsys):
    if name == "ray":
        pytest.importorskip("ray")
        from augbench.engine.executors.ray import Ray

        site = Site(Ray(), tmp_path)
    else:
        site = Site(Local(), tmp_path)
    try:
        warm, crashed = site.warm(), site.crashed()
    finally:
        site.pool.stop()
    with capsys.disabled():
        print(f"\n{name}: {warm * 1e3:.0f} ms a stage, {crashed * 1e3:.0f} ms with a crash before it; importing torch {imports:.1f} s")
    assert min(warm / MOST, warm / imports / SHARE) < 1
    assert min(crashed / MOST, crashed / imports / SHARE) < 1
