"""Which stage comes next: those whose inputs are there, the one that most depends on first."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from augbench.plan.keys import Key
from augbench.plan.tasks import Stage


@dataclass(kw_only=True)
class Frontier:
    """Stages that are still to run, each once all that it reads is there.

    Every operation costs the logarithm of their number: a plan may hold hundreds of thousands.
    """

    ranks: Mapping[Key, float]
    """Seconds from the begin of each stage to the end of the longest chain that needs it: the longest chain goes first."""
    shared: Mapping[Key, int]
    """Trials that use each stage: among equal ranks, the most shared goes first."""
    pending: dict[Key, Stage] = field(default_factory=dict)
    held: set[Key] = field(default_factory=set)
    """Stages that were taken and not put back: somebody makes them."""
    _missing: dict[Key, int] = field(default_factory=dict)
    """How many inputs of each pending stage are still to be made."""
    _readers: dict[Key, list[Key]] = field(default_factory=dict)
    _ready: list[tuple[float, int, int, Key]] = field(default_factory=list)
    _order: dict[Key, int] = field(default_factory=dict)
    """Place in the plan: the last word, so that equal plans run in equal order."""

    def fill(self, stages: Iterable[Stage]) -> None:
        """Begin anew with stages in the plan's order; what is held stays so."""
        self.pending = {stage.key: stage for stage in stages}
        self._readers, self._ready = {}, []
        self._order = {key: place for place, key in enumerate(self.pending)}
        self._missing = {}
        for key, stage in self.pending.items():
            needed = {needed for needed in stage.inputs.values() if needed in self.pending}
            self._missing[key] = len(needed)
            for each in needed:
                self._readers.setdefault(each, []).append(key)
            if not needed:
                self._offer(key)

    @property
    def ready(self) -> bool:
        """Tell whether anything may be there to take."""
        return bool(self._ready)

    def take(self) -> Stage | None:
        """Return the stage that should run next, or None where all that is left waits for another."""
        while self._ready:
            key = heapq.heappop(self._ready)[-1]
            if key in self.pending and key not in self.held:
                self.held.add(key)
                return self.pending[key]
        return None

    def put_back(self, key: Key) -> None:
        """Make a stage that was taken available again, if it is still to be made and its inputs are there."""
        self.held.discard(key)
        if self._missing.get(key) == 0 and key in self.pending:
            self._offer(key)

    def done(self, key: Key) -> None:
        """Note that a stage's artefact is there."""
        self.held.discard(key)
        if self.pending.pop(key, None) is None:
            return
        for reader in self._readers.get(key, ()):
            self._missing[reader] -= 1
            if self._missing[reader] == 0 and reader in self.pending:
                self._offer(reader)

    def give_up(self, key: Key) -> list[Key]:
        """Drop a stage and all that needs it; return their keys."""
        self.held.discard(key)
        lost, open_keys = [], [key]
        while open_keys:
            each = open_keys.pop()
            if self.pending.pop(each, None) is not None:
                lost.append(each)
                open_keys += self._readers.get(each, ())
        return lost

    def _offer(self, key: Key) -> None:
        heapq.heappush(self._ready, (-self.ranks.get(key, 0.0), -self.shared.get(key, 0), self._order[key], key))
