"""What a run tells whoever watches it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from augbench.engine.executing import StageOutcome
from augbench.plan.plan import Plan
from augbench.plan.tasks import Stage
from augbench.values.results import TrialResult


class Observer(Protocol):
    """Follows a run; nothing it does may change a result."""

    def run_started(self, plan: Plan, slots: int) -> None:
        """All is planned, nothing has run; so many stages will run side by side."""

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

    def stage_started(self, stage: Stage, worker: str) -> None: ...

    def stage_progress(self, stage: Stage, done: int, total: int, numbers: Mapping[str, float]) -> None: ...

    def stage_finished(self, stage: Stage, outcome: StageOutcome) -> None: ...

    def trial_finished(self, result: TrialResult, done: int, total: int) -> None: ...

    def forecast(self, seconds: float) -> None: ...

    def message(self, text: str) -> None: ...
