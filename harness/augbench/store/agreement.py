"""Whether runs can be joined: where they say the same of data, settings and trials, and who is right where they do not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from augbench.store.records import Record
from augbench.store.run_folder import RunFolder, latest
from augbench.store.standing import State, state_of
from augbench.values.run_errors import Conflicts

Scope = tuple[str, ...]
"""A part of the matrix: nothing for all of it, a column, a column's row, or a trial of that."""
_FACTS = ("digest", "classes", "counts", "minority", "folds")
_RANK: tuple[State, ...] = ("skipped", "pending", "failed", "done")
"""Of what two runs know of one trial, the later in this list counts."""
_MOST = 4
"""Fields that are told of one conflict."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """One of several runs."""

    folder: RunFolder
    about: Mapping[str, Any]
    records: Sequence[Record]

    @property
    def name(self) -> str:
        """Return what a person called it."""
        return str(self.folder.path)

    @cached_property
    def trials(self) -> dict[str, Mapping[str, Any]]:
        """Return its trials by name."""
        return {trial["trial"]: trial for trial in self.about["trials"]}

    @cached_property
    def scopes(self) -> dict[Scope, list[str]]:
        """Return the trials of each part of its matrix."""
        found: dict[Scope, list[str]] = {}
        for name, trial in self.trials.items():
            for length in range(4):
                found.setdefault((trial["column"], trial["row"], name)[:length], []).append(name)
        return found

    @cached_property
    def latest(self) -> dict[str, Record]:
        """Return its last word on each trial."""
        return latest(self.records)

    def state(self, trial: str) -> State:
        """Tell what became of a trial."""
        return state_of(self.folder, self.trials[trial], self.latest.get(trial))

    def says(self, scope: Scope) -> Mapping[str, Any] | None:
        """Return all that must be equal in a part of the matrix."""
        match scope:
            case ():
                report: Mapping[str, Any] = self.about["report"]
                return report
            case (column,):
                return self._facts(column)
            case (column, row):
                settings: Mapping[str, Any] | None = self.about["settings"].get(column, {}).get(row)
                return settings
        key = self.trials[scope[-1]]["key"]
        return {"key": key} if key else None

    def _facts(self, name: str) -> dict[str, Any]:
        """Return what decides the images of a column, the stage that prepares them included."""
        column = named([self], "columns").get(name, {})
        stages = (self.trials[trial]["stages"][:1] for trial in self.scopes[(name,)])
        prepared = {stage["key"] for first in stages for stage in first}
        return {fact: column.get(fact) for fact in _FACTS} | ({"preparation": min(prepared)} if prepared else {})


@dataclass(kw_only=True)
class Agreement:
    """Finds which run each trial is taken from."""

    parts: Sequence[Part]
    preferred: Part | None = None
    """The run that is right where runs differ."""
    conflicts: dict[Scope, str] = field(default_factory=dict)
    dropped: set[tuple[str, str]] = field(default_factory=set)
    """Run and trial: what gave way to the run that is preferred."""

    def chosen(self) -> dict[str, Part]:
        """Return the run that each trial is taken from, in the order of a matrix.  Raise ``Conflicts`` with all that differs."""
        scopes = dict.fromkeys(scope for part in self.parts for scope in part.scopes)
        # From the whole to its parts: what is told of a column need not be told of each of its trials.
        for scope in sorted(scopes, key=len):
            if not any(scope[:length] in self.conflicts for length in range(1, len(scope))):
                self._agree(scope)
        if self.conflicts:
            raise Conflicts(list(self.conflicts.values()))
        held = {name: [part for part in self.parts if self._holds(part, name)] for name in self._names()}
        return {name: max(parts, key=lambda part: _RANK.index(part.state(name))) for name, parts in held.items() if parts}

    @property
    def leading(self) -> Part:
        """Return the run that decides what is not of any trial."""
        return self.preferred or self.parts[0]

    def _agree(self, scope: Scope) -> None:
        """Compare what all runs say of a part of the matrix with what the first, or the preferred one, says."""
        said = {}
        for part in self.parts:
            if any(self._holds(part, trial) for trial in part.scopes.get(scope, ())) and (words := part.says(scope)) is not None:
                said[part.name] = words
        decides = self.preferred is not None and self.preferred.name in said
        base = self.preferred.name if self.preferred and decides else next(iter(said), "")
        for part in self.parts:
            if part.name in said and said[part.name] != said[base]:
                if not decides:
                    self.conflicts.setdefault(scope, _words(scope, base, said[base], part.name, said[part.name]))
                elif scope:
                    self.dropped |= {(part.name, trial) for trial in part.scopes[scope]}

    def _holds(self, part: Part, trial: str) -> bool:
        return trial in part.trials and (part.name, trial) not in self.dropped

    def _names(self) -> list[str]:
        """Return all trials in the order of columns, seeds, rows and folds."""
        trials = {name: trial for part in self.parts for name, trial in part.trials.items()}
        places = [{name: place for place, name in enumerate(named(self.parts, what))} for what in ("columns", "rows")]

        def place(name: str) -> tuple[int, ...]:
            trial = trials[name]
            return places[0][trial["column"]], trial["seed"], places[1][trial["row"]], -1 if trial["fold"] is None else trial["fold"]

        return sorted(trials, key=place)


def named(parts: Sequence[Part], what: str) -> dict[str, dict[str, Any]]:
    """Return all rows, or all columns, by name; of two, the first."""
    found: dict[str, dict[str, Any]] = {}
    for part in parts:
        for one in part.about[what]:
            found.setdefault(one["name"], one)
    return found


def _words(scope: Scope, base: str, first: Mapping[str, Any], other: str, second: Mapping[str, Any]) -> str:
    where = "what the report compares" if not scope else scope[-1] if len(scope) == 3 else "/".join(scope)
    return f"{where}: {'; '.join(_differences(scope, base, first, other, second))}"


def _differences(scope: Scope, base: str, first: Mapping[str, Any], other: str, second: Mapping[str, Any]) -> Iterator[str]:
    if len(scope) == 3:
        yield f"the code of a plugin, or of augbench, was another in {base} than in {other}: settings and data are equal"
        return
    changed = [name for name in {**first, **second} if first.get(name) != second.get(name)]
    # The digest of the data says it all.
    if "digest" in changed:
        yield f"the data in {base} are others than those in {other}"
    elif changed == ["preparation"]:
        yield f"the code that reads and resizes the images was another in {base} than in {other}"
    else:
        yield from (f"{name} is {_shown(first.get(name))} in {base} and {_shown(second.get(name))} in {other}" for name in changed[:_MOST])
        if len(changed) > _MOST:
            yield f"{len(changed) - _MOST} more settings"


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_shown, value))}]"
    return "not set" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
