"""A schedule that keeps the laws, and one for each law that breaks it."""

from __future__ import annotations

from dataclasses import dataclass

from augbench import Component, Schedule


@dataclass(frozen=True, kw_only=True)
class Fall(Schedule):
    """Falls in a straight line."""

    def factor(self, step: int, steps: int, steps_per_epoch: float) -> float:
        return 1 - step / steps


class DividesByNone(Fall):
    def factor(self, step, steps, steps_per_epoch):
        return super().factor(step, steps, steps_per_epoch) if step < steps - 1 else float("nan")


class BelowNone(Fall):
    def factor(self, step, steps, steps_per_epoch):
        return 1 - 2 * step / steps


class Still(Fall):
    def factor(self, step, steps, steps_per_epoch):
        return 0.0


CALLS = []


class Counts(Fall):
    def factor(self, step, steps, steps_per_epoch):
        CALLS.append(step)
        return 1 / len(CALLS)


GOOD: tuple[Component, ...] = (Fall(),)
BAD: dict[str, Component] = {
    "finite": DividesByNone(),
    "not-negative": BelowNone(),
    "something-is-learnt": Still(),
    "order-of-steps": Counts(),
}
