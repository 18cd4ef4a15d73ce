"""Where a run stands, as its folder tells: what is done, what runs, what failed, and whether anybody is at work on it."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from augbench.store.processes import Process, alive
from augbench.store.records import Record
from augbench.store.run_folder import LOCK, RunFolder, latest
from augbench.values.run_errors import BrokenRun

State = Literal["done", "failed", "running", "pending", "skipped"]
STATES: tuple[State, ...] = ("done", "failed", "running", "pending", "skipped")


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A row on a data set."""

    column: str
    row: str
    trials: Mapping[State, int]


@dataclass(frozen=True, kw_only=True)
class Running:
    """A stage that a worker is at."""

    kind: str
    label: str
    key: str
    worker: str
    since: str
    attempt: int


@dataclass(frozen=True, kw_only=True)
class Failure:
    """A trial that failed, and has not been done since."""

    trial: str
    failure: str
    """One of ``augbench.values.failing.FAILURE_CLASSES``."""
    reason: str
    time: str


@dataclass(frozen=True, kw_only=True)
class Begun:
    """The last time that somebody began to work on the run."""

    host: str
    pid: int
    since: str
    command: str
    lives: bool | None
    """Whether it is still at work; None where that cannot be seen from this machine."""


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Where a run stands."""

    title: str
    smoke: bool
    cells: tuple[Cell, ...]
    states: Mapping[str, State]
    """Of each trial, by name."""
    running: tuple[Running, ...]
    failures: tuple[Failure, ...]
    """The oldest first."""
    begun: Begun | None
    """None where nobody has run anything yet."""
    seconds: float
    """Wall time of all stages that have ended, however they did."""
    latest: str
    """When the last record was written."""
    torn: int
    """Lines of the records that a kill has left unreadable."""

    @property
    def at_work(self) -> bool:
        """Tell whether somebody runs it now, as far as anyone can see."""
        return self.begun is not None and self.begun.lives is True

    @property
    def trials(self) -> Counter[State]:
        """Count all trials by state."""
        return Counter(self.states.values())

    def by_class(self) -> dict[str, int]:
        """Count failed trials by class of failure, the most frequent first."""
        return dict(Counter(failure.failure for failure in self.failures).most_common())


def standing(folder: RunFolder) -> Standing:
    """Look where a run stands.  Raise ``MissingFile`` or ``BrokenRun``."""
    about = folder.about()
    records, torn = folder.journal.read()
    begun = last_begun(folder, records)
    running = tuple(running_stages(records)) if begun and begun.lives is not False else ()
    try:
        states = _states(folder, about["trials"], latest(records), {stage.key for stage in running})
        return Standing(
            title=about["title"],
            smoke=about["smoke"],
            cells=_cells(about["trials"], states),
            states=states,
            running=running,
            failures=tuple(_failures(about["trials"], latest(records))),
            begun=begun,
            seconds=sum(record.get("seconds", 0.0) for record in records if record.get("type") == "stage"),
            latest=next((record["time"] for record in reversed(records) if "time" in record), ""),
            torn=torn,
        )
    except (KeyError, TypeError) as error:
        raise BrokenRun(folder.path / "run.json", f"{type(error).__name__}: {error}") from error


def state_of(folder: RunFolder, planned: Mapping[str, Any], record: Record | None) -> State:
    """Tell what became of a trial: a record of other settings, or without its predictions, counts for nothing."""
    if planned["status"] == "skipped":
        return "skipped"
    if record is None or record["key"] != planned["key"]:
        return "pending"
    if record["status"] == "failed":
        return "failed"
    return "done" if folder.predictions(planned["trial"], record["key"]).is_file() else "pending"


def running_stages(records: Sequence[Record]) -> Iterator[Running]:
    """Find the stages that were begun since the last start of a run and have not ended."""
    begun: dict[str, Record] = {}
    for record in records:
        match record.get("type"), record.get("status"):
            case "run", _:
                begun.clear()
            case "stage", "started":
                begun[record["key"]] = record
            case "stage", _:
                begun.pop(record["key"], None)
    for key, record in begun.items():
        yield Running(
            kind=record["kind"],
            label=record["label"],
            key=key,
            worker=record.get("worker", ""),
            since=record["time"],
            attempt=record["attempt"],
        )


def last_begun(folder: RunFolder, records: Iterable[Record]) -> Begun | None:
    """Find who began last, and whether it is still at work."""
    run = next((record for record in reversed(list(records)) if record.get("type") == "run"), None)
    if run is None:
        return None
    lives = alive(Process(host=run["host"], boot=run.get("boot", ""), pid=run["pid"], started=run.get("started", "")))
    # A process may live on when its run has ended, and a file system may not pass locks on to other machines.
    locked = lives is not False and _locked(folder.path / LOCK)
    return Begun(
        host=run["host"],
        pid=run["pid"],
        since=run["time"],
        command=run["command"],
        lives=True if locked else None if lives is None else False,
    )


def _locked(path: Path) -> bool:
    """Tell whether a process holds a lock; one that holds none is only disturbed if it asks for it at this very moment."""
    with contextlib.suppress(FileNotFoundError):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        except OSError:  # a file system without locks
            return False
        finally:
            os.close(descriptor)
    return False


def _states(folder: RunFolder, trials: Iterable[Mapping[str, Any]], records: Mapping[str, Record], running: set[str]) -> dict[str, State]:
    states = {}
    for trial in trials:
        state = state_of(folder, trial, records.get(trial["trial"]))
        # Its own stages: what many trials share runs for none of them alone.
        at_it = state in ("pending", "failed") and any(stage["key"] in running for stage in trial["stages"][-2:])
        states[trial["trial"]] = "running" if at_it else state
    return states


def _cells(trials: Iterable[Mapping[str, Any]], states: Mapping[str, State]) -> tuple[Cell, ...]:
    counts: dict[tuple[str, str], Counter[State]] = {}
    for trial in trials:
        counts.setdefault((trial["column"], trial["row"]), Counter())[states[trial["trial"]]] += 1
    return tuple(Cell(column=column, row=row, trials=dict(found)) for (column, row), found in counts.items())


def _failures(trials: Iterable[Mapping[str, Any]], records: Mapping[str, Record]) -> Iterator[Failure]:
    failed = [
        record
        for trial in trials
        if (record := records.get(trial["trial"])) and record["status"] == "failed" and record["key"] == trial["key"]
    ]
    for record in sorted(failed, key=lambda record: record["time"]):
        yield Failure(trial=record["trial"], failure=record["failure"], reason=record["reason"], time=record["time"])
