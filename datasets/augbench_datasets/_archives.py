"""Unpack archives from strangers: nothing leaves the folder, nothing grows without bound, nothing is left half-done."""

from __future__ import annotations

import re
import shutil
import unicodedata
from collections import deque
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath

from augbench import Progress, UnreadableData
from augbench_datasets._errors import UnsafeArchive
from augbench_datasets._members import Member, members

_LONGEST = 1000
_LONGEST_PART = 255
_TOO_LONG = "has too long a name"


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How much an archive may unpack to, with all archives in it."""

    members: int = 1_000_000
    bytes: int = 100 * 2**30
    ratio: int = 100
    """Bytes unpacked for each byte of the archive; pictures reach 2, tables 10, and what only means harm a thousand."""
    harmless: int = 64 * 2**20
    """Up to so many bytes the ratio does not matter."""


def unpack(
    archive: Path, target: Path, *, nested: Collection[str] = (), limits: Limits | None = None, progress: Progress | None = None
) -> None:
    """Unpack a zip or tar file into a new folder; a folder that is there is left alone.

    ``nested`` are patterns for names of archives within it: each is unpacked where it lies, and removed.  ``progress`` counts the
    bytes of the archive in work, and starts again for a nested one.

    The folder appears when it is complete: a kill leaves at most a hidden folder beside it, which the next try removes.
    Raise ``UnsafeArchive`` for members that could do harm, ``UnreadableData`` for a broken archive.
    """
    from filelock import FileLock

    target.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(target.with_name(f".{target.name}.lock")):
        if target.exists():
            return
        if not archive.is_file():
            raise UnreadableData(archive, "it is not there")
        with appearing(target) as folder:
            _Unpacking(archive, folder, nested, limits or Limits(), progress or _silent).run()


@contextmanager
def appearing(target: Path) -> Iterator[Path]:
    """Give a hidden folder that takes the place of ``target`` once it is complete, and is removed on an error, or by the next try."""
    folder = target.with_name(f".{target.name}.part")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    try:
        yield folder
        folder.rename(target)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _silent(done: int, total: int, **numbers: float) -> None:
    """Tell nobody."""


class _Unpacking:
    """An archive, and those in it, on their way into a folder."""

    def __init__(self, archive: Path, folder: Path, nested: Collection[str], limits: Limits, progress: Progress) -> None:
        self._archive, self._folder, self._nested, self._limits, self._progress = archive, folder, nested, limits, progress
        self._names = _Names(archive)
        self._members = self._bytes = 0
        self._most = min(limits.bytes, max(limits.harmless, limits.ratio * _length(archive)))

    def run(self) -> None:
        waiting = deque([(self._archive, PurePosixPath())])
        while waiting:
            archive, place = waiting.popleft()
            waiting += self._unpack(archive, place)
            if archive != self._archive:
                archive.unlink()

    def _unpack(self, archive: Path, place: PurePosixPath) -> list[tuple[Path, PurePosixPath]]:
        """Unpack one archive and return those in it."""
        found = []
        total = _length(archive)
        for member in members(archive):
            inside = self._place(member, place)
            if member.folder:
                (self._folder / inside).mkdir(parents=True, exist_ok=True)
            else:
                self._write(member, self._folder / inside)
                if any(fnmatch(inside.name, pattern) for pattern in self._nested):
                    found.append((self._folder / inside, inside.parent))
            self._progress(min(member.reached, total), total)
        return found

    def _place(self, member: Member, place: PurePosixPath) -> PurePosixPath:
        """Return where a member belongs within the folder, if it may be there at all."""
        if member.refused is not None:
            raise UnsafeArchive(self._archive, member.name, member.refused)
        self._members += 1
        if self._members > self._limits.members:
            raise UnsafeArchive(self._archive, member.name, f"is one more than the {self._limits.members:,} that are harmless")
        self._bear(member, member.length)
        return self._names.claim(member, place)

    def _write(self, member: Member, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as file:
            for piece in member.chunks:
                self._bear(member, len(piece))
                self._bytes += len(piece)
                file.write(piece)

    def _bear(self, member: Member, count: int) -> None:
        """Raise ``UnsafeArchive`` where so many bytes more are too many."""
        if not 0 <= count <= self._most - self._bytes:
            raise UnsafeArchive(
                self._archive, member.name, f"unpacks to more than the {self._most:,} bytes that are harmless for an archive of its size"
            )


def _length(archive: Path) -> int:
    return archive.stat().st_size


class _Names:
    """The names taken in a folder, as a file system that ignores case sees them."""

    def __init__(self, archive: Path) -> None:
        self._archive = archive
        self._taken: dict[str, tuple[PurePosixPath, bool]] = {}

    def claim(self, member: Member, place: PurePosixPath) -> PurePosixPath:
        """Return a member's path within the folder; raise ``UnsafeArchive`` where it cannot have it."""
        if why := _odd(member):
            raise UnsafeArchive(self._archive, member.name, why)
        path = place / member.name
        # Each archive within another may add as much again.
        if len(str(path).encode()) > _LONGEST:
            raise UnsafeArchive(self._archive, member.name, _TOO_LONG)
        for above in [*path.parents][-2::-1]:
            self._take(member, above, folder=True)
        if path.parts:
            self._take(member, path, folder=member.folder)
        return path

    def _take(self, member: Member, path: PurePosixPath, *, folder: bool) -> None:
        seen = unicodedata.normalize("NFC", str(path)).casefold()
        taken = self._taken.get(seen)
        if taken is None:
            self._taken[seen] = (path, folder)
        elif not folder or taken != (path, True):
            raise UnsafeArchive(self._archive, member.name, f"takes the place of '{taken[0]}'")


def _odd(member: Member) -> str | None:
    """Say what is wrong with the name of a member."""
    parts = member.name.split("/")
    if member.name.startswith("/") or ".." in parts or any(re.match("[A-Za-z]:", part) for part in parts):
        return "leaves the folder"
    if "\\" in member.name or any(unicodedata.category(letter) in ("Cc", "Cs") for letter in member.name):
        return "has a name that is no plain path"
    if len(member.name.encode()) > _LONGEST or any(len(part.encode()) > _LONGEST_PART for part in parts):
        return _TOO_LONG
    return None if member.folder or any(part not in ("", ".") for part in parts) else "has no name"
