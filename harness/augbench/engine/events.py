"""What a run tells whoever watches it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from augbench.engine.executing import StageOutcome
from augbench.plan.plan import Plan
from augbench.plan.tasks import Stage
from augbench.values.observing import Outcome
from augbench.values.results import TrialResult


class Audience(Protocol):
    """Follows a run, in the midst of it; nothing it does may change a result."""

    def run_started(self, plan: Plan, slots: int) -> None:
        """All is planned, nothing has run; so many stages will run side by side."""

    def run_finished(self, outcome: Outcome) -> None:
        """The run has come to its end, and its report is written."""

    def stage_started(self, stage: Stage, worker: str) -> None:
        """A worker begins a stage."""

    def stage_progress(self, stage: Stage, done: int, total: int, numbers: Mapping[str, float]) -> None:
        """A stage has come this far."""

    def stage_finished(self, stage: Stage, outcome: StageOutcome) -> None:
        """A stage has left its artefact, or failed, or was halted."""

    def trial_finished(self, result: TrialResult, done: int, total: int) -> None:
        """A trial is done, or has failed."""

    def forecast(self, seconds: float) -> None:
        """The run will take so long still, as far as anyone can tell."""

    def message(self, text: str) -> None:
        """Say something that a person should know."""


class Silent:
    """Watches nothing."""

    def run_started(self, plan: Plan, slots: int) -> None: ...

    def run_finished(self, outcome: Outcome) -> None: ...

    def stage_started(self, stage: Stage, worker: str) -> None: ...

    def stage_progress(self, stage: Stage, done: int, total: int, numbers: Mapping[str, float]) -> None: ...

    def stage_finished(self, stage: Stage, outcome: StageOutcome) -> None: ...

    def trial_finished(self, result: TrialResult, done: int, total: int) -> None: ...

    def forecast(self, seconds: float) -> None: ...

    def message(self, text: str) -> None: ...


class Relay(ABC):
    """Does the same with every event."""

    @abstractmethod
    def tell(self, event: str, *details: Any) -> None:
        """Take an event, by its name."""

    def run_started(self, plan: Plan, slots: int) -> None:
        """Pass it on."""
        self.tell("run_started", plan, slots)

    def run_finished(self, outcome: Outcome) -> None:
        """Pass it on."""
        self.tell("run_finished", outcome)

    def stage_started(self, stage: Stage, worker: str) -> None:
        """Pass it on."""
        self.tell("stage_started", stage, worker)

    def stage_progress(self, stage: Stage, done: int, total: int, numbers: Mapping[str, float]) -> None:
        """Pass it on."""
        self.tell("stage_progress", stage, done, total, numbers)

    def stage_finished(self, stage: Stage, outcome: StageOutcome) -> None:
        """Pass it on."""
        self.tell("stage_finished", stage, outcome)

    def trial_finished(self, result: TrialResult, done: int, total: int) -> None:
        """Pass it on."""
        self.tell("trial_finished", result, done, total)

    def forecast(self, seconds: float) -> None:
        """Pass it on."""
        self.tell("forecast", seconds)

    def message(self, text: str) -> None:
        """Pass it on."""
        self.tell("message", text)


class Careful(Relay):
    """Passes events on to several, and lets no failure of one reach the others, or the run."""

    def __init__(self, *audiences: Audience, failed: Callable[[str, Exception], None] = lambda event, error: None) -> None:
        self._audiences = audiences
        self._failed = failed

    def tell(self, event: str, *details: Any) -> None:
        """Pass it on."""
        for audience in self._audiences:
            # A closed terminal, a full log, a width of zero: hours of training are worth more than a line.
            try:
                getattr(audience, event)(*details)
            except Exception as error:
                self._failed(event, error)
