"""Show how long work on data sets goes on: a bar on a terminal, and elsewhere a line for each file that is fetched."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

from augbench.values.numbers import count, size

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress, TaskID

    from augbench.engine.watching import Watcher


@contextlib.contextmanager
def watching_work(console: Console) -> Iterator[Watcher]:
    """Give the watcher that fits a console."""
    if not console.is_terminal:
        yield Lines(console)
        return
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), TextColumn("{task.fields[shown]}"), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        yield Bars(console, progress)


class Lines:
    """Writes a line for each file."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def began(self, what: str, unit: Literal["bytes", "parts"] = "bytes") -> None:
        """Say which file is fetched; what else takes time is left unsaid."""
        if unit == "bytes":
            self.said(f"{what}: fetching")

    def moved(self, done: int, total: int | None) -> None:
        """Say nothing."""

    def said(self, text: str) -> None:
        """Write a sentence."""
        self._console.print(text, markup=False)


class Bars(Lines):
    """Shows a bar for the file, or the work, that goes on."""

    def __init__(self, console: Console, progress: Progress) -> None:
        super().__init__(console)
        self._progress = progress
        self._task: TaskID | None = None
        self._unit = "bytes"

    def began(self, what: str, unit: Literal["bytes", "parts"] = "bytes") -> None:
        """Put a new bar in the place of the last."""
        if self._task is not None:
            self._progress.remove_task(self._task)
        self._unit = unit
        self._task = self._progress.add_task(what, total=None, shown="")

    def moved(self, done: int, total: int | None) -> None:
        """Move the bar."""
        written = size if self._unit == "bytes" else count
        shown = written(done) if total is None else f"{written(done)} of {written(total)}"
        if self._task is not None:
            self._progress.update(self._task, completed=done, total=total, shown=shown)
