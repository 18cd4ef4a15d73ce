"""Folders and archives are written whole or not at all, and equal files give equal bytes."""

import errno
import os
import zipfile
from pathlib import Path

import pytest

from augbench.store import packing
from augbench.store.packing import Entry, pack
from augbench.values.errors import DiskFull
from augbench.values.run_errors import TakenFolder


@pytest.fixture
def entries(tmp_path):
    (tmp_path / "source").write_bytes(b"copied " * 1000)
    return [
        Entry(name="b/made.txt", content=lambda: b"made"),
        Entry(name="a.png", content=tmp_path / "source"),
        Entry(name="README.txt", content=lambda: b"read me"),
    ]


def test_a_folder_holds_all_files(entries, tmp_path):
    told = []
    pack(entries, tmp_path / "new" / "out", "top", told.append)
    out = tmp_path / "new" / "out"
    found = {path.relative_to(out).as_posix(): path.read_bytes() for path in out.rglob("*") if path.is_file()}
    assert found == {"README.txt": b"read me", "a.png": b"copied " * 1000, "b/made.txt": b"made"}
    assert told == [1, 2, 3]
    assert [path.name for path in out.parent.iterdir()] == ["out"]


def test_an_archive_has_the_same_bytes_whenever_it_is_written(entries, tmp_path):
    pack(entries, tmp_path / "one.zip", "top")
    os.utime(tmp_path / "source", (0, 10**9))
    pack(entries[::-1], tmp_path / "two.ZIP", "top")
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.ZIP").read_bytes()
    with zipfile.ZipFile(tmp_path / "one.zip") as archive:
        assert archive.namelist() == ["top/README.txt", "top/a.png", "top/b/made.txt"]
        assert archive.read("top/a.png") == b"copied " * 1000
        assert archive.testzip() is None


def test_what_is_there_is_left_alone(entries, tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine").touch()
    (tmp_path / "file.zip").touch()
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    for name in ("full", "file.zip", "dangling"):
        with pytest.raises(TakenFolder):
            pack(entries, tmp_path / name, "top")
    (tmp_path / "empty").mkdir()
    pack(entries, tmp_path / "empty", "top")
    assert (tmp_path / "empty" / "a.png").is_file()


def test_an_empty_folder_that_one_stands_in_is_filled(entries, tmp_path, monkeypatch):
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    there = Path.cwd().stat().st_ino
    pack(entries, Path(), "top")
    assert Path.cwd().stat().st_ino == there
    assert {path.name for path in Path.cwd().iterdir()} == {"README.txt", "a.png", "b"}


def test_whoever_reads_an_error_is_told_of_no_draft(entries, tmp_path):
    target = tmp_path / ("x" * 255)
    with pytest.raises(OSError, match="File name too long") as caught:
        pack(entries, target, "top")
    assert caught.value.filename == str(target)


@pytest.mark.parametrize("target", ["out", "out.zip"])
@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()])
def test_what_does_not_come_to_its_end_leaves_nothing(entries, tmp_path, monkeypatch, target, error):
    def fails(source, file):
        if target.endswith("zip"):
            file.write(b"half of it")
        raise error

    monkeypatch.setattr(packing.shutil, "copyfileobj", fails)
    with pytest.raises(DiskFull if isinstance(error, OSError) else KeyboardInterrupt):
        pack(entries, tmp_path / target, "top")
    assert [path.name for path in tmp_path.iterdir()] == ["source"]
