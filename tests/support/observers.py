"""Observers that write down what they hear, and some that misbehave."""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from augbench import Observer
from augbench.registry.hooks import of_observer

heard: list[tuple[str, Mapping[str, Any]]] = []
"""Events and their arguments; tests empty it."""


def tell(observer: Observer, events: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
    """Let an observer hear events."""
    hook = of_observer(observer)
    for event, arguments in events:
        getattr(hook, event)(**arguments)


@dataclass(frozen=True, kw_only=True)
class Scribe(Observer):
    """Takes everything down."""

    def run_started(self, run):
        self._write("run_started", run=run)

    def run_finished(self, run, outcome):
        self._write("run_finished", run=run, outcome=outcome)

    def run_failed(self, error):
        self._write("run_failed", error=error)

    def stage_started(self, stage):
        self._write("stage_started", stage=stage)

    def stage_progress(self, stage, done, total, numbers):
        self._write("stage_progress", stage=stage, done=done, total=total)

    def stage_finished(self, stage, seconds):
        self._write("stage_finished", stage=stage, seconds=seconds)

    def stage_failed(self, stage, failure):
        self._write("stage_failed", stage=stage, failure=failure)

    def trial_started(self, trial):
        self._write("trial_started", trial=trial)

    def trial_progress(self, trial, stage, done, total):
        self._write("trial_progress", trial=trial, stage=stage)

    def trial_finished(self, trial, result, scores):
        self._write("trial_finished", trial=trial, result=result, scores=scores)

    def trial_failed(self, trial, result):
        self._write("trial_failed", trial=trial, result=result)

    def _write(self, event: str, **told: Any) -> None:
        heard.append((event, told))


@dataclass(frozen=True, kw_only=True)
class Clumsy(Observer):
    """Misbehaves in one way whenever a stage or a trial ends."""

    does: str = "raise"

    def stage_finished(self, stage):
        if self.does == "raise":
            raise ValueError(f"no luck with\n{stage.kind}")
        if self.does == "exit":
            sys.exit(4)
        if self.does == "print":
            print("to be seen", stage.kind)
            print("by nobody", file=sys.stderr)
        if self.does == "hang":
            time.sleep(600)
        if self.does == "sleep":
            time.sleep(0.2)
        if self.does == "draw":
            random.seed(0)

    def trial_finished(self, scores):
        if self.does == "change":
            scores.clear()


@dataclass(frozen=True, kw_only=True)
class Asking(Observer):
    """Asks for what there is not."""

    def trial_finished(self, scoers): ...
