"""How the learning rate changes over a training."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated

from annotated_types import Ge, Gt, Le, Lt, MinLen

from augbench import Schedule


@dataclass(frozen=True, kw_only=True)
class Constant(Schedule):
    """One learning rate throughout."""

    def factor(self, step: int, steps: int, steps_per_epoch: float) -> float:
        """Return 1."""
        return 1.0


@dataclass(frozen=True, kw_only=True)
class Step(Schedule):
    """Multiply the learning rate by gamma every so many epochs."""

    step: Annotated[float, Gt(0)] = 30.0
    """Epochs of originals between two falls."""
    gamma: Annotated[float, Gt(0), Le(1)] = 0.1
    """What the rate is multiplied by."""

    def factor(self, step: int, steps: int, steps_per_epoch: float) -> float:
        """Return gamma to the number of falls so far."""
        # An epoch may be a fraction of a step long: its border must not be missed by a rounding error.
        return math.pow(self.gamma, math.floor(step / (steps_per_epoch * self.step) + 1e-9))


@dataclass(frozen=True, kw_only=True)
class Milestones(Schedule):
    """Multiply the learning rate by gamma at the end of each of some epochs."""

    at: Annotated[tuple[Annotated[float, Gt(0)], ...], MinLen(1)]
    """Epochs of originals after which the rate falls."""
    gamma: Annotated[float, Gt(0), Le(1)] = 0.1
    """What the rate is multiplied by, each time."""

    def factor(self, step: int, steps: int, steps_per_epoch: float) -> float:
        """Return gamma to the number of falls so far."""
        return math.pow(self.gamma, sum(step / steps_per_epoch + 1e-9 >= epoch for epoch in self.at))


@dataclass(frozen=True, kw_only=True)
class Cosine(Schedule):
    """Warm up linearly, then fall along half a cosine (Loshchilov and Hutter 2017, without restarts)."""

    warmup: Annotated[float, Ge(0), Lt(1)] = 0.05
    """Share of the training in which the rate rises."""
    floor: Annotated[float, Ge(0), Le(1)] = 0.0
    """What the rate falls to, as a share of the initial one."""

    def factor(self, step: int, steps: int, steps_per_epoch: float) -> float:
        """Return a share in (0, 1], 1 at the first step after the warm-up."""
        rising = round(self.warmup * steps)
        if step < rising:
            return (step + 1) / (rising + 1)
        fallen = (step - rising) / (steps - rising)
        return self.floor + (1 - self.floor) * (1 + math.cos(math.pi * fallen)) / 2
