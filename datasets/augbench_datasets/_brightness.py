"""Measure how bright pictures are, once for each content."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from pathlib import Path

from augbench import in_order
from augbench_datasets._headers import THREADS
from augbench_datasets._kinds import Kind
from augbench_datasets._memory import memory, recalled, remember
from augbench_datasets._pictures import Header, decode

_RECORD = struct.Struct("<32sd")


def means_of(root: Path, files: Sequence[str], headers: Mapping[str, Header]) -> dict[str, float]:
    """Return the mean of all pixels of each file, where 255 is white.  Raise ``UnreadableImage`` for a broken one."""
    kept = _kept()
    known = _known(recalled(kept))
    new = [name for name in files if headers[name].sha256 not in known]
    if new:
        known |= zip((headers[name].sha256 for name in new), _measured(root, new, headers), strict=True)
        remember(kept, b"".join(_RECORD.pack(*record) for record in known.items()))
    return {name: known[headers[name].sha256] for name in files}


def _measured(root: Path, files: Sequence[str], headers: Mapping[str, Header]) -> list[float]:
    return list(in_order(lambda place: _mean(root, files[place], headers[files[place]].kind), len(files), THREADS))


def _mean(root: Path, name: str, kind: Kind) -> float:
    pixels = decode(root / name, name, kind, None)
    return float(pixels.mean()) * (255 / 65535 if kind.bits == 16 else 1)


def _kept() -> Path:
    import PIL

    # What pixels are is a matter of who decodes them, too.
    return memory("brightness", PIL.__version__)


def _known(content: bytes) -> dict[bytes, float]:
    return dict(_RECORD.iter_unpack(content)) if len(content) % _RECORD.size == 0 else {}
