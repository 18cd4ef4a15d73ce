"""Laws of schedules: a factor for each step, of that step alone."""

from __future__ import annotations

import math
from collections.abc import Iterator
from numbers import Real

from augbench.testing.checking import require
from augbench.values.learning import Schedule

TRAININGS = ((1, 1.0), (2, 0.3), (40, 7.5), (300, 30.0))
"""Steps of a training, and steps of an epoch, which need not be whole."""


def exercise(component: Schedule) -> object:
    """List the factors of some trainings."""
    return [[float(component.factor(step, steps, epoch)) for step in range(steps)] for steps, epoch in TRAININGS]


def check_finite(component: Schedule) -> None:
    """The factor of each step is a finite number, of a training of one step as of many."""
    for told, factor in _factors(component):
        require(isinstance(factor, Real), f"{told} it is a {type(factor).__name__}, no number")
        require(math.isfinite(factor), f"{told} it is {factor}")


def check_not_negative(component: Schedule) -> None:
    """No factor is below 0, which would turn learning round."""
    for told, factor in _factors(component):
        require(not float(factor) < 0, f"{told} it is {factor}")


def check_something_is_learnt(component: Schedule) -> None:
    """Some step of a training has a factor above 0."""
    steps, epoch = TRAININGS[-1]
    require(any(component.factor(step, steps, epoch) != 0 for step in range(steps)), f"all {steps} factors are 0")


def check_order_of_steps(component: Schedule) -> None:
    """A step has the same factor in whatever order steps are asked for: a training may go on where it was cut short."""
    for steps, epoch in TRAININGS:
        forward = [component.factor(step, steps, epoch) for step in range(steps)]
        backward = [component.factor(step, steps, epoch) for step in reversed(range(steps))][::-1]
        for step, (one, other) in enumerate(zip(forward, backward, strict=True)):
            same = one == other or one != one
            require(same, f"of {steps} steps, step {step} has the factor {one} when it comes after the one before it, and else {other}")


def _factors(component: Schedule) -> Iterator[tuple[str, float]]:
    for steps, epoch in TRAININGS:
        for step in range(steps):
            yield f"of step {step} of {steps}, {epoch:g} an epoch,", component.factor(step, steps, epoch)
