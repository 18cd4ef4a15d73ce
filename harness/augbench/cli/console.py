"""Where output goes: data on stdout, all else on stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from rich.console import Console

# Wide enough that a table in a pipe or a file is never folded.
_WIDE = 160
_FIGURES = {".svg", ".png", ".pdf"}


class _Data(Console):
    def on_broken_pipe(self) -> None:
        # rich would exit with 1, which says that trials failed.
        raise BrokenPipeError


def data() -> Console:
    """Return the console of stdout."""
    console = _Data(highlight=False)
    return console if console.is_terminal else _Data(highlight=False, width=_WIDE)


def talk() -> Console:
    """Return the console of stderr."""
    return Console(stderr=True, highlight=False, soft_wrap=True)


def print_reports(paths: Iterable[Path]) -> None:
    """Write the paths of reports to stdout, without the figures that they show."""
    for path in paths:
        if path.suffix not in _FIGURES:
            sys.stdout.write(f"{path}\n")


def print_json(value: Any) -> None:
    """Write one JSON document to stdout."""
    sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=False, default=str) + "\n")
