"""Keep the report of a run up to date for as long as the run goes on."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from augbench.engine.rendering import write_reports
from augbench.store.run_folder import RunFolder
from augbench.store.standing import Standing, State, standing


@dataclass(frozen=True, kw_only=True)
class Refresh:
    """A report that was just written."""

    trials: Mapping[State, int]
    """How many there were of each state when it was begun."""
    at_work: bool
    """Whether anybody ran the rest of them then, as far as can be seen."""
    reports: tuple[Path, ...]


def refreshes(
    run: Path, formats: tuple[str, ...] | None, also: tuple[str, ...], every: float, disabled: Collection[str] = ()
) -> Iterator[Refresh]:
    """Write the report, and again whenever trials have ended, the run has become another or stopped, until nothing is left of it.

    Looks every so many seconds.  Where nobody is at work, it waits for somebody.  Raise as ``write_reports`` does.
    """
    folder = RunFolder(path=run)
    written = None
    while True:
        found = standing(folder)
        if (now := _told(folder, found)) != written:
            reports = write_reports(run, formats, also, disabled)
            written = now
            yield Refresh(trials=found.trials, at_work=found.at_work, reports=reports)
        # As it stood before: what has been recorded since is found by the next look.
        if not found.at_work and not _left(found):
            return
        time.sleep(every)


def _told(folder: RunFolder, found: Standing) -> object:
    """Return what a line tells of: the run, which trials have ended in which way, and whether the rest is waited for in vain."""
    about = (folder.path / "run.json").stat()
    ended = {name: state for name, state in found.states.items() if state in ("done", "failed")}
    return about.st_mtime_ns, about.st_size, ended, found.failures, _left(found) and not found.at_work


def _left(found: Standing) -> bool:
    return bool(found.trials["pending"] or found.trials["running"])
