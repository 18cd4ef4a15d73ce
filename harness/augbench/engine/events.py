"""What a run tells whoever watches it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from augbench.plan.plan import Plan
from augbench.values.results import TrialResult


class Observer(Protocol):
    """Follows a run; nothing it does may change a result."""

    def run_started(self, plan: Plan) -> None:
        """All is planned, nothing has run."""

    def stage_started(self, label: str, kind: str) -> None:
        """A stage begins."""

    def stage_progress(self, label: str, done: int, total: int, numbers: Mapping[str, float]) -> None:
        """A stage has come this far."""

    def stage_finished(self, label: str, seconds: float) -> None:
        """A stage has left its artefact."""

    def trial_finished(self, result: TrialResult, done: int, total: int) -> None:
        """A trial is done, or has failed."""

    def message(self, text: str) -> None:
        """Say something that a person should know."""


class Silent:
    """Watches nothing."""

    def run_started(self, plan: Plan) -> None: ...

    def stage_started(self, label: str, kind: str) -> None: ...

    def stage_progress(self, label: str, done: int, total: int, numbers: Mapping[str, float]) -> None: ...

    def stage_finished(self, label: str, seconds: float) -> None: ...

    def trial_finished(self, result: TrialResult, done: int, total: int) -> None: ...

    def message(self, text: str) -> None: ...
