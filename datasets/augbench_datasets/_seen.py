"""Remember what was found in files that have not changed since."""

from __future__ import annotations

import hashlib
import os
import struct
import time
from pathlib import Path

from augbench_datasets._kinds import Kind
from augbench_datasets._memory import memory, recalled, remember
from augbench_datasets._pictures import Header, Pages

_FORMAT = "1"
_SIGNATURE = struct.Struct("<4Q")
_FOUND = struct.Struct("<IIIB?32s")
_RECORD = _SIGNATURE.size + _FOUND.size
_SETTLED = 2_000_000_000
"""Nanoseconds after which a change cannot bear the same time any more: the coarsest clock of a file system ticks once in two seconds."""


class Seen:
    """What was found in the pictures below a folder, by their paths within it."""

    def __init__(self, root: Path, path: Path) -> None:
        self.root, self.path = root, path
        self.started = time.time_ns()
        self._rows, self._records = _read(path)
        self._kept: dict[str, bytes] = {}

    def get(self, identity: str, signature: bytes) -> Header | None:
        """Return what was found in a file, if its signature is still the same."""
        row = self._rows.get(identity)
        if row is None:
            return None
        record = self._records[row * _RECORD : (row + 1) * _RECORD]
        return _header(record) if record.startswith(signature) else None

    def keep(self, identity: str, signature: bytes, header: Header) -> None:
        """Remember what was found, unless the file may have changed after it was read without a trace in its signature."""
        _, modified, _, changed = _SIGNATURE.unpack(signature)
        # Git's rule about racily clean files: what is as young as the look at it may change once more within the same tick.
        if max(modified, changed) < self.started - _SETTLED:
            self._kept[identity] = signature + _packed(header)

    def save(self) -> None:
        """Write what is known, where there is anything new; files that are gone are forgotten."""
        if not self._kept:
            return
        there = {name: row for name, row in self._rows.items() if os.path.exists(os.path.join(self.root, name))}
        records = {name: self._records[row * _RECORD : (row + 1) * _RECORD] for name, row in there.items()} | self._kept
        names = "\0".join(records).encode(errors="surrogateescape")
        body = b"".join((len(names).to_bytes(8, "little"), names, *records.values()))
        remember(self.path, hashlib.sha256(body).digest() + body)


def memory_of(root: Path, pages: Pages | None) -> Seen:
    """Return what is remembered of a folder, looked at in one way."""
    import PIL

    # What a header says is a matter of who reads it, too.
    named = "\0".join((_FORMAT, PIL.__version__, str(pages), os.path.realpath(root)))
    digest = hashlib.sha256(named.encode(errors="surrogateescape")).hexdigest()
    return Seen(root, memory("pictures", digest))


def signature_of(status: os.stat_result) -> bytes:
    """Return what changes when a file does."""
    return _SIGNATURE.pack(*(number % 2**64 for number in (status.st_size, status.st_mtime_ns, status.st_ino, status.st_ctime_ns)))


def _packed(header: Header) -> bytes:
    return _FOUND.pack(header.kind.channels, header.height, header.width, header.kind.bits, header.turned, header.sha256)


def _header(record: bytes) -> Header:
    channels, height, width, bits, turned, sha256 = _FOUND.unpack_from(record, _SIGNATURE.size)
    return Header(kind=Kind(channels, bits), height=height, width=width, turned=turned, sha256=sha256)


def _read(path: Path) -> tuple[dict[str, int], bytes]:
    """Return the row of each file and all rows; nothing where the memory is missing or broken."""
    content = recalled(path)
    body = content[32:]
    if hashlib.sha256(body).digest() != content[:32]:
        return {}, b""
    end = 8 + int.from_bytes(body[:8], "little")
    return {name: row for row, name in enumerate(body[8:end].decode(errors="surrogateescape").split("\0"))}, body[end:]
