"""Where output goes: data on stdout, all else on stderr."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import typer
from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

# Wide enough that a table in a pipe or a file is never folded.
_WIDE = 160
_FIGURES = {".svg", ".png", ".pdf"}
_TABLES = "tables"
# Names of files, classes and servers' words could move the cursor, colour what follows, or be in no encoding at all; a tab and a line's
# end do no harm.
_HARMFUL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def harmless(text: str) -> str:
    """Return a text for a terminal, in which control characters have become question marks."""
    return _HARMFUL.sub("?", text)


class _Console(Console):
    def print(self, *objects: Any, **options: Any) -> None:
        for table in objects:
            for column in table.columns if isinstance(table, Table) else ():
                # rich would cut what a narrow terminal has no room for, and half a name or a path cannot be copied.
                column.overflow = "fold"
        super().print(*objects, **options)

    def on_broken_pipe(self) -> None:
        # rich would end the process with 1, which says that trials failed; a run goes on without its reader.
        raise BrokenPipeError

    def render_str(self, text: str, **how: Any) -> Text:
        return super().render_str(harmless(text), **how)

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        if isinstance(renderable, Text):
            renderable = renderable.copy()
            renderable.plain = harmless(renderable.plain)
        return super().render(renderable, options)


def data() -> Console:
    """Return the console of stdout."""
    console = _Console(highlight=False)
    return console if console.is_terminal else _Console(highlight=False, width=_WIDE)


def talk() -> Console:
    """Return the console of stderr."""
    return _Console(stderr=True, highlight=False, soft_wrap=True)


def print_reports(paths: Iterable[Path]) -> None:
    """Write the paths of reports to stdout, without the figures that they show; of many tables, the folder."""
    shown = (path.parent if path.parent.name == _TABLES else path for path in paths if path.suffix not in _FIGURES)
    for path in dict.fromkeys(shown):
        typer.echo(path)


def print_json(value: Any) -> None:
    """Write one JSON document to stdout."""
    typer.echo(_json(value, indent=2))


def print_line(value: Any) -> None:
    """Write one line of JSON to stdout, now: somebody may be reading along."""
    typer.echo(_json(value))
    sys.stdout.flush()


def _json(value: Any, indent: int | None = None) -> str:
    text = json.dumps(value, indent=indent, ensure_ascii=False, default=str)
    # Half a letter, as of a file's name in another encoding, is written as JSON escapes it.
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
