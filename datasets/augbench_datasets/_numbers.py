"""Arrays in files: what a header says, the bytes in order, and the numbers mapped, so that size does not matter."""

from __future__ import annotations

import errno
import lzma
import math
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from augbench import UnreadableData

_BLOCK = 1 << 20
# Pixels shrink to a half, drawings to a tenth; a file that grows more than this is made to fill a disk.
_HARMLESS, _RATIO = 64 << 20, 200


@dataclass(frozen=True, kw_only=True)
class Numbers:
    """An array in a file: its header is read, its numbers wait."""

    path: Path
    name: str
    """Its name within the file; empty where it is all of it."""
    dtype: np.dtype[Any]
    shape: tuple[int, ...]
    opened: Callable[[], AbstractContextManager[IO[bytes]]]
    """Gives a stream that stands at the first number."""
    start: int | None = None
    """Where the numbers begin in the file, if it holds them as they are."""
    columns: bool = False
    """Whether the first index moves fastest (Fortran's order)."""
    again: str = "fetch it again"
    """How to get the file whole."""

    @property
    def length(self) -> int:
        """Return how many bytes the numbers take."""
        return math.prod(self.shape) * self.dtype.itemsize

    def blocks(self) -> Iterator[bytes]:
        """Yield the bytes of all numbers.  Raise ``UnreadableData`` where there are fewer, or more."""
        with readable(self.path, self.again), self.opened() as stream:
            left = self.length
            while left:
                block = stream.read(min(left, _BLOCK))
                if not block:
                    raise UnreadableData(self.path, f"{left:,} bytes are missing{self._within()}", self.again)
                left -= len(block)
                yield block
            if stream.read(1):
                raise UnreadableData(self.path, f"more than {self.length:,} bytes of numbers{self._within()}", self.again)

    def array(self) -> NDArray[Any]:
        """Map the numbers; packed ones are written to a temporary file that goes with the array."""
        if 0 in self.shape:
            return np.empty(self.shape, self.dtype)
        if self.start is not None:
            return self._mapped(self.path, self.start)
        with tempfile.TemporaryFile() as file:
            for block in self.blocks():
                file.write(block)
            file.flush()
            return self._mapped(file, 0)

    def read(self) -> NDArray[Any]:
        """Return the numbers in memory: for labels."""
        flat = np.frombuffer(b"".join(self.blocks()), self.dtype)
        return flat.reshape(self.shape, order="F" if self.columns else "C")

    def check_growth(self, packed: int) -> None:
        """Raise ``UnreadableData`` where so many packed bytes would become too many."""
        if self.length > max(_HARMLESS, _RATIO * packed):
            why = f"{packed:,} bytes would unpack to {self.length:,}{self._within()}, which no images do"
            raise UnreadableData(self.path, why, self.again)

    def _mapped(self, file: Path | IO[bytes], start: int) -> NDArray[Any]:
        order = "F" if self.columns else "C"
        # Not a memmap, which would remember how to be written.
        return np.asarray(np.memmap(file, self.dtype, "r", start, self.shape, order))  # type: ignore[call-overload]

    def _within(self) -> str:
        return f" in the array '{self.name}'" if self.name else ""


@contextmanager
def readable(path: Path, again: str = "fetch it again") -> Iterator[None]:
    """Turn whatever readers raise on broken bytes into ``UnreadableData``."""
    try:
        yield
    except UnreadableData:
        raise
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            # A full disk is not the file's fault.
            raise
        raise UnreadableData(path, error.strerror or str(error), again) from error
    except (EOFError, ValueError, RuntimeError, OverflowError, struct.error, zipfile.BadZipFile, zlib.error, lzma.LZMAError) as error:
        raise UnreadableData(path, str(error) or "it ends too early", again) from error


def plain(
    path: Path, dtype: Any, shape: tuple[int, ...], start: int = 0, *, columns: bool = False, again: str = "fetch it again"
) -> Numbers:
    """Return numbers that a file holds as they are, up to its end.  Raise ``UnreadableData`` where its size says otherwise."""

    @contextmanager
    def opened() -> Iterator[IO[bytes]]:
        with path.open("rb") as stream:
            stream.seek(start)
            yield stream

    numbers = Numbers(path=path, name="", dtype=np.dtype(dtype), shape=shape, opened=opened, start=start, columns=columns, again=again)
    if (there := path.stat().st_size) != start + numbers.length:
        raise UnreadableData(path, f"it has {there:,} bytes, and its header says {start + numbers.length:,}", again)
    return numbers


def records(path: Path, record: tuple[int, ...]) -> Numbers:
    """Return uint8 records of one shape, as many as a file holds."""
    each = math.prod(record)
    size = path.stat().st_size
    if size == 0 or size % each:
        raise UnreadableData(path, f"{size:,} bytes are no whole number of records of {each:,}")
    return plain(path, np.uint8, (size // each, *record))
