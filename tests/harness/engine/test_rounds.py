"""Things are timed in turn, with any clock; what disturbs a round disturbs all of it alike."""

from __future__ import annotations

from contextlib import contextmanager
from math import inf

import pytest
from scipy.stats import binom

from augbench.engine.rounds import LEAST, MOST, HostWatch, Spread, Timed, _depth, in_turn, rates, ratio, together


class Clock:
    """Stands still unless somebody works."""

    def __init__(self) -> None:
        self.now = 0.0
        self.log: list[str] = []

    def __call__(self) -> float:
        return self.now

    def work(self, name: str, seconds: float):
        def call() -> None:
            self.now += seconds
            self.log.append(name)

        return call


def timed(clock: Clock, budget: float = 21.0, **tasks: float) -> dict[str, list[float]]:
    named = {name: Timed(call=clock.work(name, seconds), amount=4) for name, seconds in tasks.items()}
    return in_turn(named, HostWatch(clock=clock), budget, clock)


def test_seconds_a_unit_are_those_of_a_call_by_what_it_does():
    found = timed(Clock(), a=0.5, b=0.25)
    assert found == {"a": [0.125] * len(found["a"]), "b": [0.0625] * len(found["b"])}


def test_a_short_call_is_repeated_and_a_long_one_made_once_a_round():
    clock = Clock()
    found = timed(clock, budget=21.0, short=0.01, long=3.0)
    assert clock.log.count("short") == 2 + 100 * len(found["short"])
    # Not even a second time before it counts.
    assert clock.log.count("long") == 1 + len(found["long"])


def test_every_round_has_each_once_and_begins_with_another():
    clock = Clock()
    timed(clock, budget=21.0, a=1.0, b=1.0, c=1.0)
    rounds = clock.log[3:]
    assert [rounds[start : start + 3] for start in (0, 3, 6, 9)] == [list("abc"), list("bca"), list("cab"), list("abc")]


def test_rounds_end_when_the_time_is_up_but_not_before_three():
    assert len(timed(Clock(), budget=1e9, a=1.0)["a"]) == MOST
    assert len(timed(Clock(), budget=0.1, a=5.0)["a"]) == LEAST
    assert LEAST < len(timed(Clock(), budget=8.0, a=2.0)["a"]) < MOST


def test_a_guard_is_entered_around_what_is_measured():
    clock = Clock()

    @contextmanager
    def slow():
        clock.now += 100
        yield

    found = in_turn({"a": Timed(call=clock.work("a", 2.0), amount=1, guard=slow)}, HostWatch(clock=clock), 1.0, clock)
    assert set(found["a"]) == {2.0}


def test_all_rounds_are_told():
    told = []
    in_turn({"a": Timed(call=lambda: None, amount=1)}, HostWatch(), 0.01, tell=lambda done, total: told.append((done, total)))
    assert told == [(number + 1, MOST) for number in range(len(told))]


def test_rates_are_medians_between_their_quartiles():
    assert rates([1 / 8, 1 / 1, 1 / 2, 1 / 4, 1 / 100]) == Spread(median=4, low=2, high=8, rounds=5)
    assert rates([0.5]) == Spread(median=2, low=2, high=2, rounds=1)


def test_parts_of_one_unit_add_up_round_by_round():
    assert together([[1.0, 2.0], [0.5, 0.25]]) == [1.5, 2.25]


def test_what_disturbs_a_round_leaves_its_ratio_alone():
    theirs = [1.0, 50.0, 2.0, 1.0, 1.0, 7.0]
    found = ratio([each / 3 for each in theirs], theirs)
    assert found.median == pytest.approx(3)
    assert found.interval == pytest.approx((3, 3))


def test_an_interval_reaches_as_far_as_the_sign_test_does():
    assert ratio([1.0] * 5, [1.0, 2.0, 3.0, 4.0, 5.0]).interval is None
    assert ratio([1.0] * 6, [3.0, 1.0, 6.0, 2.0, 5.0, 4.0]).interval == (1.0, 6.0)
    for rounds in range(1, MOST + 1):
        # The interval reaches from the d-th smallest to the d-th largest.
        depth = _depth(rounds)
        assert 2 * binom.cdf(depth - 1, rounds, 0.5) <= 0.05 < 2 * binom.cdf(depth, rounds, 0.5)


def test_a_call_that_takes_no_time_at_all_is_no_division_by_zero():
    found = in_turn({"a": Timed(call=lambda: None, amount=1)}, HostWatch(clock=lambda: 0.0), 1.0, clock=lambda: 0.0)
    assert 0 < rates(found["a"]).median < inf
