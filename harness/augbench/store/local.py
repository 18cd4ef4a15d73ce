"""A store that is a folder, of this machine or of a network that several share."""

from __future__ import annotations

import contextlib
import os
import shutil
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from augbench.plan.keys import Key
from augbench.plan.tasks import REVISIONS, Stage
from augbench.store.artefacts import DAY, Item, Leftover, Listed, Store
from augbench.store.board import FolderBoard
from augbench.store.files import space_for, sync
from augbench.store.leases import BEAT, UNATTENDED, Leases
from augbench.store.manifest import MANIFEST, Manifest, Unfit, read_manifest, seal, verify
from augbench.store.processes import alive_here, this_process
from augbench.values.run_errors import Corrupt

CHECKPOINTS, DAMAGED, LEASES, TEMPORARY = "checkpoints", "damaged", "leases", "tmp"
_SHORT = 12
"""Letters of its key that a temporary folder is named after."""


@dataclass(kw_only=True)
class LocalStore(Store):
    """``root/KIND/KEY/`` with a manifest that names every file and its checksum; a finished folder is renamed there."""

    root: Path
    verified: dict[Key, int] = field(default_factory=dict)
    """State of the files of each artefact that was checked."""

    @property
    def location(self) -> str:
        """Return the folder."""
        return str(self.root.absolute())

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and self._find(key) is not None

    def listing(self, kind: str | None = None) -> Iterator[Listed]:
        """List the folders that have a manifest."""
        for name in [kind] if kind else REVISIONS:
            for key, path in _folders(self.root / name):
                with contextlib.suppress(OSError):
                    yield Listed(kind=name, key=key, made=os.stat(f"{path}/{MANIFEST}").st_mtime)

    def open(self, key: Key) -> Path:
        """Return an artefact's folder, and note that it was used."""
        folder = self._find(key)
        if folder is None:
            raise Corrupt(self.root / key, "it is gone")
        with contextlib.suppress(OSError):  # it may be read only
            os.utime(folder)
        state = _state(folder)
        if self.verified.get(key) != state:
            try:
                verify(folder, key)
            except Unfit as why:
                self._move_aside(folder, state)
                raise Corrupt(folder, str(why)) from None
            self.verified[key] = state
        return folder

    def manifest(self, key: Key) -> Manifest:
        """Read an artefact's manifest."""
        folder = self._find(key)
        if folder is None:
            raise KeyError(key)
        return read_manifest(folder, key)

    def check_writable(self) -> None:
        """Write a file without a name."""
        folder = self.root / TEMPORARY
        with space_for(self.root):
            folder.mkdir(parents=True, exist_ok=True)
            with TemporaryFile(dir=folder) as file:
                # An empty file fits on a full disk.
                file.write(bytes(4096))
                file.flush()

    @contextmanager
    def write(self, stage: Stage, notes: Mapping[str, Any]) -> Iterator[Path]:
        """Rename the temporary folder when it is whole."""
        with self.temporary(stage.key) as temporary:
            yield temporary
            seal(temporary, stage, notes)
            self.adopt(temporary, stage.kind, stage.key)
        self.drop_checkpoint(stage.key)

    @contextmanager
    def keep(self, stage: Stage) -> Iterator[Path]:
        """Put the new checkpoint beside the last one, then remove that: at no time is there none."""
        with self.temporary(stage.key) as temporary:
            yield temporary
            seal(temporary, stage, {})
            self.adopt_checkpoint(temporary, stage.key)

    def kept(self, key: Key) -> Path | None:
        """Return the newest checkpoint that is whole."""
        for folder in self._checkpoints(key):
            with contextlib.suppress(Unfit):
                verify(folder, key)
                return folder
        return None

    def check(self, key: Key) -> str | None:
        """Read every byte of an artefact."""
        if folder := self._find(key):
            try:
                verify(folder, key)
            except Unfit as why:
                return str(why)
        return None

    def set_aside(self, key: Key) -> None:
        """Move an artefact's folder to ``damaged/``."""
        if folder := self._find(key):
            self._move_aside(folder, _state(folder))

    def forget(self, key: Key) -> None:
        """Rename an artefact's folder, so that nobody sees half of it, and remove it."""
        if folder := self._find(key):
            with self.temporary(key) as temporary, contextlib.suppress(FileNotFoundError):
                folder.rename(temporary / key)
        self.verified.pop(key, None)

    def inventory(self) -> Iterator[Item]:
        """Add up files, and look when their folder was touched."""
        for one in self.listing():
            folder = self.root / one.kind / one.key
            with contextlib.suppress(FileNotFoundError):
                yield Item(kind=one.kind, key=one.key, made=one.made, used=folder.stat().st_mtime, bytes=_size(folder))

    def _leftovers(self, living: frozenset[Key]) -> Iterator[Leftover]:
        busy, finished = {key[:_SHORT] for key in living}, self.keys()
        for name, path in _folders(self.root / TEMPORARY):
            if name[:_SHORT] not in busy and _abandoned(Path(path)):
                yield Leftover(what="unfinished artefact", place=path, bytes=_size(Path(path)))
        for key, path in _folders(self.root / CHECKPOINTS):
            if key in finished - living:
                yield Leftover(what="checkpoint", place=path, bytes=_size(Path(path)))
        for name, path in _folders(self.root / LEASES):
            if name.startswith(".") and _silent(Path(path), UNATTENDED):
                yield Leftover(what="unfinished lease", place=path, bytes=_size(Path(path)))
        for _, path in _folders(self.root / DAMAGED):
            yield Leftover(what="damaged artefact", place=path, bytes=_size(Path(path)))

    def _discard(self, place: str) -> None:
        if os.path.isdir(place):
            shutil.rmtree(place, ignore_errors=True)
        else:
            Path(place).unlink(missing_ok=True)

    def leases(self, beat: float = BEAT) -> Leases:
        """Return leases in the folder ``leases/``."""
        return Leases(FolderBoard(folder=self.root / LEASES), beat)

    @contextmanager
    def temporary(self, key: Key) -> Iterator[Path]:
        """Hand out a new folder that goes when the block ends, and whose name says who writes there."""
        me = this_process()
        folder = self.root / TEMPORARY / f"{key[:_SHORT]}-{me.machine}-{me.pid}-{me.started}-{uuid.uuid4().hex}"
        with space_for(self.root):
            try:
                folder.mkdir(parents=True)
                yield folder
            finally:
                shutil.rmtree(folder, ignore_errors=True)

    def adopt(self, temporary: Path, kind: str, key: Key) -> None:
        """Let a sealed folder, whose files have just been read, be an artefact."""
        final = self.root / kind / key
        final.parent.mkdir(parents=True, exist_ok=True)
        try:
            temporary.rename(final)
        except OSError:
            # Somebody else made the same artefact first: equal keys mean equal content, so theirs serves.
            if (final / MANIFEST).is_file():
                return
            self._move_aside(final, None)
            temporary.rename(final)
        sync(final.parent)
        self.verified[key] = _state(final)

    def drop_checkpoint(self, key: Key) -> None:
        """Remove a stage's checkpoints."""
        shutil.rmtree(self.root / CHECKPOINTS / key, ignore_errors=True)

    def adopt_checkpoint(self, temporary: Path, key: Key) -> None:
        """Let a sealed folder be a stage's checkpoint, in place of all earlier ones."""
        earlier = self._checkpoints(key)
        number = int(earlier[0].name[:8]) + 1 if earlier else 1
        final = self.root / CHECKPOINTS / key / f"{number:08d}-{uuid.uuid4().hex[:8]}"
        final.parent.mkdir(parents=True, exist_ok=True)
        temporary.rename(final)
        sync(final.parent)
        for folder in earlier:
            shutil.rmtree(folder, ignore_errors=True)

    def _find(self, key: Key) -> Path | None:
        return next((path.parent for kind in REVISIONS if (path := self.root / kind / key / MANIFEST).exists()), None)

    def _checkpoints(self, key: Key) -> list[Path]:
        """Return a stage's checkpoints, the newest first."""
        home = self.root / CHECKPOINTS / key
        return sorted((Path(path) for name, path in _folders(home) if name[:8].isdecimal()), reverse=True)

    def _move_aside(self, folder: Path, state: int | None) -> None:
        # Another process may have done so, and even made the artefact anew, since this one looked.
        if state is not None and _state(folder) != state:
            return
        aside = self.root / DAMAGED / f"{folder.name}-{uuid.uuid4().hex[:8]}"
        with space_for(self.root), contextlib.suppress(FileNotFoundError):
            aside.parent.mkdir(parents=True, exist_ok=True)
            os.replace(folder, aside)


def _folders(home: Path) -> Iterator[tuple[str, str]]:
    """Return names and paths of what lies in a folder, if there is one."""
    with contextlib.suppress(FileNotFoundError), os.scandir(home) as entries:
        yield from ((entry.name, entry.path) for entry in entries)


def _size(path: Path) -> int:
    """Return the bytes of a file, or of all files below a folder."""
    found = [path] if path.is_file() else [below for below in path.rglob("*") if below.is_file()]
    total = 0
    for file in found:
        with contextlib.suppress(FileNotFoundError):  # somebody else tidies up, too
            total += file.stat().st_size
    return total


def _abandoned(folder: Path) -> bool:
    """Tell whether nobody writes to a temporary folder any more."""
    _, machine, pid, started, *_ = [*folder.name.split("-"), "", "", "", ""]
    lives = alive_here(int(pid), started) if machine == this_process().machine and pid.isdecimal() else None
    return _silent(folder, DAY) if lives is None else not lives


def _silent(path: Path, seconds: float) -> bool:
    """Tell whether nothing at a path, or below it, was written for so long."""
    with contextlib.suppress(FileNotFoundError):
        newest = max(found.stat().st_mtime for found in (path, *path.rglob("*")))
        return time.time() - newest > seconds
    return False


def _state(folder: Path) -> int:
    """Return what tells this process whether a folder's files are still those that were checked."""
    found = []
    for name, path in _folders(folder):
        with contextlib.suppress(FileNotFoundError):
            state = os.stat(path)
            found.append((name, state.st_ino, state.st_size, state.st_mtime_ns, state.st_ctime_ns))
    # As a hash: a run opens hundreds of thousands of artefacts.
    return hash(tuple(sorted(found)))
