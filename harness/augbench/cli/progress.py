"""Show how a run goes: bars on a terminal, a line for each finished trial elsewhere, events for scripts."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn

from augbench.cli.console import print_line
from augbench.engine.events import Careful, Silent
from augbench.values.numbers import many, score
from augbench.values.numbers import seconds as duration

if TYPE_CHECKING:
    from rich.console import Console

    from augbench.engine.events import Audience
    from augbench.engine.executing import StageOutcome
    from augbench.plan.keys import Key
    from augbench.plan.plan import Plan
    from augbench.plan.tasks import Stage
    from augbench.values.results import Predictions, TrialResult

_SHORT = 60
"""Characters of a reason that may well be told again."""


@contextlib.contextmanager
def watching(console: Console, *, events: bool = False) -> Iterator[Audience]:
    """Give the audience that fits a console, or with ``events`` a script; whatever goes wrong in it, the run goes on."""
    if events or not console.is_terminal:
        yield Careful(Events() if events else Lines(console))
        return
    bars = Bars(console)
    try:
        yield Careful(bars)
    finally:
        bars.stop()


class Lines(Silent):
    """Writes one plain line for each finished trial."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._told: dict[str, str] = {}
        """Reasons, and the trial that each was told of."""
        self._stored: frozenset[str] = frozenset()
        """Trials that take no work."""

    def run_started(self, plan: Plan, slots: int) -> None:
        """Say what lies ahead."""
        self._stored = plan.stored
        self.message(ahead(plan) + (f"; {slots} side by side" if slots > 1 else ""))
        for line in skipped(plan):
            self.message(line)
        for note in plan.notes:
            self.message(f"note: {note}")

    def trial_finished(self, result: TrialResult, done: int, total: int) -> None:
        """Write the trial's line."""
        # One broken image ends every trial of its data set in the same words.
        first = self._told.setdefault(result.reason, result.trial) if result.reason else result.trial
        again = first != result.trial and len(result.reason) > _SHORT
        told = replace(result, reason=f"as {first}") if again else result
        self.message(trial_line(told, done, total, stored=result.trial in self._stored))

    def message(self, text: str) -> None:
        """Write a text as it is."""
        self._console.print(text, markup=False, highlight=False, soft_wrap=True)


class Bars(Lines):
    """Adds a bar for the matrix and one for each stage that runs, below the lines."""

    def __init__(self, console: Console) -> None:
        super().__init__(console)
        self._progress = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=16),
            MofNCompleteColumn(),
            TextColumn("{task.fields[numbers]}", markup=False),
            console=console,
            transient=True,
        )
        self._matrix: TaskID | None = None
        self._stages: dict[Key, TaskID] = {}

    def run_started(self, plan: Plan, slots: int) -> None:
        """Show the matrix bar."""
        super().run_started(plan, slots)
        statuses = Counter(trial.status for trial in plan.trials)
        total = statuses["done"] + statuses["to run"]
        self._matrix = self._progress.add_task("trials", total=total, completed=statuses["done"], numbers="")
        self._progress.start()

    def stage_started(self, stage: Stage, worker: str) -> None:
        """Add a stage's bar; a further attempt takes the place of the one before."""
        self._remove(stage)
        self._stages[stage.key] = self._progress.add_task(f"{worker}: {stage.label}", total=None, numbers="")

    def stage_progress(self, stage: Stage, done: int, total: int, numbers: Mapping[str, float]) -> None:
        """Move a stage's bar."""
        shown = "  ".join(f"{name.replace('_', ' ')} {value:.3g}" for name, value in numbers.items())
        self._progress.update(self._stages[stage.key], completed=done, total=total, numbers=shown)

    def stage_finished(self, stage: Stage, outcome: StageOutcome) -> None:
        """Take a stage's bar away."""
        self._remove(stage)

    def trial_finished(self, result: TrialResult, done: int, total: int) -> None:
        """Move the matrix bar."""
        super().trial_finished(result, done, total)
        if self._matrix is not None:
            self._progress.update(self._matrix, completed=done, total=total)

    def forecast(self, seconds: float) -> None:
        """Say beside the matrix bar how long it will still take."""
        if self._matrix is not None:
            self._progress.update(self._matrix, numbers=f"about {duration(seconds)} left")

    def stop(self) -> None:
        """Take the bars off the terminal."""
        with contextlib.suppress(Exception):
            self._progress.stop()

    def _remove(self, stage: Stage) -> None:
        if (task := self._stages.pop(stage.key, None)) is not None:
            self._progress.remove_task(task)


class Events(Silent):
    """Writes each event as one line of JSON on stdout, as it happens."""

    def run_started(self, plan: Plan, slots: int) -> None:
        """Tell what lies ahead."""
        statuses = Counter(trial.status for trial in plan.trials)
        stored = sum(stage.cached for stage in plan.stages)
        self._say("run-started", trials=dict(statuses), stages=len(plan.stages), stored=stored, slots=slots, notes=list(plan.notes))

    def stage_started(self, stage: Stage, worker: str) -> None:
        """Tell that a stage begins."""
        self._say("stage-started", stage=stage.label, kind=stage.kind, key=stage.key, worker=worker)

    def stage_progress(self, stage: Stage, done: int, total: int, numbers: Mapping[str, float]) -> None:
        """Tell how far it has come."""
        self._say("stage-progress", key=stage.key, done=done, total=total, numbers=dict(numbers))

    def stage_finished(self, stage: Stage, outcome: StageOutcome) -> None:
        """Tell what became of it."""
        told = {"status": outcome.status, "seconds": round(outcome.seconds, 3)}
        failed = {"error": outcome.error, "failure": outcome.failure} if outcome.status == "failed" else {}
        self._say("stage-finished", stage=stage.label, kind=stage.kind, key=stage.key, **told, **failed)

    def trial_finished(self, result: TrialResult, done: int, total: int) -> None:
        """Tell a trial's result."""
        self._say("trial-finished", trial=result.trial, status=result.status, reason=result.reason, done=done, total=total)

    def forecast(self, seconds: float) -> None:
        """Tell how long it will still take."""
        self._say("forecast", seconds=round(seconds, 1))

    def message(self, text: str) -> None:
        """Tell what a person should know."""
        self._say("message", text=text)

    def _say(self, event: str, **details: Any) -> None:
        print_line({"event": event, **details})


def ahead(plan: Plan) -> str:
    """Say what a plan has left to do: ``20 trials: 4 done, 2 in the store, 14 to run; 61 stages, 10 stored``."""
    statuses: Counter[str] = Counter(trial.status for trial in plan.trials)
    statuses["in the store"] = len(plan.stored)
    statuses["to run"] -= len(plan.stored)
    parts = ", ".join(f"{statuses[status]} {status}" for status in ("done", "in the store", "to run", "skipped") if statuses[status])
    stored = sum(stage.cached for stage in plan.stages)
    return f"{many(len(plan.trials), 'trial')}: {parts or 'nothing to do'}; {many(len(plan.stages), 'stage')}, {stored} stored"


def skipped(plan: Plan) -> list[str]:
    """Say why rows are passed over: ``skipped: cells/ours: 1-channel images have no hue``."""
    reasons = {f"{trial.column}/{trial.row}": trial.reason for trial in plan.trials if trial.status == "skipped"}
    return [f"skipped: {cell}: {reason}" for cell, reason in reasons.items()]


def trial_line(result: TrialResult, done: int, total: int, *, stored: bool = False) -> str:
    """Write a finished trial: ``[12/20] phantom/ours/s0 done in 14.2 s  accuracy 0.860  macro-F1 0.780``."""
    head = f"[{done}/{total}] {result.trial} {result.status}"
    if result.status != "done":
        return f"{head}: {result.reason}"
    took = ", from the store" if stored else f" in {duration(result.seconds)}" if result.seconds is not None else ""
    return f"{head}{took}{_scores(result.test) if result.test is not None else ''}"


def _scores(predictions: Predictions) -> str:
    from augbench.comparison.metrics import accuracy, macro_f1

    matrix = predictions.confusion
    return f"  accuracy {score(accuracy(matrix))}  macro-F1 {score(macro_f1(matrix))}"
