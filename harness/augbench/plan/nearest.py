"""Find, of what is stored, the artefact that is most like a stage."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import Any

from augbench.plan.keys import Key, canonical
from augbench.plan.leaves import Leaf, differences, leaves
from augbench.plan.summary import Summary
from augbench.plan.tasks import PREPARED, Stage

_MOST = 200
"""Settings that are compared leaf by leaf for one stage: whatever a store holds, a plan is explained in linear time."""

_CLOSE = 10
"""Of these, the settings that are compared as a person would."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Look:
    """A stage or an artefact, as far as it is compared."""

    kind: str
    settings: Mapping[str, Any]
    resample: Mapping[str, Any]
    inputs: Mapping[str, Key]
    revision: tuple[Any, Any]
    """Of the stage and of the way in which keys are made."""

    @property
    def digest(self) -> str:
        """Return the digest of its data."""
        return str(self.resample.get("digest") or self.settings.get("data"))

    @property
    def target(self) -> str | None:
        """Return the class that it is about, for a stage of one class."""
        return self.settings.get("target")

    @cached_property
    def text(self) -> str:
        """Return its settings as canonical JSON."""
        return canonical(self.settings)

    @cached_property
    def leaves(self) -> dict[Leaf, str]:
        """Return its settings one by one."""
        return leaves(self.settings)

    @cached_property
    def parts(self) -> tuple[str, ...]:
        """Return its settings in large pieces."""
        return tuple(f"{name}={canonical(part)}" for name, part in sorted(self.settings.items()))


def look(identity: Mapping[str, Any], kind: str) -> Look:
    """Read an identity, also one of another version of the harness."""

    def table(name: str) -> Mapping[str, Any]:
        value = identity.get(name)
        return value if isinstance(value, Mapping) else {}

    revision = identity.get("revision"), identity.get("key-schema")
    return Look(kind=kind, settings=table("settings"), resample=table("resample"), inputs=table("inputs"), revision=revision)


def look_of(stage: Stage) -> Look:
    """Read a stage's identity."""
    return look(stage.identity, stage.kind)


@dataclass(frozen=True, kw_only=True, eq=False)
class Candidate:
    """A stored artefact."""

    summary: Summary
    look: Look


@dataclass(frozen=True, kw_only=True)
class Index:
    """Stored artefacts, to be found by what they have in common with a stage; the newest first."""

    by_key: dict[Key, Candidate] = field(default_factory=dict)
    exact: defaultdict[tuple[str, ...], list[Candidate]] = field(default_factory=lambda: defaultdict(list))
    """By kind and settings; by kind, settings and data; by all these and seed and fold."""
    distinct: defaultdict[tuple[str, ...], list[Candidate]] = field(default_factory=lambda: defaultdict(list))
    """One of each kind, data and settings; by kind; by kind and data; by kind, data and all parts of the settings but one."""
    readers: defaultdict[Key, list[Candidate]] = field(default_factory=lambda: defaultdict(list))
    """By what they read."""

    def nearest(self, wanted: Look, expected: Mapping[str, Key]) -> Candidate | None:
        """Return the artefact that differs from a stage in the fewest settings; of the same data and class, if there is any.

        ``expected`` are the artefacts that are nearest to what it reads.
        """
        on_these = wanted.kind, wanted.text, wanted.digest
        if on_these in self.exact:
            # Another seed or fold is nearer than any other setting.
            return self._closest(on_these, wanted, expected)
        closest = self._least_different((wanted.kind, wanted.digest), wanted)
        if closest is None and on_these[:2] in self.exact:
            return self._closest(on_these[:2], wanted, expected)
        closest = closest or self._least_different((wanted.kind,), wanted)
        return self._closest((closest.look.kind, closest.look.text, closest.look.digest), wanted, expected) if closest else None

    def _least_different(self, place: tuple[str, ...], wanted: Look) -> Candidate | None:
        """Compare leaf by leaf with those that differ in one part of their settings, or else with all."""
        near = [one for parts in _but_one(wanted) for one in self.distinct.get((*place, *parts), ())]
        found = _of_class(near or self.distinct.get(place, []), wanted.target)
        own = set(wanted.leaves.items())
        close = heapq.nsmallest(_CLOSE, found, key=lambda one: len(own ^ set(one.look.leaves.items())))
        # A component that comes or goes is one difference, however many parameters it has.
        return min(close, key=lambda one: len(differences(one.look.leaves, wanted.leaves)), default=None)

    def _closest(self, place: tuple[str, ...], wanted: Look, expected: Mapping[str, Key]) -> Candidate:
        """Return the one of equal settings that shares most of seed, fold and inputs; of several, the newest."""

        def shared(one: Candidate) -> tuple[int, int]:
            resample = sum(one.look.resample.get(name) == value for name, value in wanted.resample.items())
            return resample, sum(one.look.inputs.get(role) in (key, expected.get(role)) for role, key in wanted.inputs.items())

        reading = [one for role, key in expected.items() if role != PREPARED for one in self.readers.get(key, ())]
        reading = [one for one in reading if (one.look.kind, one.look.text, one.look.digest)[: len(place)] == place]
        return max(reading or islice(self.exact[place], _MOST), key=shared)


def index(summaries: Iterable[Summary]) -> Index:
    """Index artefacts, the newest first."""
    found = Index()
    for summary in summaries:
        one = Candidate(summary=summary, look=look(summary.identity, summary.kind))
        kind, text, digest = one.look.kind, one.look.text, one.look.digest
        if (kind, text, digest) not in found.exact:
            for place in ((kind,), (kind, digest)):
                for parts in ((), *_but_one(one.look)):
                    found.distinct[*place, *parts].append(one)
        whole = kind, text, digest, canonical(one.look.resample)
        for length in (2, 3, 4):
            found.exact[whole[:length]].append(one)
        for key in set(one.look.inputs.values()):
            found.readers[key].append(one)
        found.by_key[summary.key] = one
    return found


def _but_one(one: Look) -> Iterable[tuple[str, ...]]:
    return ((*one.parts[:place], *one.parts[place + 1 :]) for place in range(len(one.parts)))


def _of_class(found: Sequence[Candidate], target: str | None) -> list[Candidate]:
    own = islice((one for one in found if one.look.target == target), _MOST)
    return list(own) or list(islice(found, _MOST))
