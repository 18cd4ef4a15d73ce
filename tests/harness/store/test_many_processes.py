"""Several processes on one store: each artefact is made once, and none is lost or half there, whoever is killed when."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from augbench.store.local import LocalStore
from augbench.store.records import Journal
from support.stores import put

WORK = """
import sys
from pathlib import Path
from augbench.store.opening import open_store
from augbench.store.records import Journal
from support.stores import put

store, journal, name, count = open_store(sys.argv[1]), Journal(path=Path(sys.argv[2])), sys.argv[3], int(sys.argv[4])
leases = store.leases(beat=1)
missing = [f"{number:064x}" for number in range(count)]
while missing:
    for key in missing:
        if key in store:
            continue
        if leases.acquire(key):
            if key not in store:
                put(store, key, f"{key}\\n" * 50)
                journal.append({"made": key, "by": name})
            leases.release(key)
    there = store.keys()
    missing = [key for key in missing if key not in there]
leases.close()
"""


def workers(folder: Path, names: str, count: int) -> list[subprocess.Popen[bytes]]:
    """Start a process for each letter; each goes on until all artefacts are there."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", WORK, str(folder / "store"), str(folder / "records.jsonl")]
    return [subprocess.Popen([*command, name, str(count)], env=environment) for name in names]


def check(folder: Path, count: int) -> None:
    """Every artefact is there, whole, and nobody writes or holds anything."""
    store = LocalStore(root=folder / "store")
    keys = [f"{number:064x}" for number in range(count)]
    assert store.keys() == set(keys)
    assert all((store.open(key) / "data.txt").read_text() == f"{key}\n" * 50 for key in keys)
    for leftover in list(store.leftovers()):
        store.discard(leftover)
    assert list((store.root / "tmp").iterdir()) == []
    assert list((store.root / "leases").iterdir()) == []


@pytest.mark.slow
def test_eight_processes_share_the_work_and_make_each_artefact_once(tmp_path):
    assert [process.wait() for process in workers(tmp_path, "abcdefgh", 500)] == [0] * 8
    records, torn = Journal(path=tmp_path / "records.jsonl").read()
    assert torn == 0
    assert sorted(record["made"] for record in records) == [f"{number:064x}" for number in range(500)]
    assert len({record["by"] for record in records}) > 1
    check(tmp_path, 500)


@pytest.mark.slow
def test_workers_that_are_killed_at_any_moment_leave_nothing_half_done(tmp_path):
    chance = random.Random(7)
    running = workers(tmp_path, "abcd", 600)
    for number in range(12):
        time.sleep(chance.uniform(0.05, 0.5))
        victim = running.pop(chance.randrange(len(running)))
        victim.kill()
        victim.wait()
        running += workers(tmp_path, str(number % 10), 600)
    assert [process.wait() for process in running] == [0] * 4
    assert Journal(path=tmp_path / "records.jsonl").read()[1] <= 12
    check(tmp_path, 600)


@pytest.mark.slow
def test_readers_beside_writers_never_see_half_an_artefact(tmp_path):
    store = LocalStore(root=tmp_path / "store")
    running = workers(tmp_path, "ab", 300)
    while any(process.poll() is None for process in running):
        for key in sorted(store.keys()):
            assert (store.open(key) / "data.txt").read_text() == f"{key}\n" * 50
        assert all(summary.label == "train a" for summary in store.summaries().values())
    assert [process.wait() for process in running] == [0, 0]
    put(store)
    assert len(store.keys()) == 301
