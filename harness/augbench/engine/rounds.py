"""Time several things in turn, round by round, so that whatever else the machine does meets all of them alike."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from statistics import median, quantiles
from typing import Protocol

Call = Callable[[], object]
LEAST, MOST = 3, 21
"""Rounds; fewer than ``MOST`` where the time is up."""
_COVERED = 0.95
_TICK = 1e-9
"""Seconds that pass at least, whatever a clock says."""
_LONG = 1.0
"""Seconds of a call that is timed as it is."""


class Watch(Protocol):
    """Measures how long calls take."""

    def seconds(self, call: Call, times: int) -> float:
        """Call so many times, and return how long that took on the device."""


@dataclass(frozen=True, kw_only=True)
class HostWatch:
    """Measures calls that are done when they return."""

    clock: Callable[[], float] = time.perf_counter

    def seconds(self, call: Call, times: int) -> float:
        """Read the clock before and after."""
        started = self.clock()
        for _ in range(times):
            call()
        return self.clock() - started


@dataclass(frozen=True, kw_only=True)
class Timed:
    """Something to be timed."""

    call: Call
    amount: float
    """What one call does, in units: images, batches, updates."""
    guard: Callable[[], AbstractContextManager[None]] = nullcontext
    """Entered around calls, outside the time that is measured."""


@dataclass(frozen=True, kw_only=True)
class Spread:
    """The middle of what all rounds measured, and how far they lie apart."""

    median: float
    low: float
    """A quarter of the rounds lies below."""
    high: float
    rounds: int

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """Summarise what was measured."""
        low, _, high = quantiles(values, n=4, method="inclusive") if len(values) > 1 else (values[0],) * 3
        return cls(median=median(values), low=low, high=high, rounds=len(values))


@dataclass(frozen=True, kw_only=True)
class Ratio:
    """How many times as fast one thing is as another."""

    median: float
    interval: tuple[float, float] | None
    """Where the median lies with 95% confidence; None for rounds too few to say."""


def in_turn(
    tasks: Mapping[str, Timed],
    watch: Watch,
    budget: float,
    clock: Callable[[], float] = time.monotonic,
    tell: Callable[[int, int], None] = lambda done, total: None,
) -> dict[str, list[float]]:
    """Return seconds a unit of every task, one number a round; ``budget`` is what one task may take in all.

    Everything is called before anything is measured.  Each round begins with another task.  ``tell`` hears of every round.
    """
    times = {name: _times(task, watch, budget / MOST) for name, task in tasks.items()}
    measured: dict[str, list[float]] = {name: [] for name in tasks}
    names, started = list(tasks), clock()
    for number in range(MOST):
        if number >= LEAST and clock() - started > budget * len(names):
            break
        first = number % len(names) if names else 0
        for name in names[first:] + names[:first]:
            with tasks[name].guard():
                taken = watch.seconds(tasks[name].call, times[name])
            measured[name].append(max(taken, _TICK) / times[name] / tasks[name].amount)
        tell(number + 1, MOST)
    return measured


def _times(task: Timed, watch: Watch, wanted: float) -> int:
    """Return how often a call is repeated to take about so many seconds: a clock cannot tell a few microseconds."""
    with task.guard():
        # The first call pays for what later ones find done, memory, compiled kernels, imports: of a long one that is little.
        once = watch.seconds(task.call, 1)
        if once < _LONG:
            once = watch.seconds(task.call, 1)
    return max(1, min(10_000, math.floor(wanted / once))) if once > 0 else 10_000


def rates(seconds: Sequence[float]) -> Spread:
    """Summarise seconds a unit as units a second."""
    return Spread.of([1 / each for each in seconds])


def together(parts: Sequence[Sequence[float]]) -> list[float]:
    """Add what parts of one unit take, round by round."""
    return [sum(each) for each in zip(*parts, strict=True)]


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> Ratio:
    """Compare two tasks by rounds: what disturbed one round disturbed both."""
    found = sorted(other / own for own, other in zip(ours, theirs, strict=True))
    depth = _depth(len(found))
    return Ratio(median=median(found), interval=(found[depth - 1], found[-depth]) if depth else None)


def _depth(rounds: int) -> int:
    """Return which smallest and largest value the interval of a median reaches to (the sign test's); 0 for too few rounds.

    The median lies outside the d-th smallest and largest of n with probability 2 P(Binomial(n, 1/2) < d).
    """
    depth, outside = 0, 0.0
    while (outside := outside + math.comb(rounds, depth) / 2**rounds) <= (1 - _COVERED) / 2:
        depth += 1
    return depth
