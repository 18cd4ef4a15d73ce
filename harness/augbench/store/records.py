"""The run's journal: append-only JSON lines, one write and one fsync each."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from augbench.store.files import locked, space_for

Record = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Journal:
    """Records of one run; several processes may write at once, and each line stays whole."""

    path: Path

    def append(self, record: Record) -> None:
        """Add one line, or none where there is no space; after a kill in the middle of a line, start a new one."""
        line = (json.dumps(record, separators=(",", ":"), allow_nan=False) + "\n").encode()
        with space_for(self.path):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
            try:
                with locked(descriptor, fcntl.LOCK_EX):
                    size = os.lseek(descriptor, 0, os.SEEK_END)
                    torn = size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"
                    with _undone(descriptor, size):
                        _write(descriptor, b"\n" + line if torn else line)
            finally:
                os.close(descriptor)

    def read(self) -> tuple[list[Record], int]:
        """Return the records and how many lines were torn, and so skipped."""
        found = list(self._parsed())
        records = [record for record in found if record is not None]
        return records, len(found) - len(records)

    def __iter__(self) -> Iterator[Record]:
        """Return one record after the other, so that only those take memory which somebody keeps."""
        return (record for record in self._parsed() if record is not None)

    def torn(self) -> int:
        """Count torn lines."""
        return sum(record is None for record in self._parsed())

    def _parsed(self) -> Iterator[Record | None]:
        """Return each line's record, or None for a line that is torn."""
        for line in filter(str.strip, self._lines()):
            try:
                record = json.loads(line)
            except ValueError:
                yield None
            else:
                if isinstance(record, dict):
                    yield record

    def _lines(self) -> Iterator[str]:
        """Return the lines that are there now; what is written meanwhile comes behind them."""
        left = self._size()
        if left:
            with self.path.open("rb") as file:
                while left > 0 and (line := file.readline(left)):
                    left -= len(line)
                    yield line.decode(errors="replace")

    def _size(self) -> int:
        try:
            # Beside a writer, half of its line would look torn.
            with self.path.open("rb") as file, locked(file.fileno(), fcntl.LOCK_SH):
                return os.fstat(file.fileno()).st_size
        except FileNotFoundError:
            return 0


def _write(descriptor: int, data: bytes) -> None:
    if os.write(descriptor, data) < len(data):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    os.fsync(descriptor)


@contextlib.contextmanager
def _undone(descriptor: int, size: int) -> Iterator[None]:
    """Cut a file back to its size where a write does not come to its end."""
    try:
        yield
    except BaseException:
        os.ftruncate(descriptor, size)
        raise
