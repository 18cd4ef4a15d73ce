"""What may go from a store, and what nobody needs any more."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path

import pytest

from augbench.store.artefacts import Item
from augbench.store.housekeeping import in_use, prunable
from augbench.store.local import LocalStore
from augbench.store.opening import open_store
from augbench.store.processes import this_process
from support.stores import KEY, OTHER, keep, put, stage

NOW, HOUR, DAY = 1e9, 3600.0, 86400.0


def item(key: str, days: float, size: int = 100, kind: str = "train") -> Item:
    return Item(kind=kind, key=key, bytes=size, made=0.0, used=NOW - days * DAY)


ITEMS = [item("new", 1), item("old", 40), item("older", 50), item("bank", 45, kind="synthesise"), item("now", 0.01)]


def keys(items: list[Item]) -> list[str]:
    return [one.key for one in items]


def test_what_was_not_used_for_longest_goes_first():
    assert keys(prunable(ITEMS, now=NOW, older=30 * DAY)) == ["older", "bank", "old"]


def test_only_artefacts_of_some_kinds_go():
    assert keys(prunable(ITEMS, now=NOW, kinds=["synthesise"])) == ["bank"]
    assert keys(prunable(ITEMS, now=NOW, kinds=["train"], older=45 * DAY)) == ["older"]


def test_no_more_goes_than_a_size_asks_for():
    assert keys(prunable(ITEMS, now=NOW, total=350)) == ["older", "bank"]
    assert prunable(ITEMS, now=NOW, total=500) == []
    assert keys(prunable(ITEMS, now=NOW, total=0)) == ["older", "bank", "old", "new"]


def test_what_a_run_is_at_stays_whatever_is_asked_for():
    assert keys(prunable(ITEMS, now=NOW, total=0, spared={"older", "new"})) == ["bank", "old"]


def test_a_living_run_uses_what_it_makes_and_what_it_reads(tmp_path):
    leases = LocalStore(root=tmp_path).leases()
    assert leases.acquire(KEY, reads=[OTHER])
    assert in_use(leases) == {KEY, OTHER}
    leases.close()
    assert in_use(leases) == frozenset()


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    return LocalStore(root=tmp_path / "store")


def left(store: LocalStore) -> list[str]:
    return sorted(leftover.what for leftover in store.leftovers())


WRITE = """
import sys, time
from augbench.store.opening import open_store
from support.stores import keep, stage
with open_store(sys.argv[1]).write(stage(), {}) as folder:
    (folder / "data.txt").write_text("half")
    print("writing", flush=True)
    time.sleep(60)
"""


def writing(store: LocalStore) -> subprocess.Popen[str]:
    """Start a process that is in the middle of an artefact."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    process = subprocess.Popen([sys.executable, "-c", WRITE, store.location], stdout=subprocess.PIPE, text=True, env=environment)
    assert process.stdout.readline() == "writing\n"
    return process


@pytest.mark.slow
def test_the_folder_of_a_killed_writer_is_left_over_and_that_of_a_living_one_is_not(store):
    process = writing(store)
    assert left(store) == []
    process.kill()
    process.wait()
    (leftover,) = store.leftovers()
    assert (leftover.what, leftover.bytes) == ("unfinished artefact", 4)
    store.discard(leftover)
    assert left(store) == []
    assert list((store.root / "tmp").iterdir()) == []


def test_a_folder_that_somebody_elsewhere_began_is_left_over_after_a_day_without_a_lease(store):
    folder = store.root / "tmp" / f"{KEY[:12]}-{'0' * 12}-1-1-abc"
    folder.mkdir(parents=True)
    assert left(store) == []
    os.utime(folder, (0, time.time() - 25 * HOUR))
    assert left(store) == ["unfinished artefact"]
    leases = store.leases()
    assert leases.acquire(KEY)
    assert left(store) == []
    leases.close()


def test_a_checkpoint_is_left_over_once_its_stage_is_finished(store):
    keep(store, "half")
    assert left(store) == []
    put(LocalStore(root=store.root / "another"))
    (store.root / "another" / "train" / KEY).rename(store.root / "train-made-elsewhere")
    (store.root / "train").mkdir()
    (store.root / "train-made-elsewhere").rename(store.root / "train" / KEY)
    assert left(store) == ["checkpoint"]


def test_the_lease_of_a_dead_process_is_left_over(store):
    dead = asdict(this_process()) | {"started": "1", "token": "t", "made": 1.0, "reads": []}
    board = store.root / "leases"
    board.mkdir(parents=True)
    (board / KEY).write_text(json.dumps(dead))
    (board / OTHER).write_text(json.dumps(dead | {"host": "far-away"}))
    (leftover,) = store.leftovers()
    assert (leftover.what, leftover.place) == ("lease", KEY)
    store.discard(leftover)
    assert [path.name for path in board.iterdir()] == [OTHER]
    os.utime(board / OTHER, (0, time.time() - 2 * HOUR))
    assert left(store) == ["lease"]


def test_what_a_kill_leaves_beside_a_lease_is_left_over_after_an_hour(store):
    draft = store.root / "leases" / f".{KEY[:12]}-abc"
    draft.parent.mkdir(parents=True)
    draft.touch()
    assert left(store) == []
    os.utime(draft, (0, time.time() - 2 * HOUR))
    (leftover,) = store.leftovers()
    store.discard(leftover)
    assert not draft.exists()


def test_a_file_in_place_of_an_artefact_is_set_aside_and_left_over(store):
    (store.root / "train").mkdir(parents=True)
    (store.root / "train" / KEY).write_text("what is this?")
    assert store.keys() == frozenset()
    put(store)
    assert store.check(KEY) is None
    (leftover,) = store.leftovers()
    assert (leftover.what, leftover.bytes) == ("damaged artefact", 13)
    store.discard(leftover)
    assert left(store) == []


def test_an_upload_that_was_given_up_is_left_over(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    store = open_store("memory://given-up/store")
    put(store)
    store.bucket.write(f"artefacts/{KEY}/{'0' * 16}/data.txt", b"of the loser of a race")
    store.bucket.write(f"artefacts/{OTHER}/{'1' * 16}/data.txt", b"of one that was killed")
    assert list(store.leftovers()) == []
    monkeypatch.setattr(time, "time", lambda clock=time.time: clock() + 25 * HOUR)
    assert {leftover.place for leftover in store.leftovers()} == {f"artefacts/{KEY}/{'0' * 16}", f"artefacts/{OTHER}/{'1' * 16}"}
    for leftover in list(store.leftovers()):
        store.discard(leftover)
    assert list(store.leftovers()) == []
    assert store.check(KEY) is None
    assert stage().key in store
