"""Keep what somebody's module does to the process while it is imported from the command that imports it."""

from __future__ import annotations

import io
import os
import signal
import sys
import threading
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, redirect_stdout, suppress
from dataclasses import dataclass, field
from typing import Any

HEAVY = (
    "torch",
    "torchvision",
    "timm",
    "pandas",
    "scipy",
    "matplotlib",
    "sklearn",
    "pyarrow",
    "tensorflow",
    "keras",
    "jax",
    "cv2",
    "skimage",
    "transformers",
    "datasets",
    "kornia",
    "albumentations",
    "ray",
    "mlflow",
    "imblearn",
    "statsmodels",
)
"""Packages that take a good part of a second to import, and that every command would wait for."""
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@dataclass(frozen=True)
class Heard:
    """What a plugin said and did."""

    printed: io.StringIO = field(default_factory=io.StringIO)
    warned: list[warnings.WarningMessage] = field(default_factory=list)
    done: list[str] = field(default_factory=list)

    def told(self) -> Iterator[tuple[str, str]]:
        """Yield each thing in a sentence, and its place."""
        if words := " ".join(self.printed.getvalue().split()):
            yield f"prints when it is imported: '{words if len(words) < 60 else words[:56] + ' ...'}'", ""
        for did in self.done:
            yield did, ""
        for warning in self.warned:
            text = " ".join(str(warning.message).split())
            yield f"warns: {warning.category.__name__}: {text}", f"{warning.filename}:{warning.lineno}"


@contextmanager
def hearing() -> Iterator[Heard]:
    """Collect prints and warnings, and put back what else is changed.

    Warnings of hooks that are to go are heard, too, which Python would show to nobody.
    """
    heard, before = Heard(), _Process()
    with _below(), redirect_stdout(heard.printed), warnings.catch_warnings(record=True) as heard_warnings:
        try:
            yield heard
        finally:
            heard.done.extend(before.changes())
        heard.warned.extend(heard_warnings)


@contextmanager
def apart() -> Iterator[None]:
    """Send prints where all that is no data goes."""
    with _below(), redirect_stdout(sys.stderr):
        yield


@contextmanager
def _below() -> Iterator[None]:
    """Send what is written past Python's ``sys.stdout``, too, where all that is no data goes."""
    with ExitStack() as stack:
        # Not everybody has these two: a window has none, a test other ones.
        with suppress(OSError, ValueError, AttributeError):
            _flush()
            kept = os.dup(1)
            stack.callback(os.close, kept)
            os.dup2(2, 1)
            stack.callback(os.dup2, kept, 1)
            stack.callback(_flush)
        yield


def _flush() -> None:
    if sys.__stdout__ is not None:
        sys.__stdout__.flush()


class _Process:
    """What a module may change of the process that imports it."""

    def __init__(self) -> None:
        self._folder = _folder()
        self._signals: dict[int, Any] = {number: signal.getsignal(number) for number in _SIGNALS}
        self._threads = set(threading.enumerate())
        self._heavy = {name for name in HEAVY if name in sys.modules}

    def changes(self) -> Iterator[str]:
        """Put back what was changed, and say so in a sentence each."""
        if self._folder is not None and _folder() != self._folder:
            os.chdir(self._folder)
            yield "changes the current folder when it is imported; it was changed back"
        for number, handler in self._signals.items():
            # Only the main thread may.
            if signal.getsignal(number) is not handler and threading.current_thread() is threading.main_thread():
                signal.signal(number, handler)
                yield f"takes {signal.Signals(number).name} for itself when it is imported; it was given back"
        if any(not thread.daemon for thread in set(threading.enumerate()) - self._threads):
            yield "starts a thread when it is imported, and no command ends before it does; make it a daemon, or start it later"
        if heavy := [name for name in HEAVY if name in sys.modules and name not in self._heavy]:
            yield f"imports {' and '.join(heavy)} when it is imported, which every command waits for; import that inside functions"


def _folder() -> str | None:
    try:
        return os.getcwd()
    except OSError:  # it was removed
        return None
