"""Objects below an address that fsspec knows: read, written and listed whole."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from augbench.store.files import NO_SPACE, space_for
from augbench.values.errors import AugbenchError, MissingExtra
from augbench.values.run_errors import UnknownStore, UnreachableStore

_TIMES = ("LastModified", "last_modified", "updated", "mtime", "modified", "created")
"""What file systems call the time of an object's last change."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Object:
    """An object as a listing shows it."""

    name: str
    """Below the address."""
    bytes: int
    changed: float
    """In seconds since the epoch, by the clock of the other side."""


@dataclass(kw_only=True)
class Bucket:
    """All objects whose names begin with an address, such as ``s3://bucket/folder``.

    Raise ``UnreachableStore`` where the other side cannot be talked to.
    """

    url: str
    connected: tuple[int, Any, str] | None = field(default=None, repr=False)
    """The process that opened the file system, the file system, and the address as it writes it."""

    def read(self, name: str) -> bytes | None:
        """Return an object's content, or None where there is none."""
        return self.read_all([name]).get(name)

    def read_all(self, names: Iterable[str]) -> Mapping[str, bytes]:
        """Return the contents of the objects that there are, asked for side by side where the file system can."""
        paths = {self._path(name): name for name in names}
        # Or s3fs asks for the size of each one first.
        whole = {"max_concurrency": 1} if hasattr(self._files, "max_concurrency") else {}
        with self._reached():
            answers = self._files.cat(list(paths), on_error="return", **whole) if paths else {}
            for answer in answers.values():
                if isinstance(answer, Exception) and not isinstance(answer, FileNotFoundError):
                    raise answer
        return {paths[path]: answer for path, answer in answers.items() if isinstance(answer, bytes)}

    def write(self, name: str, content: bytes) -> None:
        """Replace an object in one step."""
        with self._reached():
            if self._has_folders:
                draft = self._path(f"{name}.{uuid.uuid4().hex}")
                self._make_folder(name)
                self._files.pipe_file(draft, content)
                self._files.mv(draft, self._path(name))
            else:
                self._files.pipe_file(self._path(name), content)

    def create(self, name: str, content: bytes) -> bool:
        """Write an object unless there is one; whoever looks back sees whether it was first."""
        with suppress(FileExistsError), self._reached(FileExistsError):
            self._make_folder(name)
            self._files.pipe_file(self._path(name), content, mode="create")
        # Not every server knows how to refuse: of two that it lets in, the last one stays.  And one that was asked again, since
        # its first answer was lost, refuses what it has done.
        return self.read(name) == content

    def upload(self, folder: Path, names: Sequence[str], below: str) -> None:
        """Copy files of a folder."""
        with self._reached():
            self._make_folder(f"{below}/file")
            self._files.put([str(folder / name) for name in names], [self._path(f"{below}/{name}") for name in names])

    def download(self, below: str, names: Sequence[str], folder: Path) -> None:
        """Copy files into a folder.  Raise ``FileNotFoundError`` where one is not there."""
        with space_for(folder), self._reached(FileNotFoundError):
            self._files.get([self._path(f"{below}/{name}") for name in names], [str(folder / name) for name in names])

    def find(self, below: str) -> Iterator[Object]:
        """List all objects below a name."""
        start = len(self._path(""))
        with self._reached():
            try:
                found = self._files.find(self._path(below), detail=True)
            except FileNotFoundError:
                found = {}
        for path, facts in found.items():
            if facts["type"] == "file":
                yield Object(name=path[start:], bytes=facts["size"] or 0, changed=_changed(facts))

    def remove(self, names: Iterable[str]) -> None:
        """Remove objects; one that is not there is none to remove."""
        paths = [self._path(name) for name in names]
        with self._reached():
            if self._has_folders:
                for path in paths:
                    with suppress(FileNotFoundError):
                        self._files.rm_file(path)
            elif paths:
                self._files.rm(paths)

    @property
    def _files(self) -> Any:
        return self._connection()[0]

    def _connection(self) -> tuple[Any, str]:
        # One does not survive a fork.
        if self.connected is None or self.connected[0] != os.getpid():
            self.connected = (os.getpid(), *_connect(self.url))
        return self.connected[1:]

    @property
    def _has_folders(self) -> bool:
        """Tell a file system with folders, where half of a file can be seen, from one of objects, which appear whole."""
        return not self._files.async_impl

    def _make_folder(self, name: str) -> None:
        if self._has_folders:
            self._files.makedirs(self._path(name).rpartition("/")[0], exist_ok=True)

    def _path(self, name: str) -> str:
        return f"{self._connection()[1]}/{name}"

    @contextmanager
    def _reached(self, *expected: type[Exception]) -> Iterator[None]:
        try:
            yield
        except Exception as error:  # each file system has its own
            if isinstance(error, (AugbenchError, *expected)) or getattr(error, "errno", None) in NO_SPACE:
                raise
            raise UnreachableStore(self.url, error) from error


def _connect(url: str) -> tuple[Any, str]:
    """Return a file system that forgets its listings, others write there too, and the address without its protocol."""
    protocol = url.partition("://")[0]
    try:
        from fsspec.core import url_to_fs

        files, root = url_to_fs(url, use_listings_cache=False)
    except ImportError as error:
        if protocol in ("s3", "s3a"):
            raise MissingExtra(url, "remote") from error
        raise UnknownStore(url, str(error)) from error
    except ValueError as error:
        raise UnknownStore(url, str(error)) from error
    return files, str(root).rstrip("/")


def _changed(facts: Mapping[str, Any]) -> float:
    time = next((facts[name] for name in _TIMES if facts.get(name) is not None), 0.0)
    return time.timestamp() if isinstance(time, datetime) else float(time)
