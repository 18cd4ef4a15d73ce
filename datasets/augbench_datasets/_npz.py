"""Read the headers of NumPy's files, .npz and .npy, without trusting them."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np

from augbench import UnreadableData
from augbench_datasets._array_errors import BadArray, NoArray, NoArrays
from augbench_datasets._npy_header import LONGEST, ArrayHeader, array_header
from augbench_datasets._numbers import Numbers, plain, readable

_AGAIN = "save it again"


@dataclass(frozen=True, kw_only=True)
class Arrays:
    """Named arrays of a .npz file, or of a folder of .npy files; a header is read when its array is asked for."""

    path: Path
    openers: Mapping[str, Callable[[], Numbers]]

    def __contains__(self, name: str) -> bool:
        """Tell whether there is such an array."""
        return name in self.openers

    def __getitem__(self, name: str) -> Numbers:
        """Return an array.  Raise ``NoArray``, ``BadArray`` or ``UnreadableData``."""
        if name not in self.openers:
            raise NoArray(self.path, name, self.openers)
        return self.openers[name]()


def open_arrays(path: Path, again: str = _AGAIN) -> Arrays:
    """Look which arrays there are.  Raise ``NoArrays`` or ``UnreadableData``."""
    if path.is_dir():
        return Arrays(path=path, openers={file.stem: _npy(file, again) for file in sorted(path.glob("*.npy"))})
    if not path.is_file():
        raise NoArrays(path)
    if not zipfile.is_zipfile(path):
        raise UnreadableData(path, "it is no .npz file, or a truncated one", again)
    with readable(path, again), zipfile.ZipFile(path) as archive:
        members = [member for member in archive.infolist() if member.filename.endswith(".npy")]
    return Arrays(path=path, openers={member.filename.removesuffix(".npy"): _member(path, member, again) for member in members})


def _npy(path: Path, again: str) -> Callable[[], Numbers]:
    def read() -> Numbers:
        with readable(path, again), path.open("rb") as stream:
            header, dtype = _header(stream, path.stem, path.parent, again)
            return plain(path, dtype, header.shape, header.start, columns=header.columns, again=again)

    return read


def _member(path: Path, member: zipfile.ZipInfo, again: str) -> Callable[[], Numbers]:
    name = member.filename.removesuffix(".npy")

    def read() -> Numbers:
        @contextmanager
        def opened() -> Iterator[IO[bytes]]:
            with zipfile.ZipFile(path) as archive, archive.open(member) as stream:
                stream.read(header.start)
                yield stream

        with readable(path, again), zipfile.ZipFile(path) as archive, archive.open(member) as stream:
            header, dtype = _header(stream, name, path, again)
        numbers = Numbers(path=path, name=name, dtype=dtype, shape=header.shape, opened=opened, columns=header.columns, again=again)
        if member.file_size != (said := header.start + numbers.length):
            why = f"the array '{name}' has {member.file_size:,} bytes, and its header says {said:,}"
            raise UnreadableData(path, why, again)
        numbers.check_growth(member.compress_size)
        return numbers

    return read


def _header(stream: IO[bytes], name: str, path: Path, again: str) -> tuple[ArrayHeader, np.dtype[Any]]:
    """Read what an array's file says, and the type of its numbers; nothing is ever unpickled."""
    found = array_header(stream.read(LONGEST))
    try:
        dtype = None if found is None else np.dtype(found.type)
    except (TypeError, ValueError):
        dtype = None
    if found is None or dtype is None:
        raise BadArray(name, path, "has no header that NumPy writes", again)
    if dtype.hasobject:
        raise BadArray(name, path, "holds Python objects, which could run anything when they are read", "save an array of plain numbers")
    return found, dtype
