"""A store behind an address: several machines share it, and its other side may fail at any moment."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from augbench.store.bucket import Bucket
from augbench.store.local import LocalStore
from augbench.store.manifest import MANIFEST
from augbench.store.opening import open_store
from augbench.store.remote import RemoteStore
from augbench.values.errors import DiskFull
from augbench.values.run_errors import Corrupt, UnknownStore, UnreachableStore
from support.stores import KEY, OTHER, keep, put, stage


@pytest.fixture
def machines(s3, tmp_path, monkeypatch) -> tuple[RemoteStore, RemoteStore]:
    """Return one store of S3 as two machines open it."""

    def opened(name: str) -> RemoteStore:
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / name))
        return open_store(s3)

    return opened("here"), opened("there")


def payload(store: RemoteStore, key: str = KEY) -> str:
    """Return the name of the object that is the artefact's file."""
    (found,) = [found.name for found in store.bucket.find(f"artefacts/{key}")]
    return found


def flip(store: RemoteStore, name: str) -> None:
    content = bytearray(store.bucket.read(name))
    content[len(content) // 2] ^= 1
    store.bucket.write(name, bytes(content))


def test_a_changed_bit_on_the_other_side_is_found_and_the_artefact_set_aside(machines):
    here, there = machines
    put(here)
    flip(here, payload(here))
    assert there.check(KEY) == "data.txt has changed"
    with pytest.raises(Corrupt, match=r"the artefact 's3://.*' is damaged \(data\.txt has changed\)"):
        there.open(KEY)
    assert there.keys() == frozenset()
    put(there, text="again")
    assert (machines[0].open(KEY) / "data.txt").read_text() in ("hello", "again")


def test_a_changed_bit_of_a_manifest_is_found(machines):
    here, there = machines
    put(here)
    flip(here, f"manifests/train/{KEY}.json")
    assert there.summaries() == {}
    assert there.check(KEY).startswith("its manifest")
    with pytest.raises(Corrupt, match="its manifest"):
        there.open(KEY)
    assert KEY not in here


def test_a_missing_file_is_found(machines):
    here, there = machines
    put(here)
    here.bucket.remove([payload(here)])
    with pytest.raises(Corrupt, match="a file of it is missing"):
        there.open(KEY)
    assert KEY not in there


def test_a_damaged_copy_is_fetched_again(machines):
    here, there = machines
    put(here)
    for damage in ("hallo", "hi"):
        (there.open(KEY) / "data.txt").write_text(damage)
        assert (there.open(KEY) / "data.txt").read_text() == "hello"
    (there.open(KEY) / "data.txt").unlink()
    assert (open_store(there.location).open(KEY) / "data.txt").read_text() == "hello"
    assert KEY in here


def test_a_copy_of_what_was_made_anew_since_is_fetched_again(machines):
    here, there = machines
    put(here)
    there.open(KEY)
    here.forget(KEY)
    put(here, text="again")
    later = RemoteStore(bucket=there.bucket, mirror=LocalStore(root=there.mirror.root))
    assert (later.open(KEY) / "data.txt").read_text() == "again"
    assert later.notes(KEY) == {"seconds": 1.5}


def test_two_writers_of_one_key_never_mix_their_files(machines, monkeypatch):
    # Neither sees the other: both upload.
    monkeypatch.setattr(RemoteStore, "_holds", lambda store, key: False)
    here, there = machines
    with here.write(stage(), {}) as mine, there.write(stage(), {}) as theirs:
        for name in ("a", "b"):
            (mine / name).write_text("mine")
            (theirs / name).write_text("theirs")
    assert len({found.name.split("/")[2] for found in here.bucket.find("artefacts")}) == 2
    for store in machines:
        folder = store.open(KEY)
        assert [(folder / name).read_text() for name in ("a", "b")] == ["mine"] * 2
        assert store.check(KEY) is None


UPLOAD = """
import sys
from augbench.store.opening import open_store
from support.stores import stage
store = open_store(sys.argv[1])
print("open", store.keys(), flush=True)
with store.write(stage(), {}) as folder:
    for number in range(300):
        (folder / f"{number}.bin").write_bytes(bytes(10_000))
print("done", flush=True)
"""


@pytest.mark.slow
def test_an_upload_that_is_killed_in_the_middle_leaves_nothing_to_be_seen(machines):
    here, there = machines
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    process = subprocess.Popen([sys.executable, "-c", UPLOAD, here.location], env=environment, stdout=subprocess.PIPE, text=True)
    while not list(there.bucket.find("artefacts")):
        time.sleep(0.005)
    process.kill()
    assert "done" not in process.communicate()[0]
    assert 0 < len(list(there.bucket.find("artefacts"))) < 300
    assert KEY not in there
    assert there.keys() == frozenset()
    assert there.summaries() == {}
    put(there)
    assert (there.open(KEY) / "data.txt").read_text() == "hello"


def test_a_process_that_was_forked_reaches_the_store_itself(machines):
    here, _ = machines
    put(here)
    child = os.fork()
    if child == 0:
        put(here, OTHER)
        os._exit(0 if here.keys() == {KEY, OTHER} else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert OTHER in here


@pytest.mark.slow
def test_the_lease_of_a_machine_that_is_gone_is_taken_over_after_three_beats(machines):
    here, there = machines
    gone, waiting = here.leases(beat=1000), there.leases(beat=0.2)
    assert gone.acquire(KEY)
    text = here.bucket.read(f"leases/{KEY}").decode().replace(f'"pid": {os.getpid()}', '"pid": 1').replace('"host": "', '"host": "not-')
    here.bucket.write(f"leases/{KEY}", text.encode())
    begun = time.monotonic()
    while not waiting.acquire(KEY):
        time.sleep(0.02)
    assert 0.6 <= time.monotonic() - begun < 15
    waiting.close()


def test_a_lease_is_renewed_while_its_holder_lives(machines):
    here, there = machines
    leases = here.leases(beat=0.05)
    assert leases.acquire(KEY)
    signs = {there.bucket.read(f"leases/{KEY}")}
    end = time.monotonic() + 10
    while len(signs) < 3 and time.monotonic() < end:
        signs.add(there.bucket.read(f"leases/{KEY}"))
        time.sleep(0.02)
    assert len(signs) == 3
    assert there.leases().holder(KEY).pid == os.getpid()
    leases.close()
    assert there.bucket.read(f"leases/{KEY}") is None


def test_an_object_whose_making_is_refused_since_it_was_made_is_made(machines, monkeypatch):
    bucket = machines[0].bucket
    pipe = bucket._files.pipe_file

    def twice(path, content, mode):
        # As a client does that has lost the first answer.
        pipe(path, content, mode=mode)
        pipe(path, content, mode=mode)

    monkeypatch.setattr(bucket._files, "pipe_file", twice)
    assert bucket.create("leases/x", b"mine")


def test_of_two_that_create_an_object_one_does(machines):
    here, there = machines
    assert here.bucket.create("leases/x", b"mine")
    assert not there.bucket.create("leases/x", b"theirs")
    assert there.bucket.read("leases/x") == b"mine"


def test_a_full_disk_under_the_mirror_is_told_as_such(machines, monkeypatch):
    here, there = machines
    put(here)

    def full(*_, **__):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(there.bucket._files, "get", full)
    with pytest.raises(DiskFull, match="what is finished is intact"):
        there.open(KEY)
    monkeypatch.undo()
    assert KEY in here


def test_a_checkpoint_that_cannot_be_uploaded_is_kept_here(machines, monkeypatch):
    here, there = machines
    keep(here, "first")

    def lost(*_, **__):
        raise ConnectionResetError

    monkeypatch.setattr(here.bucket._files, "put", lost)
    keep(here, "second")
    monkeypatch.undo()
    assert (there.kept(KEY) / "data.txt").read_text() == "first"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(here.bucket._files, "put", lost)
        with pytest.raises(UnreachableStore, match="ConnectionResetError"):
            put(here)
    assert KEY not in there


def test_nothing_is_asked_twice_of_the_other_side_that_this_process_knows(machines, monkeypatch):
    here, there = machines
    put(here)
    assert len(there.summaries()) == 1
    there.open(KEY)
    monkeypatch.setattr(Bucket, "read_all", lambda self, names: pytest.fail("asked") if list(names) else {})
    assert (there.open(KEY) / "data.txt").read_text() == "hello"
    assert there.notes(KEY) == {"seconds": 1.5}
    assert len(there.summaries()) == 1


OPEN = """
import sys
from augbench.store.opening import open_store
folder = open_store(sys.argv[1]).open(sys.argv[2])
sys.stdin.readline()
print((folder / "data.txt").read_text())
"""


@pytest.mark.slow
def test_workers_of_one_machine_fetch_an_artefact_once(machines):
    here, there = machines
    put(here)
    command = [sys.executable, "-c", OPEN, here.location, KEY]
    environment = os.environ | {"XDG_CACHE_HOME": str(there.mirror.root.parents[2])}
    readers = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment) for _ in range(6)]
    folder = there.open(KEY)
    first = folder.stat().st_ino
    assert [reader.communicate("go\n")[0] for reader in readers] == ["hello\n"] * 6
    assert folder.stat().st_ino == first


def test_the_mirror_is_an_ordinary_store_below_the_user_s_cache(machines, tmp_path):
    here, _ = machines
    put(here)
    assert here.mirror.root.is_relative_to(tmp_path / "here" / "augbench" / "mirrors")
    assert open_store(here.mirror.root).check(KEY) is None
    assert (here.mirror.root / "train" / KEY / MANIFEST).read_bytes() == here.bucket.read(f"manifests/train/{KEY}.json")


def test_a_bucket_that_is_not_there_is_one_message(s3):
    store = open_store("s3://no-such-bucket/store")
    assert store.keys() == frozenset()
    with pytest.raises(
        UnreachableStore, match=r"cannot reach the store 's3://no-such-bucket/store': .*does not exist.*check address, network"
    ):
        store.check_writable()


ASK = """
from augbench.store.opening import open_store
try:
    open_store("s3://nobody/store").check_writable()
except Exception as error:
    print(type(error).__name__, error)
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("endpoint", "secret", "why"), [("http://127.0.0.1:9", "b", "Could not connect"), (None, None, "Unable to locate credentials")]
)
def test_a_server_that_cannot_be_talked_to_is_one_message(tmp_path, endpoint, secret, why):
    pytest.importorskip("s3fs")
    known = {"AWS_ENDPOINT_URL": endpoint, "AWS_ACCESS_KEY_ID": secret, "AWS_SECRET_ACCESS_KEY": secret}
    away = {"XDG_CACHE_HOME": str(tmp_path), "HOME": str(tmp_path), "AWS_EC2_METADATA_DISABLED": "true"}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    environment = kept | away | {name: value for name, value in known.items() if value}
    # A process of its own: this one's connections have an address already.
    done = subprocess.run([sys.executable, "-c", ASK], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("UnreachableStore cannot reach the store 's3://nobody/store': ")
    assert why in done.stdout


@pytest.mark.parametrize("location", ["s3:/bucket/folder", "s3://", "s3:///", "s3://bucket/*", "://x", "", "memory://a[b]"])
def test_an_address_that_cannot_be_one_is_refused(location):
    with pytest.raises(UnknownStore, match=r"is no store: .*; give a folder, or an address such as s3://bucket/folder"):
        open_store(location)


def test_an_address_that_went_through_a_path_is_refused_and_makes_no_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UnknownStore):
        open_store(Path("s3://bucket/folder"))


def test_folders_and_addresses_of_files_are_local_stores(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert open_store("store").location == str(tmp_path / "store")
    assert open_store("~/store").location == str(tmp_path / "store")
    assert open_store(f"file://{tmp_path}/store").location == str(tmp_path / "store")


@pytest.mark.parametrize(
    ("library", "location", "message"),
    [
        ("s3fs", "s3://bucket/store", "MissingExtra 's3://bucket/store' needs s3fs; pip install 'augbench[remote]'"),
        ("gcsfs", "gs://bucket/store", "UnknownStore 'gs://bucket/store' is no store: Please install gcsfs"),
    ],
)
def test_a_library_that_is_not_installed_is_told_by_name(tmp_path, library, location, message):
    code = f"import sys\nsys.modules['{library}'] = None\n{ASK.replace('s3://nobody/store', location)}"
    environment = os.environ | {"XDG_CACHE_HOME": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.startswith(message)


def test_a_file_system_with_folders_shows_no_half_of_a_manifest(tmp_path):
    store = RemoteStore(bucket=Bucket(url=f"file://{tmp_path}/far"), mirror=LocalStore(root=tmp_path / "mirror"))
    put(store)
    keep(store, "half")
    assert store.keys() == {KEY}
    assert store.check(KEY) is None
    leases = store.leases()
    assert leases.acquire(OTHER)
    assert not store.leases().acquire(OTHER)
    leases.close()
    store.forget(KEY)
    assert [path for path in (tmp_path / "far").rglob("*") if path.is_file() and "checkpoints" not in path.parts] == []
