"""Where leases hang for all to see: in a folder, or in a bucket."""

from __future__ import annotations

import contextlib
import errno
import os
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from augbench.plan.keys import Key
from augbench.store.bucket import Bucket
from augbench.store.files import locked, space_for
from augbench.store.leases import Posted


@dataclass(frozen=True, kw_only=True)
class FolderBoard:
    """One small file a lease; its time of change is its holder's last sign of life."""

    folder: Path

    def stages(self) -> Iterator[Key]:
        """Return the names of the files."""
        with contextlib.suppress(FileNotFoundError), os.scandir(self.folder) as entries:
            yield from (entry.name for entry in entries if not entry.name.startswith("."))

    def post(self, key: Key, text: str) -> bool:
        """Write a file aside and link it: no reader sees half of it, and a second link fails."""
        draft = self._aside(key)
        with space_for(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            try:
                draft.write_text(text, encoding="utf-8")
                with self._alone():
                    _link(draft, self.folder / key)
            except FileExistsError:
                # Network file systems repeat a request whose answer was lost, and then refuse what they have done.
                return _is(self.folder / key, draft)
            finally:
                draft.unlink(missing_ok=True)
        return True

    def read(self, key: Key) -> Posted | None:
        """Read a file and its time of change."""
        try:
            # Network file systems ask the server about a file that is opened; otherwise they may answer from memory.
            with (self.folder / key).open(encoding="utf-8", errors="replace") as file:
                text, state = file.read(), os.fstat(file.fileno())
        except FileNotFoundError:
            return None
        return Posted(text=text, sign=state.st_mtime_ns, age=time.time() - state.st_mtime)

    def renew(self, key: Key, text: str) -> bool:
        """Set the file's time of change."""
        try:
            # Not while somebody has the file aside.
            with self._alone(), (self.folder / key).open(encoding="utf-8", errors="replace") as file:
                if file.read() != text:
                    return False
                # By descriptor: it is the file that was read, whatever has the name now.
                os.utime(file.fileno())
        except FileNotFoundError:
            return False
        return True

    def remove(self, key: Key, text: str) -> bool:
        """Move the file aside, see that it is the right one, and delete it; put another one back."""
        with self._alone():
            aside = self._aside(key)
            try:
                (self.folder / key).rename(aside)
            except FileNotFoundError:
                return False
            right = aside.read_text(encoding="utf-8", errors="replace") == text
            if not right:
                with contextlib.suppress(FileExistsError):
                    _link(aside, self.folder / key)
            aside.unlink(missing_ok=True)
            return right

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep others from removing, or posting what one is about to put back, where the file system can."""
        descriptor = os.open(self.folder, os.O_RDONLY)
        try:
            with locked(descriptor):
                yield
        finally:
            os.close(descriptor)

    def _aside(self, key: Key) -> Path:
        return self.folder / f".{key[:12]}-{uuid.uuid4().hex}"


@dataclass(frozen=True, kw_only=True)
class BucketBoard:
    """One small object a lease; each sign of life writes it anew, with another number behind its text."""

    bucket: Bucket
    below: str

    def stages(self) -> Iterator[Key]:
        """Return the names of the objects."""
        return (found.name.rpartition("/")[2] for found in list(self.bucket.find(self.below)))

    def post(self, key: Key, text: str) -> bool:
        """Create an object."""
        return self.bucket.create(self._name(key), _signed(text))

    def read(self, key: Key) -> Posted | None:
        """Read an object; its last sign of life is seconds old by two clocks."""
        content = self.bucket.read(self._name(key))
        if content is None:
            return None
        text, _, sign = content.decode(errors="replace").partition("\n")
        return Posted(text=text, sign=sign, age=time.time() - _number(sign.partition(" ")[0]))

    def renew(self, key: Key, text: str) -> bool:
        """Write the object again.  One that took it over between look and write sees it, and makes the artefact in vain."""
        right = self._is(key, text)
        if right:
            self.bucket.write(self._name(key), _signed(text))
        return right

    def remove(self, key: Key, text: str) -> bool:
        """Delete the object, if it is the right one."""
        right = self._is(key, text)
        if right:
            self.bucket.remove([self._name(key)])
        return right

    def _is(self, key: Key, text: str) -> bool:
        posted = self.read(key)
        return posted is not None and posted.text == text

    def _name(self, key: Key) -> str:
        return f"{self.below}/{key}"


def _signed(text: str) -> bytes:
    return f"{text}\n{time.time()} {uuid.uuid4().hex}".encode()


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:  # no lease of ours
        return 0.0


def _is(path: Path, other: Path) -> bool:
    with contextlib.suppress(FileNotFoundError):
        return path.samefile(other)
    return False


def _link(source: Path, target: Path) -> None:
    """Give a file a name.  Raise ``FileExistsError`` where it is taken."""
    try:
        os.link(source, target)
    except FileExistsError:
        raise
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK):
            raise
        # A file system without links: a reader may see half of this one, and does not know its holder then.
        with target.open("x", encoding="utf-8") as file:
            file.write(source.read_text(encoding="utf-8"))
