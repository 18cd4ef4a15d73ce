"""A report takes the place of the last one when all of it is written, and not before."""

from __future__ import annotations

import errno
from dataclasses import dataclass
from pathlib import Path

import pytest

from augbench import Comparison, Registry, Report
from augbench.engine.rendering import render
from augbench.registry.discovery import discover
from augbench.store.run_folder import RunFolder
from augbench.values.errors import DiskFull, UnusableFile
from support.written import finish, results, trial, write


@dataclass(frozen=True, kw_only=True)
class Notes(Report):
    """Write a page and what it shows, and tell whether the sheets of generators can be seen."""

    def render(self, comparison: Comparison, folder: Path) -> tuple[Path, ...]:
        (folder / "parts" / "deep").mkdir(parents=True)
        (folder / "parts" / "deep" / "figure.svg").write_text("new figure")
        (folder / "notes.txt").write_text(f"new {(folder / 'generators' / 'a.png').is_file()}")
        return (folder / "notes.txt", folder / "parts" / "deep" / "figure.svg")


@dataclass(frozen=True, kw_only=True)
class Half(Report):
    """Break off in the middle."""

    def render(self, comparison: Comparison, folder: Path) -> tuple[Path, ...]:
        (folder / "notes.txt").write_text("half")
        raise OSError(errno.ENOSPC, "no space left")


@dataclass(frozen=True, kw_only=True)
class Slow(Report):
    """Take so long that another trial ends."""

    def render(self, comparison: Comparison, folder: Path) -> tuple[Path, ...]:
        finish(RunFolder(path=folder.parent), trial("ours", 0, 1))
        (folder / "notes.txt").write_text("slow")
        return (folder / "notes.txt",)


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    return write(tmp_path / "run", results({"plain": 0, "ours": None}, replicates=999))


@pytest.fixture
def registry() -> Registry:
    """Return a registry with the reports of this page."""
    known = discover()
    for kind in (Notes, Half, Slow):
        known.report(kind.__name__.lower(), kind, "A test's")
    return known


def test_all_files_take_their_places_and_nothing_else_stays(folder, registry):
    (folder.path / "generators").mkdir()
    (folder.path / "generators" / "a.png").touch()
    before = {path.name for path in folder.path.iterdir()}
    written = render(folder, registry, ("notes",))
    assert written == (folder.path / "notes.txt", folder.path / "parts" / "deep" / "figure.svg")
    assert [path.read_text() for path in written] == ["new True", "new figure"]
    assert {path.name for path in folder.path.iterdir()} == before | {"notes.txt", "parts", "rendered.json"}
    assert folder.rendered(("notes",)) == written


def test_a_report_that_breaks_off_leaves_the_last_one_of_every_format(folder, registry):
    render(folder, registry, ("notes",))
    (folder.path / "notes.txt").write_text("old")
    with pytest.raises(DiskFull):
        render(folder, registry, ("notes", "half"))
    assert (folder.path / "notes.txt").read_text() == "old"
    assert not [path for path in folder.path.iterdir() if path.name.startswith(".")]


def test_a_folder_that_nothing_can_be_written_to_is_named(folder, registry, monkeypatch):
    # Whoever may write everywhere, as a container's user, is told so only by a file system that is mounted for reading.
    monkeypatch.setattr("os.access", lambda path, mode: path != folder.path)
    with pytest.raises(UnusableFile, match="a report is written beside its run, and nothing can be written here; copy the folder"):
        render(folder, registry, ("notes",))


def test_a_report_during_which_a_trial_ended_does_not_pass_for_a_current_one(folder, registry):
    render(folder, registry, ("slow",))
    assert folder.rendered(("slow",)) is None


def test_other_formats_may_come_on_top_of_those_of_the_matrix(folder, registry):
    assert [path.name for path in render(folder, registry, also=("notes", "json"))] == ["report.json", "notes.txt", "figure.svg"]
