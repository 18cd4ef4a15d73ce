"""An executor that keeps the laws, and one for each law that breaks it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from augbench import Component
from augbench.engine.executing import Pool, StageOutcome, Workplace
from augbench.engine.executors.inline import Inline, InlinePool


@dataclass(frozen=True, kw_only=True)
class Here(Inline):
    """Runs stages in this process."""

    def open(self, workplace: Workplace) -> Pool:
        return self.pool(workplace)

    def pool(self, workplace: Workplace) -> Pool:
        return InlinePool(workplace=workplace)


class NumbersItsDevices(Here):
    def devices(self, name):
        return (0,)


class _Repeating(InlinePool):
    def wait(self, seconds):
        return [outcome for outcome in super().wait(seconds) for _ in range(2)]


class TellsTwice(Here):
    def pool(self, workplace):
        return _Repeating(workplace=workplace)


class _Idle(InlinePool):
    def _run(self, job):
        for stage in job.stages:
            if stage.label == "one":
                self.workplace.watch.started(stage.key, "nobody")
                yield StageOutcome(key=stage.key, status="done", seconds=0.0)
            else:
                yield from super()._run(replace(job, stages=(stage,)))


class DoesNothing(Here):
    def pool(self, workplace):
        return _Idle(workplace=workplace)


class _Terse(InlinePool):
    def wait(self, seconds):
        return [replace(outcome, error="it failed") if outcome.error else outcome for outcome in super().wait(seconds)]


class SaysNoReason(Here):
    def pool(self, workplace):
        return _Terse(workplace=workplace)


class _Deaf:
    def started(self, key, worker): ...

    def progress(self, key, done, total, numbers): ...


class TellsNobody(Here):
    def pool(self, workplace):
        return InlinePool(workplace=replace(workplace, watch=_Deaf()))


class Full(Here):
    def pool(self, workplace):
        return InlinePool(workplace=workplace, slots=0)


class _Restless(InlinePool):
    def wait(self, seconds):
        return super().wait(0.0)


class TurnsInCircles(Here):
    def pool(self, workplace):
        return _Restless(workplace=workplace)


class _StopsOnce(InlinePool):
    def stop(self):
        del self.waiting


class StopsOnce(Here):
    def pool(self, workplace):
        return _StopsOnce(workplace=workplace)


GOOD: tuple[Component, ...] = (Here(),)
BAD: dict[str, Component] = {
    "devices": NumbersItsDevices(),
    "one-outcome-each": TellsTwice(),
    "artefacts": DoesNothing(),
    "failures": SaysNoReason(),
    "start-is-told": TellsNobody(),
    "room": Full(),
    "wait": TurnsInCircles(),
    "stop": StopsOnce(),
}
