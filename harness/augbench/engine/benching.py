"""Measure how fast components are, and how much memory they take, beside others of their kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial

from augbench.engine.footprint import Footprint, footprint
from augbench.engine.noise import Bench
from augbench.engine.rounds import Ratio, Spread, Timed, Watch, in_turn, rates, ratio, together
from augbench.engine.trying import Subject
from augbench.engine.workloads import Part, refusal, workload

Tell = Callable[[int, int], None]
TOGETHER = "together"
_BESIDE = " beside"


@dataclass(frozen=True, kw_only=True)
class Rate:
    """How often a second something is done."""

    part: str
    unit: str
    per_second: Spread


@dataclass(frozen=True, kw_only=True)
class Speed:
    """What was measured of one component."""

    subject: Subject
    rates: tuple[Rate, ...]
    compared: Rate
    """The one of them that the ratio is about."""
    memory: Footprint | None
    ratio: Ratio | None
    """To the reference; None for itself, and for what is counted in another unit."""


@dataclass(frozen=True, kw_only=True)
class _Entrant:
    subject: Subject
    parts: tuple[Part, ...]


def bench_all(subjects: Sequence[Subject], bench: Bench, budget: float, threads: int, watch: Watch, tell: Tell) -> list[Speed]:
    """Measure components of one kind in turn; the first is the reference.

    ``budget`` is how many seconds the rounds of one component take.  Raise what ``workload`` and ``Subject.trial`` raise.
    """
    with _threads(threads):
        material = bench.material()
        entrants = [_Entrant(subject=subject, parts=workload(subject, bench, material)) for subject in subjects]
        tasks = dict(_tasks(entrants, bench))
        share = budget / max(len(entrant.parts) for entrant in entrants) / 2
        measured = in_turn(tasks, watch, share, tell=tell)
        memories = [_memory(entrant, bench) for entrant in entrants]
    return [_speed(number, entrants, measured, memory) for number, memory in enumerate(memories)]


def _tasks(entrants: Sequence[_Entrant], bench: Bench) -> Iterator[tuple[str, Timed]]:
    """Name every part of every component, each with the reference's right beside it: what disturbs one disturbs both."""
    reference = entrants[0]
    for number, entrant in enumerate(entrants):
        for beside, each in (("", entrant), (_BESIDE, reference))[: 2 if number else 1]:
            for part in each.parts:
                guard = partial(each.subject.trial, bench.limit)
                yield f"{number}{beside} {part.name}", Timed(call=part.call, amount=part.amount, guard=guard)


def suiting(subjects: Sequence[Subject], bench: Bench) -> tuple[list[Subject], list[str]]:
    """Return those that can serve such images, and a sentence for each other."""
    suited, left, material = [], [], bench.material()
    for subject in subjects:
        reason = refusal(subject, bench, material)
        if reason is None:
            suited.append(subject)
        else:
            left.append(f"left out: {subject.kind} '{subject.name}': {reason}")
    return suited, left


def _whole(entrant: _Entrant, seconds: Sequence[Sequence[float]]) -> tuple[Part, list[float]]:
    """Return what a component is compared by, and its seconds a unit by round: its joined parts together, or its first part."""
    joined = [each for part, each in zip(entrant.parts, seconds, strict=True) if part.joined]
    return (replace(entrant.parts[0], name=TOGETHER), together(joined)) if joined else (entrant.parts[0], list(seconds[0]))


def _speed(number: int, entrants: Sequence[_Entrant], measured: Mapping[str, Sequence[float]], memory: Footprint | None) -> Speed:
    entrant, reference = entrants[number], entrants[0]
    seconds = [measured[f"{number} {part.name}"] for part in entrant.parts]
    own, beside = _whole(entrant, seconds), _BESIDE if number else ""
    other = _whole(reference, [measured[f"{number}{beside} {part.name}"] for part in reference.parts])
    found = [_rate(part, each) for part, each in zip(entrant.parts, seconds, strict=True)]
    compared = _rate(*own)
    return Speed(
        subject=entrant.subject,
        rates=tuple(found) if own[0] in entrant.parts else (*found, compared),
        compared=compared,
        memory=memory,
        ratio=ratio(own[1], other[1]) if number and own[0].unit == other[0].unit else None,
    )


def _rate(part: Part, seconds: Sequence[float]) -> Rate:
    return Rate(part=part.name, unit=part.unit, per_second=rates(seconds))


def _memory(entrant: _Entrant, bench: Bench) -> Footprint | None:
    """Return the memory of the hungriest part."""
    found = []
    for part in entrant.parts:
        with entrant.subject.trial(bench.limit):
            found.append(footprint(part.call, bench.device))
    told = [each for each in found if each is not None]
    return max(told, key=lambda each: each.bytes) if told else None


@contextmanager
def _threads(number: int) -> Iterator[None]:
    """Let torch and NumPy use so many threads within the block."""
    import torch
    from threadpoolctl import threadpool_limits

    before = torch.get_num_threads()
    torch.set_num_threads(number)
    try:
        with threadpool_limits(number):
            yield
    finally:
        torch.set_num_threads(before)
