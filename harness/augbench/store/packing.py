"""Write many files as a folder or as a zip archive, whole or not at all; equal files give equal bytes."""

from __future__ import annotations

import io
import shutil
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from augbench.store.files import drafted
from augbench.values.run_errors import TakenFolder

_EARLIEST = (1980, 1, 1, 0, 0, 0)
"""The first time that an archive can write: when files were made is no part of what they are."""
_PACKED = frozenset({".png", ".parquet", ".safetensors", ".npy"})
"""Files that hardly shrink."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A file that is to be written."""

    name: str
    """Relative, with ``/``."""
    content: Path | Callable[[], bytes]
    """A file to copy, or what makes the bytes."""


def pack(entries: Sequence[Entry], target: Path, top: str, tell: Callable[[int], None] = lambda done: None) -> None:
    """Write files into a new folder, or, where the target ends in ``.zip``, into an archive, below the folder ``top``.

    Raise ``TakenFolder`` or ``DiskFull``.
    """
    check_free(target)
    with drafted(target) as draft:
        writer = _archive(draft, top) if target.suffix.lower() == ".zip" else _folder(draft)
        with writer as opened:
            for done, entry in enumerate(sorted(entries, key=lambda entry: entry.name), 1):
                _copy(entry, opened)
                tell(done)


def check_free(target: Path) -> None:
    """Raise ``TakenFolder`` where there is anything but an empty folder."""
    empty = target.is_dir() and target.suffix.lower() != ".zip" and not any(target.iterdir())
    if not empty and (target.exists() or target.is_symlink()):
        raise TakenFolder(target)


_Open = Callable[[str], IO[bytes]]


def _copy(entry: Entry, opened: _Open) -> None:
    with opened(entry.name) as file:
        if isinstance(entry.content, Path):
            with entry.content.open("rb") as source:
                shutil.copyfileobj(source, file)
        else:
            shutil.copyfileobj(io.BytesIO(entry.content()), file)


@contextmanager
def _folder(draft: Path) -> Iterator[_Open]:
    def opened(name: str) -> IO[bytes]:
        path = draft / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.open("wb")

    draft.mkdir()
    yield opened


@contextmanager
def _archive(draft: Path, top: str) -> Iterator[_Open]:
    def opened(name: str) -> IO[bytes]:
        info = zipfile.ZipInfo(f"{top}/{name}", _EARLIEST)
        info.compress_type = zipfile.ZIP_STORED if Path(name).suffix in _PACKED else zipfile.ZIP_DEFLATED
        info.create_system, info.external_attr = 3, 0o100644 << 16
        return archive.open(info, "w", force_zip64=True)

    with zipfile.ZipFile(draft, "w") as archive:
        yield opened
