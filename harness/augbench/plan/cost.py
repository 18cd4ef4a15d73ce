"""What stages will cost, judged by those that were made before; every estimate says what it rests on."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from statistics import median
from typing import Literal, get_args

from augbench.plan.keys import Key, canonical
from augbench.plan.plan import Plan
from augbench.plan.summary import Summary
from augbench.plan.tasks import PREPARED, Stage, StageKind
from augbench.plan.work import Known, Work, at, known
from augbench.values.data import Probe
from augbench.values.numbers import count, many

Basis = Literal["measured", "alike", "scaled", "kind", "guess"]
"""``measured``: this very stage was made before; ``alike``: with another seed or fold, or of other inputs; ``scaled``: by the same main
component, in proportion to its work; ``kind``: by another component; ``guess``: nothing of the kind was ever made here."""
BASES: tuple[Basis, ...] = get_args(Basis)
# By kind: the least, and what comes for each million numbers of the images that pass through.  Of the matrix that comes with augbench
# on one core of 2025; its networks are small.
_SECONDS: Mapping[StageKind, tuple[float, float]] = {
    "prepare": (0.2, 0.1),
    "fit-generator": (1.0, 0.2),
    "synthesise": (0.1, 0.05),
    "assess": (0.1, 0.1),
    "tables": (0.5, 0.1),
    "train": (1.0, 0.2),
    "evaluate": (0.1, 0.02),
}
_BYTES: Mapping[StageKind, tuple[float, float]] = {
    "prepare": (0.0, 1e6),
    "fit-generator": (1e7, 0.0),
    "synthesise": (0.0, 1e6),
    "assess": (1e5, 0.0),
    "tables": (1e5, 0.0),
    "train": (2e7, 0.0),
    "evaluate": (1e5, 0.0),
}
_UNSIZED = 100.0
"""Millions of numbers, where nobody knows how many there are."""
_WORDS: Mapping[Basis, str] = {
    "measured": "made before",
    "alike": "alike",
    "scaled": "scaled by work",
    "kind": "like others of the kind",
    "guess": "guessed",
}
# What these leave grows with their images; a network is as large after long training as after short.
_GROWING = ("prepare", "synthesise", "tables", "evaluate")


@dataclass(frozen=True, kw_only=True, slots=True)
class Cost:
    """What a stage takes."""

    seconds: float
    """Wall time."""
    bytes: int
    """Of its artefact."""
    basis: Basis


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """What is left to do."""

    seconds: float
    """Of work."""
    wall: float
    """Seconds until the end, with so many slots."""
    slots: int
    bytes: int
    """To be written to the store."""
    stages: Mapping[Basis, int]
    """How many stages' cost rests on what."""


def costs(stages: Iterable[Stage], summaries: Mapping[Key, Summary], probes: Iterable[Probe] = ()) -> dict[Key, Cost]:
    """Estimate every stage; ``probes`` tell how many images the plan's data sets have, and how large they are."""
    stages = tuple(stages)
    data = known(stages, probes)
    past = _past(summaries, data)
    found: dict[Key, Cost] = {}
    estimated: dict[tuple[str | None, ...], Cost] = {}
    for stage in stages:
        if made := summaries.get(stage.key):
            found[stage.key] = Cost(seconds=made.seconds, bytes=made.bytes, basis="measured")
            continue
        # All seeds and folds of a cell have one estimate.
        resample = stage.resample
        cell = stage.kind, stage.settings, stage.inputs.get(PREPARED), resample.digest if resample else None
        cost = estimated.get(cell)
        if cost is None:
            cost = estimated[cell] = past.estimate(stage, data)
        found[stage.key] = cost
    return found


def needed(plan: Plan) -> tuple[Stage, ...]:
    """Return the stages that a run would do: what unfinished trials are made of and what that reads, unless it is stored."""
    wanted = {key for trial in plan.trials if trial.stages and trial.status == "to run" for key in trial.stages.roots()}
    found: list[Stage] = []
    # From the end, so that those that read come before those that are read.
    for planned in reversed(plan.stages):
        if planned.key in wanted and not planned.cached:
            found.append(planned.stage)
            wanted.update(planned.stage.inputs.values())
    return tuple(reversed(found))


def ranks(stages: Iterable[Stage], costs: Mapping[Key, Cost]) -> dict[Key, float]:
    """Return the seconds from each stage's start to the end of the longest chain behind it; ``stages`` follow those they read."""
    behind: defaultdict[Key, float] = defaultdict(float)
    found: dict[Key, float] = {}
    for stage in reversed(tuple(stages)):
        rank = found[stage.key] = costs[stage.key].seconds + behind[stage.key]
        for key in stage.inputs.values():
            behind[key] = max(behind[key], rank)
    return found


def total(stages: Sequence[Stage], costs: Mapping[Key, Cost], slots: int) -> Estimate:
    """Add up stages that are to run, each after those it reads; with several slots, no less than the longest chain."""
    seconds = sum(costs[stage.key].seconds for stage in stages)
    bases = Counter(costs[stage.key].basis for stage in stages)
    return Estimate(
        seconds=seconds,
        wall=max(seconds / slots, max(ranks(stages, costs).values(), default=0.0)),
        slots=slots,
        bytes=sum(costs[stage.key].bytes for stage in stages),
        stages={basis: bases[basis] for basis in BASES if bases[basis]},
    )


def words(estimate: Estimate) -> str:
    """Say what an estimate rests on: ``41 stages alike, 3 scaled, 2 guessed``."""
    found = [(number, _WORDS[basis]) for basis, number in estimate.stages.items()]
    if not found:
        return "no stage is left"
    (first, how), *others = found
    return ", ".join([f"{many(first, 'stage')} {how}", *(f"{count(number)} {how}" for number, how in others)])


@dataclass(frozen=True, kw_only=True)
class _Group:
    """Stages made before that may stand for one another."""

    members: list[tuple[Work | None, Summary]] = field(default_factory=list)

    @cached_property
    def typical(self) -> tuple[float, float]:
        """Return the median seconds and bytes."""
        return _medians([(made.seconds, made.bytes) for _, made in self.members])

    @cached_property
    def per_image(self) -> tuple[float, float]:
        """Return the median seconds and bytes for each image."""
        return _medians([(made.seconds / work.images, made.bytes / work.images) for work, made in self.members if work and work.images])

    @cached_property
    def per_number(self) -> tuple[float, float]:
        """Return the median seconds and bytes for each number of an image; zero where no member's size is known."""
        sized = [(work.images * work.size, made) for work, made in self.members if work and work.images and work.size]
        return _medians([(made.seconds / numbers, made.bytes / numbers) for numbers, made in sized])

    def scaled(self, kind: str, work: Work) -> Cost:
        """Estimate a stage in proportion to its work."""
        seconds, size = (rate * work.images for rate in self.per_image)
        if work.size and any(self.per_number):
            seconds, size = (rate * work.images * work.size for rate in self.per_number)
        return Cost(seconds=seconds, bytes=round(size if kind in _GROWING else self.typical[1]), basis="scaled")


@dataclass(frozen=True, kw_only=True)
class _Past:
    """What was made before, by how near it may be to what is planned."""

    alike: Mapping[tuple[Hashable, ...], _Group]
    mains: Mapping[tuple[str, str], _Group]
    kinds: Mapping[str, _Group]

    def estimate(self, stage: Stage, data: Known) -> Cost:
        """Estimate a stage that was never made."""
        digest = stage.resample.digest if stage.resample else None
        if group := self.alike.get((stage.kind, stage.settings, digest, data.size(stage.key, stage.inputs))):
            return _typical(group, "alike")
        work = data.work(stage.kind, stage.key, stage.identity)
        if work and (group := self.mains.get((stage.kind, work.main))):
            return group.scaled(stage.kind, work)
        if group := self.kinds.get(stage.kind):
            return _typical(group, "kind")
        numbers = work.images * work.size / 1e6 if work and work.size else _UNSIZED
        seconds, size = (least + each * numbers for least, each in (_SECONDS[stage.kind], _BYTES[stage.kind]))
        return Cost(seconds=seconds, bytes=round(size), basis="guess")


def _past(summaries: Mapping[Key, Summary], data: Known) -> _Past:
    alike: defaultdict[tuple[Hashable, ...], _Group] = defaultdict(_Group)
    mains: defaultdict[tuple[str, str], _Group] = defaultdict(_Group)
    kinds: defaultdict[str, _Group] = defaultdict(_Group)
    for made in summaries.values():
        work = data.work(made.kind, made.key, made.identity)
        digest, size = at(made.identity, "resample.digest"), data.size(made.key, made.identity.get("inputs") or {})
        groups = [alike[made.kind, canonical(made.identity.get("settings")), digest, size], kinds[made.kind]]
        groups += [mains[made.kind, work.main]] if work else []
        for group in groups:
            group.members.append((work, made))
    return _Past(alike=dict(alike), mains=dict(mains), kinds=dict(kinds))


def _typical(group: _Group, basis: Basis) -> Cost:
    seconds, size = group.typical
    return Cost(seconds=seconds, bytes=round(size), basis=basis)


def _medians(pairs: list[tuple[float, float]]) -> tuple[float, float]:
    return (median(first for first, _ in pairs), median(second for _, second in pairs)) if pairs else (0.0, 0.0)
