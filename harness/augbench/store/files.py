"""Write files so that a kill, a full disk or a second writer leaves the old or the new one, never half of one."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from augbench.values.errors import DiskFull

NO_SPACE = (errno.ENOSPC, errno.EDQUOT)


@contextmanager
def space_for(path: Path) -> Iterator[None]:
    """Turn a full disk, or quota, into one clear message."""
    try:
        yield
    except OSError as error:
        if error.errno in NO_SPACE:
            raise DiskFull(path) from error
        raise


def write_text(path: Path, text: str) -> None:
    """Replace a text file in one step."""
    write_bytes(path, text.encode())


def write_bytes(path: Path, content: bytes) -> None:
    """Replace a file in one step."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    with space_for(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with temporary.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
        except OSError as error:
            # Whoever reads the message has never heard of the other name.
            error.filename = str(path)
            raise
        finally:
            with suppress(OSError):
                temporary.unlink()


def write_json(path: Path, value: Any) -> None:
    """Replace a JSON file in one step."""
    write_text(path, as_json(value))


def as_json(value: Any) -> str:
    """Write JSON in the one way that files hold it."""
    return json.dumps(value, indent=1, sort_keys=True, allow_nan=False) + "\n"


def sha256(path: Path) -> str:
    """Hash a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def drafted(target: Path) -> Iterator[Path]:
    """Yield the path of a draft, file or folder, which takes the target's place once the block has come to its end, and is gone otherwise.

    An empty folder that is there is filled.  Raise ``DiskFull``.
    """
    # Not replaced: it may be the one that somebody stands in.
    fills = target.is_dir()
    draft = target / f".{os.getpid()}.tmp" if fills else target.with_name(f".{target.name}.{os.getpid()}.tmp")
    with space_for(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            yield draft
            sync(draft)
            for path in list(draft.iterdir()) if fills else ():
                path.rename(target / path.name)
            if not fills:
                draft.rename(target)
        except OSError as error:
            # Whoever reads the message has never heard of the draft.
            error.filename = str(target) if error.filename in (draft, str(draft)) else error.filename
            raise
        finally:
            shutil.rmtree(draft, ignore_errors=True)
            with suppress(OSError):
                draft.unlink()


def sync(path: Path) -> None:
    """Make a file, or a folder's entries, survive a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def locked(descriptor: int, how: int = fcntl.LOCK_EX) -> Iterator[None]:
    """Keep others off a file or folder until the block ends, and the descriptor is closed; a kill does so, too."""
    # Some network file systems have no locks: there, two that write at once may lose a line, or make an artefact twice.
    with suppress(OSError):
        fcntl.flock(descriptor, how)
    yield
