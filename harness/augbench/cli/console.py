"""Where output goes: data on stdout, all else on stderr."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext, redirect_stdout
from pathlib import Path
from typing import Any, TextIO, cast

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


class _Aside:
    """Stands for stdout: what anybody prints goes to stderr, and data where it belongs."""

    def __init__(self, stream: Any) -> None:
        self.data = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(sys.stderr, name)


@contextmanager
def data_alone() -> Iterator[None]:
    """Keep stdout for data within the block: a component that prints must not break a document that a script reads."""
    # A process without a console has none.
    with nullcontext() if sys.stdout is None else redirect_stdout(cast("TextIO", _Aside(sys.stdout))):
        yield


def _stdout() -> Any:
    return getattr(sys.stdout, "data", sys.stdout)


def data() -> Console:
    """Return the console of stdout."""
    console = _Console(highlight=False, file=_stdout())
    return console if console.is_terminal else _Console(highlight=False, width=_WIDE, file=_stdout())


def talk() -> Console:
    """Return the console of stderr."""
    return _Console(stderr=True, highlight=False, soft_wrap=True)


def print_reports(paths: Iterable[Path]) -> None:
    """Write the paths of reports to stdout, without the figures that they show; of many tables, the folder."""
    shown = (path.parent if path.parent.name == _TABLES else path for path in paths if path.suffix not in _FIGURES)
    for path in dict.fromkeys(shown):
        print_text(path)


def print_text(text: Any, *, end: str = "\n") -> None:
    """Write to stdout."""
    typer.echo(f"{text}{end}", file=_stdout(), nl=False)


def flush() -> None:
    """Let what was written to stdout go, now."""
    if (stream := _stdout()) is not None:
        stream.flush()


def print_json(value: Any) -> None:
    """Write one JSON document to stdout."""
    print_text(_json(value, indent=2))


def print_line(value: Any) -> None:
    """Write one line of JSON to stdout, now: somebody may be reading along."""
    print_text(_json(value))
    flush()


def _json(value: Any, indent: int | None = None) -> str:
    text = json.dumps(value, indent=indent, ensure_ascii=False, default=str)
    # Half a letter, as of a file's name in another encoding, is written as JSON escapes it.
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
