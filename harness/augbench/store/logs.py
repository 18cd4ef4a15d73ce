"""What the stages of a trial printed, and how each attempt at them ended."""

from __future__ import annotations

import codecs
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from augbench.store.records import Record
from augbench.store.run_folder import RunFolder, latest
from augbench.store.standing import last_begun, running_stages, state_of

_MOST = 1 << 20
"""Bytes of a log that are read: of a longer one the end."""
INLINE = "inline"
"""The worker whose stages print to the terminal of their run."""


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """One attempt at a stage."""

    number: int
    status: str
    """``running``, ``done``, ``failed``, ``halted``; ``lost`` where the run itself ended in the middle of it."""
    worker: str
    time: str
    """When it ended; of one without an end, when it began."""
    seconds: float | None = None
    failure: str = ""
    error: str = ""
    traceback: str = ""


@dataclass(frozen=True, kw_only=True)
class StageLog:
    """What is known of one stage of a trial."""

    kind: str
    label: str
    key: str
    attempts: tuple[Attempt, ...]
    text: str
    """What all attempts printed."""
    left_out: int
    """Bytes before that text which are in the file only."""
    end: int
    """Bytes of the file that were there."""
    note: str
    """Why there is no text, where there is none."""


@dataclass(frozen=True, kw_only=True)
class TrialLog:
    """What is known of a trial's stages, in their order."""

    trial: str
    state: str
    reason: str
    stages: tuple[StageLog, ...]


def trial_log(folder: RunFolder, name: str, kinds: Sequence[str] = ()) -> TrialLog:
    """Gather what the stages of a trial, or those of some kinds, have left.

    Raise ``UnknownTrial``, ``MissingFile`` or ``BrokenRun``.
    """
    trial = folder.planned(name)
    records = folder.journal.read()[0]
    record = latest(records).get(name)
    state = state_of(folder, trial, record)
    attempts = _attempts(records, {stage["key"] for stage in trial["stages"]}, _ended(folder, records))
    logs = [_stage_log(folder, stage, attempts.get(stage["key"], []), _reused(trial, state, attempts)) for stage in trial["stages"]]
    reason = record["reason"] if record and state == "failed" else trial["reason"]
    return TrialLog(
        trial=name,
        state=state,
        reason="" if state == "done" else reason,
        stages=tuple(log for log in logs if not kinds or log.kind in kinds),
    )


def follow(folder: RunFolder, found: TrialLog, nap: Callable[[], None]) -> Iterator[tuple[str, str]]:
    """Return labels and what was printed since, until the trial has ended or nobody is at work on it."""
    trial = folder.planned(found.trial)
    tails = [_Tail(label=log.label, path=folder.log(log.kind, log.key), at=log.end) for log in found.stages]
    going = True
    while going:
        # Asked before the logs are read: what was printed last is not missed.
        going = _going(folder, trial)
        yield from ((tail.label, text) for tail in tails if (text := tail.more()))
        if going:
            nap()


@dataclass(kw_only=True)
class _Tail:
    """Reads a log as it grows."""

    label: str
    path: Path
    at: int
    decoder: codecs.IncrementalDecoder = field(default_factory=lambda: codecs.getincrementaldecoder("utf-8")("replace"))

    def more(self) -> str:
        """Return what was added since the last look."""
        try:
            with self.path.open("rb") as file:
                file.seek(self.at)
                content = file.read(_MOST)
        except FileNotFoundError:
            return ""
        self.at += len(content)
        return self.decoder.decode(content)


def _going(folder: RunFolder, trial: Mapping[str, Any]) -> bool:
    """Tell whether a trial's stages may still print something."""
    records = folder.journal.read()[0]
    if _ended(folder, records):
        return False
    keys = {stage["key"] for stage in trial["stages"]}
    state = state_of(folder, trial, latest(records).get(trial["trial"]))
    return state == "pending" or any(stage.key in keys for stage in running_stages(records))


def _ended(folder: RunFolder, records: Sequence[Record]) -> bool:
    begun = last_begun(folder, records)
    return begun is None or begun.lives is False


def _attempts(records: Iterable[Record], keys: set[str], ended: bool) -> dict[str, list[Attempt]]:
    """Pair begins and ends of attempts; a begin without an end was lost with its run, unless that goes on."""
    found: dict[str, list[Attempt]] = {}
    for record in records:
        if record.get("type") == "run":
            _lose(found)
        elif record.get("type") == "stage" and record["key"] in keys:
            attempts = found.setdefault(record["key"], [])
            if record["status"] != "started" and attempts and attempts[-1].status == "running":
                del attempts[-1]
            attempts.append(_attempt(record))
    if ended:
        _lose(found)
    return found


def _lose(found: Mapping[str, list[Attempt]]) -> None:
    for attempts in found.values():
        attempts[:] = [replace(attempt, status="lost") if attempt.status == "running" else attempt for attempt in attempts]


def _attempt(record: Record) -> Attempt:
    return Attempt(
        number=record["attempt"],
        status="running" if record["status"] == "started" else record["status"],
        worker=record.get("worker", ""),
        time=record["time"],
        seconds=record.get("seconds"),
        failure=record.get("failure", ""),
        error=record.get("error", ""),
        traceback=record.get("traceback", ""),
    )


def _reused(trial: Mapping[str, Any], state: str, attempts: Mapping[str, Any]) -> bool:
    """Tell whether what a trial's own training reads must be there: then what was not made here was made by another run."""
    return state == "done" or any(stage["key"] in attempts for stage in trial["stages"][-2:])


def _stage_log(folder: RunFolder, stage: Mapping[str, Any], attempts: Sequence[Attempt], reused: bool) -> StageLog:
    content, left_out = _content(folder.log(stage["kind"], stage["key"]))
    return StageLog(
        **stage,
        attempts=tuple(attempts),
        text=content.decode(errors="replace"),
        left_out=left_out,
        end=left_out + len(content),
        note="" if content else _note(attempts, reused),
    )


def _content(path: Path) -> tuple[bytes, int]:
    """Return the end of a file, and how many bytes lie before it."""
    try:
        with path.open("rb") as file:
            left_out = max(0, os.fstat(file.fileno()).st_size - _MOST)
            file.seek(left_out)
            return file.read(), left_out
    except FileNotFoundError:
        return b"", 0


def _note(attempts: Sequence[Attempt], reused: bool) -> str:
    if not attempts:
        return "reused from the store: another run made it" if reused else "has not run here"
    if all(attempt.worker == INLINE for attempt in attempts):
        return "what it printed went to the terminal of its run"
    return "has printed nothing so far" if attempts[-1].status == "running" else "printed nothing"
