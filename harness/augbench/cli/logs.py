"""``bench logs RUN TRIAL``: what the stages of a trial printed."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from augbench.cli import options
from augbench.cli.console import print_json, print_line, print_text
from augbench.cli.wording import examples
from augbench.values.numbers import seconds, size

if TYPE_CHECKING:
    from augbench.store.logs import Attempt, StageLog, TrialLog
    from augbench.store.run_folder import RunFolder

EPILOG = examples(
    ("bench logs runs/ablation cells/ours/s0", "each stage: attempts, errors, what was printed"),
    ("bench logs runs/ablation cells/ours/s0 --stage train", "its training alone"),
    ("bench logs runs/ablation cells/ours/s0 --follow", "what it prints from now on, until it ends"),
)
_NAP = 0.5
"""Seconds between two looks at a log that is written."""


def logs(
    run: options.Run,
    trial: options.Trial,
    stage: Annotated[
        list[str],
        typer.Option("--stage", metavar="KIND", callback=options.known_kinds, help="Only stages of this kind, such as train. Repeatable."),
    ] = [],  # noqa: B006 - typer copies it
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Then go on with what is printed from now on.")] = False,
    as_json: options.Json = False,
) -> None:
    """Show, stage by stage, what a trial printed, and how each attempt ended: the error and its traceback where it failed.

    A stage that several trials share has one log.
    """
    from augbench.store.logs import trial_log
    from augbench.store.run_folder import RunFolder

    folder = RunFolder(path=run)
    found = trial_log(folder, trial, stage)
    if as_json:
        (print_line if follow else print_json)(asdict(found))
    else:
        _print(folder, found)
    if follow:
        _follow(folder, found, as_json=as_json)


def _follow(folder: RunFolder, found: TrialLog, *, as_json: bool) -> None:
    from augbench.store import logs

    last = ""
    for label, text in logs.follow(folder, found, lambda: time.sleep(_NAP)):
        if as_json:
            print_line({"stage": label, "text": text})
            continue
        if label != last:
            print_text(f"--- {label}")
        last = label
        print_text(text, end="")


def _print(folder: RunFolder, found: TrialLog) -> None:
    print_text(f"{found.trial}: {found.state}" + (f": {found.reason}" if found.reason else ""))
    for log in found.stages:
        print_text("")
        for line in _lines(folder.log(log.kind, log.key), log):
            print_text(line)


def _lines(path: Path, log: StageLog) -> Iterator[str]:
    yield f"--- {log.label} ({log.kind})"
    for attempt in log.attempts:
        yield _ending(attempt)
        if attempt.traceback:
            yield from (f"  {line}" for line in attempt.traceback.rstrip().splitlines())
    if log.note:
        yield log.note
    if log.left_out:
        yield f"the first {size(log.left_out)} are left out here; all is in {path}"
    if log.text:
        yield log.text.rstrip("\n")


def _ending(attempt: Attempt) -> str:
    words = {"failed": f"failed ({attempt.failure})", "lost": "lost with its run", "running": "runs"}
    took = f" after {seconds(attempt.seconds)}" if attempt.seconds is not None else ""
    since = "since " if attempt.seconds is None else ""
    parts = [
        f"attempt {attempt.number} {words.get(attempt.status, attempt.status)}{took}",
        f"{since}{datetime.fromisoformat(attempt.time).astimezone():%Y-%m-%d %H:%M:%S}",
        *([attempt.worker] if attempt.worker else []),
    ]
    return ", ".join(parts) + (f": {attempt.error}" if attempt.error else "")
