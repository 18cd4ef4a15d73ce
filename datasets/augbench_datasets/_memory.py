"""Keep what was found in files for the next time: in the user's cache folder, never beside the images.

A memory that cannot be read or written costs time and nothing else.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path


def memory(kind: str, name: str) -> Path:
    """Return where something is kept."""
    from platformdirs import user_cache_path

    return user_cache_path("augbench") / kind / name


def recalled(path: Path) -> bytes:
    """Return what was kept; nothing where nothing can be read."""
    try:
        return path.read_bytes()
    except OSError:
        return b""


def remember(path: Path, content: bytes) -> None:
    """Replace what was kept, in one step."""
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            temporary.write_bytes(content)
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
