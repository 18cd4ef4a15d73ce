"""A disk that fills up at any write costs what was being written, and nothing else."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from augbench.stages.contents import save_array, save_fitted, save_tensors
from augbench.store.files import write_json
from augbench.store.local import LocalStore
from augbench.store.records import Journal
from augbench.values.errors import DiskFull
from augbench.values.run_errors import Corrupt
from augbench.values.synthesis import Fitted
from support.stores import KEY, OTHER, keep, put, stage

PAGE = 4096


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Mount a file system of one megabyte in memory."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=1m", "none", str(folder)]
    try:
        mounted = subprocess.run(command, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        mounted = False
    if not mounted:
        pytest.skip("may not mount a file system here")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder: Path, pages: int) -> None:
    """Leave so many pages of a disk free."""
    size = os.statvfs(folder).f_bavail - pages
    (folder / "filler").write_bytes(bytes(max(0, size) * PAGE))


def artefact(store: LocalStore, key: str = OTHER) -> None:
    """Make an artefact of files of every kind."""
    with store.write(stage(key), {"seconds": 1.0}) as folder:
        save_tensors(folder / "weights.safetensors", {"weight": torch.ones(3000)})
        save_array(folder / "images.npy", np.ones((3, 1000)))
        write_json(folder / "result.json", {"curve": list(range(1000))})


def checkpoint(store: LocalStore) -> None:
    with store.keep(stage(OTHER)) as folder:
        save_fitted(folder, Fitted(tensors={"weight": torch.ones(5000)}, chosen=2))


def lease(store: LocalStore) -> None:
    leases = store.leases()
    assert leases.acquire(OTHER)
    leases.close()


def record(store: LocalStore) -> None:
    journal(store).append({"reason": "x" * 20_000})


def journal(store: LocalStore) -> Journal:
    return Journal(path=store.root.parent / "records.jsonl")


def told(write: Callable[[LocalStore], None], store: LocalStore) -> str:
    try:
        write(store)
    except DiskFull as error:
        return str(error)
    return "done"


def sound(store: LocalStore) -> None:
    """What was there before is there, whole."""
    assert [store.check(key) for key in sorted(store.keys()) if store.check(key)] == []
    assert (store.open(KEY) / "data.txt").read_text() == "hello"
    assert store.kept("c" * 64) is not None
    records, torn = journal(store).read()
    assert torn == 0
    assert records[0] == {"trial": "first"}
    assert list((store.root / "tmp").iterdir()) == []


@pytest.mark.parametrize("write", [artefact, checkpoint, lease, record])
def test_a_disk_that_fills_up_at_any_write_leaves_the_rest_as_it_was(small_disk: Path, write: Callable[[LocalStore], None]):
    store = LocalStore(root=small_disk / "store")
    put(store)
    with store.keep(stage("c" * 64)) as folder:
        (folder / "data.txt").write_text("kept")
    journal(store).append({"trial": "first"})
    outcomes = []
    for pages in range(40):
        fill(small_disk, pages)
        outcomes.append(told(write, store))
        sound(store)
        (small_disk / "filler").unlink()
    full = outcomes.index("done")
    # At one write or another, until there is room for all of them.
    assert full > 0
    assert outcomes[full:] == ["done"] * (40 - full)
    message = f"no space left for '{small_disk}.*'; what is finished is intact: free some space and run the same command again"
    assert all(re.fullmatch(message, outcome) for outcome in outcomes[:full])


def test_damage_on_a_full_disk_is_told_and_can_be_set_aside_later(small_disk: Path):
    store = LocalStore(root=small_disk / "store")
    put(store)
    (store.root / "train" / KEY / "data.txt").write_text("hallo")
    fill(small_disk, 0)
    with pytest.raises((DiskFull, Corrupt)):
        store.open(KEY)
    (small_disk / "filler").unlink()
    if KEY in store:
        with pytest.raises(Corrupt):
            store.open(KEY)
    put(store, text="again")
    assert (store.open(KEY) / "data.txt").read_text() == "again"


def test_a_store_on_a_full_disk_is_refused_before_any_work(small_disk: Path):
    store = LocalStore(root=small_disk / "store")
    fill(small_disk, 0)
    with pytest.raises(DiskFull):
        store.check_writable()
    (small_disk / "filler").unlink()
    store.check_writable()
    keep(store, "now")
