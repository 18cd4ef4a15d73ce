"""The names of timm's networks, listed once for each installed version."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

from augbench.values.errors import BrokenComponent

# In a process of its own: importing timm takes seconds and half a gigabyte, which reading a matrix must not cost.
_LIST = "import json, timm; print(json.dumps(sorted({*timm.list_models(), *timm.list_pretrained()})))"


def timm_names() -> tuple[str, ...]:
    """Return all names, with and without the weights' tag, sorted.  Raise ``BrokenComponent`` where timm does not import."""
    from platformdirs import user_cache_path

    cached = user_cache_path("augbench") / f"timm-{version('timm')}-names.json"
    try:
        return tuple(json.loads(cached.read_text()))
    except (OSError, ValueError):
        names = _listed()
    # A cache that cannot be written costs time, nothing else.
    with contextlib.suppress(OSError):
        _write(cached, names)
    return names


def _listed() -> tuple[str, ...]:
    # -P: a file called timm.py in the user's folder is not timm.
    ran = subprocess.run([sys.executable, "-P", "-c", _LIST], capture_output=True, text=True, check=False)
    if ran.returncode:
        raise BrokenComponent("backbone", "timm/NAME", f"timm {version('timm')}", ImportError(ran.stderr.strip().rpartition("\n")[2]))
    return tuple(json.loads(ran.stdout.splitlines()[-1]))


def _write(path: Path, names: tuple[str, ...]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # Renamed into place: another process never reads half a list.
    unfinished = path.with_suffix(f".{os.getpid()}")
    unfinished.write_text(json.dumps(names))
    unfinished.replace(path)
