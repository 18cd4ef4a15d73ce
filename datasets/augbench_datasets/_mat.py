"""Read the arrays of a MATLAB 5 file, as SVHN has them: scipy's reader, which is C, dies on broken files.

A file is a header and elements: arrays, deflated or as they are.  An array is four elements, of flags, sides, name and numbers
(MAT-File Format, MathWorks).
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np

from augbench import UnreadableData
from augbench_datasets._numbers import Numbers, readable

_HEADER, _TAG = 128, 8
_DEFLATED, _ARRAY, _SIDES = 15, 14, 5
_TYPES = {1: "<i1", 2: "<u1", 3: "<i2", 4: "<u2", 5: "<i4", 6: "<u4", 7: "<f4", 9: "<f8", 12: "<i8", 13: "<u8"}
_LONGEST = 256
"""Bytes of what stands before the numbers."""
_BLOCK = 1 << 16


def read_mat(path: Path) -> dict[str, Numbers]:
    """Return the arrays of a file by name; their numbers wait.  Raise ``UnreadableData``."""
    with readable(path):
        return {numbers.name: numbers for numbers in map(_numbers, _elements(path))}


@dataclass(frozen=True, kw_only=True)
class _Element:
    """One array in the file."""

    path: Path
    start: int
    length: int
    deflated: bool

    @contextmanager
    def opened(self) -> Iterator[IO[bytes]]:
        """Give the bytes of its four elements."""
        with self.path.open("rb") as file:
            file.seek(self.start)
            if not self.deflated:
                yield file
                return
            with io.BufferedReader(_Inflated(file, self.length)) as inflated:
                if struct.unpack("<II", inflated.read(_TAG))[0] != _ARRAY:
                    raise ValueError("what is deflated is no array")
                yield inflated


def _elements(path: Path) -> Iterator[_Element]:
    with path.open("rb") as file:
        if file.read(_HEADER)[124:] != b"\x00\x01IM":
            raise UnreadableData(path, "it is no file of MATLAB 5 with the lowest byte first")
        start, end = _HEADER, path.stat().st_size
        while start < end:
            file.seek(start)
            kind, length = struct.unpack("<II", file.read(_TAG))
            start += _TAG
            if kind not in (_DEFLATED, _ARRAY) or length > end - start:
                raise ValueError(f"there is no whole array at byte {start - _TAG:,}")
            yield _Element(path=path, start=start, length=length, deflated=kind == _DEFLATED)
            start += length


def _numbers(element: _Element) -> Numbers:
    with element.opened() as stream:
        name, shape, dtype, length, start = _described(stream)

    @contextmanager
    def opened() -> Iterator[IO[bytes]]:
        with element.opened() as stream:
            stream.read(start)
            yield _Limited(stream, length, element.deflated)  # type: ignore[misc]

    numbers = Numbers(path=element.path, name=name, dtype=dtype, shape=shape, opened=opened, columns=True)
    if length != numbers.length or (not element.deflated and start + length > element.length):
        raise ValueError(f"the array '{name}' has {length:,} bytes, and by its shape {numbers.length:,}")
    numbers.check_growth(element.length)
    return numbers


def _described(stream: IO[bytes]) -> tuple[str, tuple[int, ...], np.dtype[Any], int, int]:
    """Read up to the numbers: name, shape, type, and how many bytes they take from where on."""
    flags, sides, name = (_part(stream) for _ in range(3))
    kind, length, inside = _tag(stream)
    if kind not in _TYPES or sides[0] != _SIDES:
        raise ValueError("it holds something else than numbers")
    shape = struct.unpack(f"<{len(sides[1]) // 4}i", sides[1])
    if len(shape) < 2 or min(shape) < 0:
        raise ValueError(f"an array has the shape {shape}")
    taken = sum(size for *_, size in (flags, sides, name)) + (_TAG // 2 if inside else _TAG)
    return name[1].decode("ascii"), shape, np.dtype(_TYPES[kind]), length, taken


def _part(stream: IO[bytes]) -> tuple[int, bytes, int]:
    """Read an element: its kind, its content, and how many bytes it takes."""
    kind, length, inside = _tag(stream)
    if inside:
        return kind, inside[:length], _TAG
    if length > _LONGEST:
        raise ValueError("an array has no such name, or no such shape")
    padded = -(-length // _TAG) * _TAG
    return kind, stream.read(padded)[:length], _TAG + padded


def _tag(stream: IO[bytes]) -> tuple[int, int, bytes]:
    """Read how an element begins: its kind, its length, and the four bytes that short ones keep within."""
    kind, length = struct.unpack("<II", tag := stream.read(_TAG))
    if kind < 1 << 16:
        return kind, length, b""
    if kind >> 16 > _TAG // 2:
        raise ValueError("a short element is too long")
    return kind & 0xFFFF, kind >> 16, tag[_TAG // 2 :]


class _Inflated(io.RawIOBase):
    """Inflates a part of a file, a little at a time."""

    def __init__(self, file: IO[bytes], length: int) -> None:
        self._file, self._left, self._stream = file, length, zlib.decompressobj()

    def readable(self) -> bool:
        """Be readable."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer, or a part of it."""
        while not self._stream.eof:
            packed = self._stream.unconsumed_tail or self._file.read(min(_BLOCK, self._left))
            if not self._stream.unconsumed_tail:
                self._left -= len(packed)
            piece = self._stream.decompress(packed, len(buffer))
            if piece:
                buffer[: len(piece)] = piece
                return len(piece)
            if not packed:
                raise EOFError
        return 0


class _Limited:
    """Ends a stream where the numbers end, and sees that a deflated one ends there, too: its checksum is behind them."""

    def __init__(self, stream: IO[bytes], left: int, deflated: bool) -> None:
        self._stream, self._left, self._deflated = stream, left, deflated

    def read(self, size: int) -> bytes:
        """Return the next numbers' bytes."""
        piece = self._stream.read(min(size, self._left))
        self._left -= len(piece)
        if not self._left and self._deflated and len(self._stream.read(_TAG)) == _TAG:
            raise ValueError("there is more than numbers")
        return piece
