"""An artefact exists whole or not at all, and a changed byte is found."""

import errno
import hashlib
import json
import os
import time
from pathlib import Path
from random import Random

import pytest

from augbench.store.files import as_json
from augbench.store.local import LocalStore
from augbench.store.manifest import MANIFEST, Unfit, parse
from augbench.values.errors import DiskFull
from augbench.values.run_errors import Corrupt
from support.stores import KEY, OTHER, keep, put, stage


@pytest.fixture
def store(tmp_path) -> LocalStore:
    return LocalStore(root=tmp_path / "store")


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


def flip(path: Path, bit: int) -> None:
    content = bytearray(path.read_bytes())
    content[bit // 8] ^= 1 << bit % 8
    path.write_bytes(bytes(content))


@pytest.mark.parametrize("name", ["data.txt", MANIFEST])
def test_a_flipped_bit_is_found_and_the_artefact_set_aside(store, name):
    put(store)
    path = store.root / "train" / KEY / name
    flip(path, 8 * (path.stat().st_size // 2) + 2)
    with pytest.raises(Corrupt, match=r"is damaged .* it was set aside and is made anew"):
        store.open(KEY)
    assert KEY not in store


def test_no_bit_of_a_manifest_can_change_unseen(store):
    put(store)
    content = (store.root / "train" / KEY / MANIFEST).read_bytes()
    assert parse(content, KEY).label == "train a"
    for bit in range(8 * len(content)):
        changed = bytearray(content)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(Unfit):
            parse(bytes(changed), KEY)


@pytest.mark.parametrize(
    "change", [(b"1e-05", b"1E-05"), (b"1e-05", b"0.00001"), (b" ", b"  "), (b"\n}", b"}"), (b"train a", b"tr\\u0061in a")]
)
def test_the_same_manifest_written_in_another_way_has_changed(store, change):
    put(store)
    path = store.root / "train" / KEY / MANIFEST
    content = path.read_bytes()
    assert change[0] in content
    path.write_bytes(content.replace(*change, 1))
    with pytest.raises(Corrupt, match="its manifest has changed"):
        store.open(KEY)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b"\xff\xfe", b"[" * 100_000, b"9" * 10_000, b'{"sha256": 3}'])
def test_a_manifest_of_any_other_content_is_damaged(store, content):
    put(store)
    (store.root / "train" / KEY / MANIFEST).write_bytes(content)
    assert store.keys() == {KEY}
    assert store.summaries() == {}
    with pytest.raises(Corrupt, match=r"its manifest (is not readable|has changed)"):
        store.summary(KEY)
    assert KEY not in store


def test_a_manifest_beyond_all_measure_is_not_read(store):
    put(store)
    with (store.root / "train" / KEY / MANIFEST).open("ab") as file:
        file.truncate(1 << 40)  # a hole: it takes no space
    with pytest.raises(Corrupt, match="its manifest is not readable"):
        store.open(KEY)


@pytest.mark.parametrize("name", ["data.txt", MANIFEST])
def test_a_folder_in_place_of_a_file_is_damage(store, name):
    put(store)
    path = store.root / "train" / KEY / name
    path.unlink()
    path.mkdir()
    with pytest.raises(Corrupt, match=r"cannot be read: Is a directory|has changed"):
        store.open(KEY)
    put(store, text="again")
    assert (store.open(KEY) / "data.txt").read_text() == "again"


def test_the_artefact_of_another_key_is_damage(store):
    put(store)
    (store.root / "train" / KEY).rename(store.root / "train" / OTHER)
    with pytest.raises(Corrupt, match="its manifest has changed"):
        store.open(OTHER)


def test_a_manifest_that_names_files_elsewhere_is_damage(store):
    put(store)
    folder = store.root / "train" / KEY
    document = json.loads((folder / MANIFEST).read_text())
    document["files"] = {"../../../secret": document["files"]["data.txt"]}
    del document["sha256"]
    digest = hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()
    (folder / MANIFEST).write_text(as_json(document | {"sha256": digest}))
    with pytest.raises(Corrupt, match="its manifest has changed"):
        store.open(KEY)


def test_a_file_that_changes_after_it_was_checked_is_checked_again(store):
    put(store)
    path = store.open(KEY) / "data.txt"
    before = path.stat()
    path.write_text("hallo")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    with pytest.raises(Corrupt, match=r"data\.txt has changed"):
        store.open(KEY)


def test_an_artefact_that_was_made_anew_meanwhile_is_not_set_aside(store, monkeypatch):
    put(store)
    (store.root / "train" / KEY / "data.txt").write_text("hallo")

    def found_by_another(folder, key):
        store.forget(key)
        put(store, text="again")
        raise Unfit("data.txt has changed")

    monkeypatch.setattr("augbench.store.local.verify", found_by_another)
    with pytest.raises(Corrupt):
        store.open(KEY)
    monkeypatch.undo()
    assert (store.open(KEY) / "data.txt").read_text() == "again"


def test_what_is_noted_comes_back_as_json_has_it(store):
    with store.write(stage(), {"seconds": 1.0, "shape": (3, 8)}) as folder:
        (folder / "data.txt").write_text("hello")
    assert store.notes(KEY) == {"seconds": 1.0, "shape": [3, 8]}


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


def test_a_damaged_checkpoint_counts_for_nothing(store):
    keep(store, "first")
    (store.kept(KEY) / "data.txt").write_text("other")
    assert store.kept(KEY) is None


def test_the_last_checkpoint_but_one_serves_while_the_last_is_written(store, monkeypatch):
    keep(store, "first")
    seen = []

    def renamed(path, target, rename=Path.rename):
        seen.append((store.kept(KEY) / "data.txt").read_text())
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", renamed)
    keep(store, "second")
    monkeypatch.undo()
    assert seen == ["first"]
    assert (store.kept(KEY) / "data.txt").read_text() == "second"


@pytest.mark.slow
def test_ten_thousand_artefacts_are_listed_at_once(tmp_path):
    for number in range(10_000):
        folder = tmp_path / "train" / f"{number:064x}"
        folder.mkdir(parents=True)
        (folder / MANIFEST).touch()
    begun = time.process_time()
    assert len(LocalStore(root=tmp_path).keys()) == 10_000
    # Of CPU: other processes of the machine take no part in it.
    assert time.process_time() - begun < 1


@pytest.mark.slow
def test_a_random_bit_flipped_in_each_of_a_thousand_artefacts_is_found_in_all(store):
    random = Random(4)
    for number in range(1000):
        put(store, f"{number:064x}", "x" * random.randrange(1, 2000))
    for number in range(1000):
        path = store.root / "train" / f"{number:064x}" / random.choice(["data.txt", MANIFEST])
        flip(path, random.randrange(8 * path.stat().st_size))
    for number in range(1000):
        with pytest.raises(Corrupt):
            store.open(f"{number:064x}")
    assert store.keys() == frozenset()
    assert len(list((store.root / "damaged").iterdir())) == 1000
