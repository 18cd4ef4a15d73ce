"""Let threads print to files of their own, while all others print where they did."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


class Aside(threading.local):
    """Where this thread prints: to a file, or where all do."""

    path: Path | None = None
    _file: Any = None

    @property
    def file(self) -> Any:
        """Return the file, which is made when there is something to print."""
        if self._file is None:
            self._file = _opened(self.path)
        return self._file

    @contextmanager
    def to(self, path: Path) -> Iterator[None]:
        """Send what this thread prints within the block to the end of a file."""
        self.path = path
        try:
            yield
        finally:
            self.path = None
            if self._file is not None:
                self._file.close()

    @contextmanager
    def parted(self) -> Iterator[None]:
        """Heed it within the block, in all threads."""
        with contextlib.ExitStack() as stack:
            if sys.stdout is not None:
                stack.enter_context(contextlib.redirect_stdout(_Parted(sys.stdout, self)))
            if sys.stderr is not None:
                stack.enter_context(contextlib.redirect_stderr(_Parted(sys.stderr, self)))
            yield


def _opened(path: Path | None) -> Any:
    with contextlib.suppress(OSError):
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            return path.open("a", encoding="utf-8", errors="replace", buffering=1)
    return open(os.devnull, "w")


class _Parted:
    """Stands for a stream; whatever is not printing is the stream's own."""

    def __init__(self, stream: Any, aside: Aside) -> None:
        self._stream, self._aside = stream, aside

    def write(self, text: str) -> Any:
        return (self._aside.file if self._aside.path else self._stream).write(text)

    def flush(self) -> None:
        # A thread's own file is written line by line.
        if not self._aside.path:
            self._stream.flush()

    def isatty(self) -> bool:
        return not self._aside.path and bool(self._stream.isatty())

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)
