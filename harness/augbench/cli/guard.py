"""Turn whatever a verb raises into a message and an exit code."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
import tempfile
import traceback
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any

import typer
from typer.core import TyperCommand

from augbench.cli.console import data_alone, flush, harmless
from augbench.registry.places import entered, is_ours, location
from augbench.values.errors import AugbenchError, DiskFull, UnusableFile, placed, reason
from augbench.values.invoked import invoked
from augbench.values.plugin_errors import PluginRaises

BUG = 3
INTERRUPTED = 130
BROKEN_PIPE = 141  # what a shell reports of a program that SIGPIPE ended


class Verb(TyperCommand):
    """A command whose errors are told to a person, and whose stdout holds data alone."""

    def invoke(self, ctx: typer.Context) -> Any:  # type: ignore[override]
        """Run the verb; usage errors were found before, and are typer's."""
        with _told(debug=bool(ctx.find_root().params.get("debug"))):
            with self.speaking():
                result = super().invoke(ctx)
            # Now, and not when Python ends, where a closed pipe could only be complained about.
            flush()
            return result

    def speaking(self) -> AbstractContextManager[None]:
        """Return what decides where prints go meanwhile."""
        return data_alone()


@contextlib.contextmanager
def _told(*, debug: bool) -> Iterator[None]:
    try:
        yield
    except (typer.Exit, typer.Abort, typer.BadParameter):
        raise
    except BrokenPipeError:
        _drop_lost_output()
        raise typer.Exit(BROKEN_PIPE) from None
    except KeyboardInterrupt as interrupt:
        notes = "".join(f"\n{note}" for note in _at_work(interrupt))
        _say(f"interrupted; what is finished is kept, and the same command continues:\n  {invoked()}{notes}")
        raise typer.Exit(INTERRUPTED) from None
    # Also SystemExit and the like: bench itself raises none, and a plugin that does must not end the command without a word.
    except BaseException as error:
        known = _known(error)
        _drop_lost_output()
        if debug:
            traceback.print_exc()
        _say(str(known) if known else _bug(error, debug=debug))
        raise typer.Exit(known.exit_code if known else BUG) from None


def _at_work(interrupt: KeyboardInterrupt) -> Sequence[str]:
    """Say which plugin somebody lost patience with, if it was one."""
    place = entered(interrupt)
    told: Sequence[str] = getattr(interrupt, "__notes__", ())
    return told or ([f"a plugin was at work ({place})"] if place and not is_ours(place) else [])


def _known(error: BaseException) -> AugbenchError | None:
    """Return an error that is the user's, the machine's or a plugin's author's to mend."""
    if isinstance(error, AugbenchError):
        return error
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        # A write to an open file, stdout among them, does not say which.
        return DiskFull(error.filename)
    if isinstance(error, OSError) and error.filename:
        return UnusableFile(error.filename, error.strerror or str(error))
    place = entered(error)
    return PluginRaises(error, place) if place and not is_ours(place) else None


def _bug(error: BaseException, *, debug: bool) -> str:
    story = f"this is a bug in bench, or in a plugin: {reason(error)}{placed(location(error))}"
    if debug:
        return story
    trace = "".join(traceback.format_exception(error))
    with tempfile.NamedTemporaryFile(
        "w", prefix="bench-", suffix=".txt", delete=False, encoding="utf-8", errors="backslashreplace"
    ) as file:
        file.write(f"{invoked()}\n\n{trace}")
    return f"{story}\nThe traceback is in {file.name}; 'bench --debug' prints it. What is finished is kept."


def _drop_lost_output() -> None:
    """Let what nobody can take go: Python flushes both streams once more when it ends, and would say so, with another exit code."""
    for stream in filter(None, (sys.stdout, sys.stderr)):
        try:
            stream.flush()
        except OSError:
            with open(os.devnull, "w") as nothing:
                os.dup2(nothing.fileno(), stream.fileno())


def _say(text: str) -> None:
    typer.echo(harmless(text), err=True)
