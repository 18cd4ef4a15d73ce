"""The run's journal: append-only JSON lines, one write and one fsync each."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from augbench.store.files import space_for

Record = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Journal:
    """Records of one run, written by its driver alone."""

    path: Path

    def append(self, record: Record) -> None:
        """Add one line; after a kill in the middle of a line, start a new one."""
        line = json.dumps(record, separators=(",", ":"), allow_nan=False) + "\n"
        with space_for(self.path):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
            try:
                data = (b"\n" if _is_torn(descriptor) else b"") + line.encode()
                if os.write(descriptor, data) < len(data):
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self.path))
                os.fsync(descriptor)
            finally:
                os.close(descriptor)

    def read(self) -> tuple[list[Record], int]:
        """Return the records and how many lines were torn, and so skipped."""
        if not self.path.is_file():
            return [], 0
        records: list[Record] = []
        torn = 0
        for line in self.path.read_text(encoding="utf-8", errors="replace").split("\n"):
            try:
                record = json.loads(line) if line.strip() else None
            except ValueError:
                record, torn = None, torn + 1
            if isinstance(record, dict):
                records.append(record)
        return records, torn


def _is_torn(descriptor: int) -> bool:
    size = os.lseek(descriptor, 0, os.SEEK_END)
    return size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"
