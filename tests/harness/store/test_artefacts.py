"""An artefact exists whole or not at all, and a changed byte is found."""

import errno
import json
import os

import pytest

from augbench.store.local import LocalStore
from augbench.store.manifest import MANIFEST
from augbench.values.errors import Corrupt, DiskFull
from support.stores import KEY, keep, put, stage


@pytest.fixture
def store(tmp_path) -> LocalStore:
    return LocalStore(root=tmp_path / "store")


def test_a_committed_artefact_can_be_opened_and_tells_its_notes(store):
    put(store)
    assert KEY in store
    assert (store.open(KEY) / "data.txt").read_text() == "hello"
    assert store.notes(KEY) == {"seconds": 1.5}


def test_an_exception_in_the_middle_leaves_nothing(store):
    def broken():
        with store.write(stage(), {}) as folder:
            (folder / "data.txt").write_text("half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        broken()
    assert KEY not in store
    assert [path for path in store.root.rglob("*") if path.is_file()] == []


def test_a_folder_without_manifest_does_not_exist(store):
    put(store)
    (store.root / "train" / KEY / MANIFEST).unlink()
    assert KEY not in store


def test_the_second_of_two_writers_finds_the_first_ones_artefact(store):
    with store.write(stage(), {}) as folder:
        (folder / "data.txt").write_text("mine")
        put(store, text="theirs")
    assert (store.open(KEY) / "data.txt").read_text() == "theirs"
    assert list((store.root / "tmp").iterdir()) == []


@pytest.mark.parametrize("name", ["data.txt", MANIFEST])
def test_a_flipped_bit_is_found_and_the_artefact_set_aside(store, name):
    put(store)
    path = store.root / "train" / KEY / name
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 4
    path.write_bytes(bytes(content))
    with pytest.raises(Corrupt, match=r"is damaged .* it was set aside and is made anew"):
        store.open(KEY)
    assert KEY not in store


def test_a_missing_file_is_found(store):
    put(store)
    (store.root / "train" / KEY / "data.txt").unlink()
    with pytest.raises(Corrupt, match=r"data\.txt is missing"):
        store.open(KEY)


def test_a_full_disk_is_one_clear_message_and_leaves_nothing(store):
    with (
        pytest.raises(DiskFull, match="what is finished is intact: free some space and run the same command again"),
        store.write(stage(), {}),
    ):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    assert KEY not in store


def test_the_manifest_says_all_that_the_key_was_made_of(store):
    put(store)
    manifest = json.loads((store.open(KEY) / MANIFEST).read_text())
    assert (manifest["identity"]["stage"], manifest["identity"]["settings"]) == ("train", {"lr": 1e-05})
    assert manifest["files"]["data.txt"]["bytes"] == 5


def test_a_checkpoint_is_replaced_whole_and_is_no_artefact(store):
    keep(store, "first")
    keep(store, "second")
    assert (store.kept(KEY) / "data.txt").read_text() == "second"
    assert KEY not in store
    assert list((store.root / "tmp").iterdir()) == []


def test_an_exception_while_a_checkpoint_is_written_leaves_the_last_one(store):
    keep(store, "first")

    def broken():
        with store.keep(stage()) as folder:
            (folder / "data.txt").write_text("half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        broken()
    assert (store.kept(KEY) / "data.txt").read_text() == "first"


def test_a_damaged_checkpoint_counts_for_nothing(store):
    keep(store, "first")
    (store.kept(KEY) / "data.txt").write_text("other")
    assert store.kept(KEY) is None


def test_a_finished_artefact_needs_no_checkpoint(store):
    keep(store, "first")
    put(store)
    assert store.kept(KEY) is None
