"""Matrix files as they were read once: enough to read them again, whatever has become of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from augbench.config.source import Source


@dataclass(frozen=True, kw_only=True, eq=False)
class Snapshot:
    """A matrix file, what it extends, and what --set said."""

    files: tuple[Source, ...]
    """The farthest first."""
    sets: tuple[Source, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return it as a table for JSON."""
        return {"documents": list(map(_written, self.files)), "sets": list(map(_written, self.sets))}


def snapshot_of(document: Mapping[str, Any]) -> Snapshot:
    """Read what ``as_json`` wrote.  Raise ``KeyError`` or ``TypeError`` for anything else."""
    return Snapshot(files=_read(document["documents"]), sets=_read(document["sets"]))


def _written(source: Source) -> dict[str, str]:
    return {"name": source.name, "text": source.text, "folder": str(source.folder.absolute())}


def _read(documents: list[Mapping[str, str]]) -> tuple[Source, ...]:
    return tuple(Source(one["name"], one["text"], Path(one["folder"])) for one in documents)
