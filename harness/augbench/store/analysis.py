"""The analysis that a run declares, as its journal notes it: before the first result, and whenever it becomes another."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from augbench.plan.keys import canonical, key_of
from augbench.store.records import Journal, Record
from augbench.values.numbers import listing
from augbench.values.results import AnalysisNote

Analysis = Mapping[str, Any]
"""Settings of ``[report]``, and lists of what is compared: ``metrics``, ``rows``, ``data-sets``."""
_LISTS = {"metrics": "metric", "rows": "row", "data-sets": "data set"}
_LEFT_OUT = "left-out"
_TRIAL = re.compile(r"(?P<column>[^/]*)/(?P<row>.*)/s(?P<seed>-?\d+)(/f\d+)?")


def declare(journal: Journal, analysis: Analysis, planned: Collection[str], done: Collection[str]) -> None:
    """Note the analysis of a run, unless it is what was noted last; ``planned`` and ``done`` are names of trials.

    What is done and not planned any more is a part of it: a result that is left out once it is known is a choice.
    """
    whole = {**analysis, _LEFT_OUT: sorted(_left_out(analysis, planned, done))}
    digest = key_of(canonical(whole))
    before = next(iter(reversed(list(_noted(journal)))), None)
    if before is not None and before["digest"] == digest:
        return
    # Before the first result, a plan may change as often as anybody likes.
    what = "; ".join(_changes(before["analysis"], whole)) if before is not None and done else ""
    counts = {"done": len(done), "of": len({*planned, *done})}
    time = datetime.now(UTC).isoformat(timespec="milliseconds")
    journal.append({"type": "analysis", "digest": digest, "analysis": whole, "what": what, **counts, "time": time})


def analysis_notes(records: Iterable[Record]) -> tuple[AnalysisNote, ...]:
    """Return the analysis as it was when the first trial was done, then each change."""
    notes: list[AnalysisNote] = []
    for record in _noted(records):
        words = {"when": str(record["time"]), "digest": str(record["digest"]), "what": str(record["what"])}
        note = AnalysisNote(**words, done=int(record["done"]), of=int(record["of"]))
        if note.done == 0 and notes and notes[-1].done == 0:
            del notes[-1]
        notes.append(note)
    return tuple(notes)


def _noted(records: Iterable[Record]) -> Iterator[Record]:
    return (record for record in records if record.get("type") == "analysis")


def _left_out(analysis: Analysis, planned: Collection[str], done: Collection[str]) -> set[str]:
    """Name the cells, seeds or trials that have results, are still declared, and are not planned."""
    parts = [found for name in planned if (found := _TRIAL.fullmatch(name))]
    cells, seeds = {_cell(part) for part in parts}, {part["seed"] for part in parts}
    gone = [found for name in {*done}.difference(planned) if (found := _TRIAL.fullmatch(name))]
    declared = (part for part in gone if part["column"] in analysis["data-sets"] and part["row"] in analysis["rows"])
    return {_cell(part) if _cell(part) not in cells else part[0] if part["seed"] in seeds else f"seed {part['seed']}" for part in declared}


def _cell(trial: re.Match[str]) -> str:
    return f"{trial['column']}/{trial['row']}"


def _changes(before: Analysis, after: Analysis) -> Iterator[str]:
    for name in after:
        old, new = before.get(name), after[name]
        if name == _LEFT_OUT:
            yield from _moved("", old or (), new, "taken in again", "left out")
        elif name in _LISTS:
            yield from _moved(_LISTS[name], old or (), new, "removed", "added")
        elif old != new:
            yield f"{name} {_shown(old)} -> {_shown(new)}"


def _moved(noun: str, before: Collection[str], after: Collection[str], removed: str, added: str) -> Iterator[str]:
    """Say what is in one list and not in the other: ``rows ours and wide added``."""
    for names, verb in (([one for one in after if one not in before], added), ([one for one in before if one not in after], removed)):
        if names:
            what = f"{noun}{'s' * (len(names) > 1)} " if noun else ""
            yield f"{what}{listing(names)} {verb}"


def _shown(value: Any) -> str:
    return "none" if value is None else str(value)
