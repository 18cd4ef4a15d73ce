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
        records: list[Record] = []
        torn = 0
        for line in self._text().split("\n"):
            try:
                record = json.loads(line) if line.strip() else None
            except ValueError:
                record, torn = None, torn + 1
            if isinstance(record, dict):
                records.append(record)
        return records, torn

    def _text(self) -> str:
        try:
            # Beside a writer, half of its line would look torn.
            with self.path.open(encoding="utf-8", errors="replace", newline="\n") as file, locked(file.fileno(), fcntl.LOCK_SH):
                return file.read()
        except FileNotFoundError:
            return ""


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
