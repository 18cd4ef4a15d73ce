"""Read the members of an archive one after the other, trusting nothing that it says of itself."""

from __future__ import annotations

import bz2
import gzip
import lzma
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

from augbench import UnreadableData

_CHUNK = 2**18
# What a tar file may say between two members; Python reads a long name into memory, however long.
_HEADERS = 2**17
_FILLER = 2**20
_COMPRESSED: dict[bytes, Callable[[IO[bytes]], Any]] = {b"\x1f\x8b": gzip.open, b"BZh": bz2.open, b"\xfd7zXZ\x00": lzma.open}
_BROKEN = (
    EOFError,
    IndexError,
    NotImplementedError,
    OSError,
    OverflowError,
    RecursionError,
    UnicodeError,
    ValueError,
    lzma.LZMAError,
    struct.error,
    tarfile.TarError,
    zipfile.BadZipFile,
    zlib.error,
)


@dataclass(frozen=True, kw_only=True)
class Member:
    """One member, whose content is read once, before the next member."""

    name: str
    folder: bool
    length: int
    """How long it says that it is."""
    refused: str | None
    """Why it cannot be unpacked."""
    chunks: Iterator[bytes]
    reached: int
    """How many bytes of the archive are behind its end, roughly."""


def members(path: Path) -> Iterator[Member]:
    """Yield the members of a zip or tar file, which its first bytes tell apart.  Raise ``UnreadableData`` for a broken one."""
    with _reading(path), path.open("rb") as file:
        start = file.read(512)
        file.seek(0)
        if start.startswith((b"PK\x03\x04", b"PK\x05\x06")):
            yield from _of_zip(path, file)
        elif openers := [opener for magic, opener in _COMPRESSED.items() if start.startswith(magic)]:
            yield from _of_tar(path, openers[0](file), file)
        elif start[257:262] == b"ustar":
            yield from _of_tar(path, file, file)
        else:
            raise UnreadableData(path, "it is neither a zip nor a tar archive")


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    try:
        yield
    except _BROKEN as error:
        raise UnreadableData(path, f"the archive is truncated or broken ({error or type(error).__name__})") from error


def _of_zip(path: Path, file: IO[bytes]) -> Iterator[Member]:
    reached = 0
    with zipfile.ZipFile(file) as archive:
        for info in archive.infolist():
            reached += info.compress_size
            yield Member(
                # The other name is cut at a zero byte.
                name=info.orig_filename,
                folder=info.orig_filename.endswith("/"),
                length=info.file_size,
                refused=_refused_by_zip(info),
                chunks=_unzipped(path, archive, info),
                reached=reached,
            )


def _refused_by_zip(info: zipfile.ZipInfo) -> str | None:
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        return "is a link" if kind == stat.S_IFLNK else "is no ordinary file"
    if info.flag_bits & 1:
        return "is encrypted"
    # The others that Python knows give back any number of bytes at once.
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return f"is compressed in an unusual way (method {info.compress_type})"
    return None


def _unzipped(path: Path, archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[bytes]:
    with _reading(path), archive.open(info) as file:
        yield from _pieces(file)


def _of_tar(path: Path, unpacked: Any, file: IO[bytes]) -> Iterator[Member]:
    source = _Rationed(unpacked)
    with tarfile.open(fileobj=cast("IO[bytes]", source), mode="r|", tarinfo=_StrictHeader) as archive:
        while (info := archive.next()) is not None:
            source.left = None
            yield Member(
                name=info.name,
                folder=info.isdir(),
                length=info.size if info.isreg() else 0,
                refused=_refused_by_tar(info),
                chunks=_untarred(path, archive, info),
                reached=file.tell(),
            )
            # Forgets what was read: a list of all members would only grow.
            archive.members.clear()  # type: ignore[attr-defined]
            source.left = _HEADERS
        # The checksum of a compressed file stands at its end, behind zeros that fill a tar file up.
        source.left = _FILLER
        while source.read(_CHUNK):
            pass


def _refused_by_tar(info: tarfile.TarInfo) -> str | None:
    if info.issym() or info.islnk():
        return "is a link"
    return None if info.isreg() or info.isdir() else "is no ordinary file"


def _untarred(path: Path, archive: tarfile.TarFile, info: tarfile.TarInfo) -> Iterator[bytes]:
    with _reading(path):
        file = archive.extractfile(info)
        assert file is not None, "is an ordinary file"
        yield from _pieces(file)


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    while piece := file.read(_CHUNK):
        yield piece


class _Rationed:
    """Hands out an unpacked stream, and between members no more of it than headers need."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.left: int | None = _HEADERS

    def read(self, size: int) -> bytes:
        """Return the next bytes."""
        piece = self._file.read(size)
        if self.left is not None:
            self.left -= len(piece)
            if self.left < 0:
                raise tarfile.ReadError("its headers, or what follows its end, are too long")
        return piece


class _StrictHeader(tarfile.TarInfo):
    """A header that must be there and whole: Python takes a broken one for the end of the archive."""

    @classmethod
    def fromtarfile(cls, tarfile_: tarfile.TarFile) -> tarfile.TarInfo:  # type: ignore[override]
        """Read the next header."""
        try:
            return super().fromtarfile(tarfile_)
        except tarfile.EOFHeaderError:  # type: ignore[attr-defined]
            raise
        except tarfile.HeaderError as error:
            raise tarfile.ReadError(str(error)) from error
