"""Measure how bright pictures are, once for each content: what is known is kept in the user's cache folder.

A memory that cannot be read or written costs time and nothing else.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from augbench import in_order
from augbench_datasets._headers import THREADS
from augbench_datasets._kinds import Kind
from augbench_datasets._pictures import Header, decode

_RECORD = struct.Struct("<32sd")


def means_of(root: Path, files: Sequence[str], headers: Mapping[str, Header]) -> dict[str, float]:
    """Return the mean of all pixels of each file, where 255 is white.  Raise ``UnreadableImage`` for a broken one."""
    known = _known(_memory())
    new = [name for name in files if headers[name].sha256 not in known]
    if new:
        known |= zip((headers[name].sha256 for name in new), _measured(root, new, headers), strict=True)
        _save(_memory(), known)
    return {name: known[headers[name].sha256] for name in files}


def _measured(root: Path, files: Sequence[str], headers: Mapping[str, Header]) -> list[float]:
    return list(in_order(lambda place: _mean(root, files[place], headers[files[place]].kind), len(files), THREADS))


def _mean(root: Path, name: str, kind: Kind) -> float:
    pixels = decode(root / name, name, kind, None)
    return float(pixels.mean()) * (255 / 65535 if kind.bits == 16 else 1)


def _memory() -> Path:
    import PIL
    from platformdirs import user_cache_path

    # What pixels are is a matter of who decodes them, too.
    return user_cache_path("augbench") / "brightness" / PIL.__version__


def _known(memory: Path) -> dict[bytes, float]:
    try:
        content = memory.read_bytes()
    except OSError:
        return {}
    return dict(_RECORD.iter_unpack(content)) if len(content) % _RECORD.size == 0 else {}


def _save(memory: Path, known: Mapping[bytes, float]) -> None:
    temporary = memory.with_name(f"{memory.name}.{os.getpid()}.tmp")
    with suppress(OSError):
        memory.parent.mkdir(parents=True, exist_ok=True)
        try:
            temporary.write_bytes(b"".join(_RECORD.pack(*record) for record in known.items()))
            temporary.replace(memory)
        finally:
            temporary.unlink(missing_ok=True)
