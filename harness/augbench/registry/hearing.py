"""Keep what somebody's module prints or warns of while it is imported from what a command writes."""

from __future__ import annotations

import io
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Heard:
    """What a plugin said."""

    printed: io.StringIO = field(default_factory=io.StringIO)
    warned: list[warnings.WarningMessage] = field(default_factory=list)

    def told(self) -> Iterator[tuple[str, str]]:
        """Yield each thing in a sentence, and its place."""
        if words := " ".join(self.printed.getvalue().split()):
            yield f"prints when it is imported: '{words if len(words) < 60 else words[:56] + ' ...'}'", ""
        for warning in self.warned:
            text = " ".join(str(warning.message).split())
            yield f"warns: {warning.category.__name__}: {text}", f"{warning.filename}:{warning.lineno}"


@contextmanager
def hearing() -> Iterator[Heard]:
    """Collect prints and warnings.  Those of hooks that are to go are heard, too, which Python would show to nobody."""
    heard = Heard()
    with redirect_stdout(heard.printed), warnings.catch_warnings(record=True) as heard_warnings:
        yield heard
        heard.warned.extend(heard_warnings)


@contextmanager
def apart() -> Iterator[None]:
    """Send prints where all that is no data goes."""
    with redirect_stdout(sys.stderr):
        yield
