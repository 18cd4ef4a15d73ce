"""Open a store by its location."""

from __future__ import annotations

from pathlib import Path

from augbench.store.artefacts import Store
from augbench.store.local import LocalStore

__all__ = ["Store", "open_store"]


def open_store(location: str | Path) -> Store:
    """Return the store of a folder; nothing is read or written yet."""
    return LocalStore(root=Path(location).expanduser())
