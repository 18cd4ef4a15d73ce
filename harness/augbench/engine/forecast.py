"""How long a run will still take, by what its stages were thought to cost and what they have cost so far."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from augbench.plan.cost import Cost
from augbench.plan.keys import Key
from augbench.plan.tasks import Stage


@dataclass(kw_only=True)
class Forecast:
    """Corrects the estimates of each kind of stage by those that have ended."""

    costs: Mapping[Key, Cost]
    clock: Callable[[], float] = time.monotonic
    _expected: dict[str, float] = field(default_factory=dict)
    _taken: dict[str, float] = field(default_factory=dict)
    _begun: dict[Key, tuple[float, float]] = field(default_factory=dict)
    """When a running stage began, and the share of it that is done."""

    def begin(self, key: Key) -> None:
        """Note that a stage runs."""
        self._begun[key] = self.clock(), 0.0

    def progress(self, key: Key, share: float) -> None:
        """Note how much of a running stage is done, in [0, 1]."""
        if key in self._begun:
            self._begun[key] = self._begun[key][0], share

    def end(self, stage: Stage, seconds: float | None) -> None:
        """Note that a stage has ended, and what it took; None where that says nothing about others."""
        self._begun.pop(stage.key, None)
        if seconds is not None and stage.key in self.costs:
            self._expected[stage.kind] = self._expected.get(stage.kind, 0.0) + self.costs[stage.key].seconds
            self._taken[stage.kind] = self._taken.get(stage.kind, 0.0) + seconds

    def left(self, pending: Mapping[Key, Stage], slots: int) -> float:
        """Return the seconds until all that is pending is done, side by side in so many slots."""
        work = sum(self._remaining(stage) for stage in pending.values())
        running = [self._remaining(pending[key]) for key in self._begun if key in pending]
        return max([work / max(1, slots), *running])

    def _remaining(self, stage: Stage) -> float:
        expected = self.costs[stage.key].seconds * self._ratio(stage.kind) if stage.key in self.costs else 0.0
        if stage.key not in self._begun:
            return expected
        begun, share = self._begun[stage.key]
        passed = self.clock() - begun
        # Its own pace tells more than any estimate.
        return passed * (1 - share) / share if share > 0 else max(0.0, expected - passed)

    def _ratio(self, kind: str) -> float:
        # Of a kind that has not ended yet nothing is known, but what the others were off by.
        kinds = [kind] if self._expected.get(kind) else list(self._expected)
        expected = sum(self._expected[each] for each in kinds)
        return sum(self._taken[each] for each in kinds) / expected if expected > 0 else 1.0
