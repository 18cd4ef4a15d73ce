"""Show how a run goes: bars on a terminal, a line for each finished trial elsewhere."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from augbench.values.numbers import many, score, seconds

if TYPE_CHECKING:
    from rich.console import Console

    from augbench.engine.events import Observer
    from augbench.plan.plan import Plan
    from augbench.values.results import Predictions, TrialResult


@contextlib.contextmanager
def watching(console: Console) -> Iterator[Observer]:
    """Give the observer that fits a console; whatever goes wrong in it, the run goes on."""
    if not console.is_terminal:
        yield Careful(Lines(console))
        return
    bars = Bars(console)
    try:
        yield Careful(bars)
    finally:
        bars.stop()


class Careful:
    """Passes events on, and lets no failure of a display reach the run."""

    def __init__(self, observer: Observer) -> None:
        self._observer = observer

    def run_started(self, plan: Plan) -> None:
        """Pass it on."""
        self._tell("run_started", plan)

    def stage_started(self, label: str, kind: str) -> None:
        """Pass it on."""
        self._tell("stage_started", label, kind)

    def stage_progress(self, label: str, done: int, total: int, numbers: Mapping[str, float]) -> None:
        """Pass it on."""
        self._tell("stage_progress", label, done, total, numbers)

    def stage_finished(self, label: str, seconds: float) -> None:
        """Pass it on."""
        self._tell("stage_finished", label, seconds)

    def trial_finished(self, result: TrialResult, done: int, total: int) -> None:
        """Pass it on."""
        self._tell("trial_finished", result, done, total)

    def message(self, text: str) -> None:
        """Pass it on."""
        self._tell("message", text)

    def _tell(self, event: str, *details: Any) -> None:
        # A closed terminal, a full log, a width of zero: hours of training are worth more than a line.
        with contextlib.suppress(Exception):
            getattr(self._observer, event)(*details)


class Lines:
    """Writes one plain line for each finished trial."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def run_started(self, plan: Plan) -> None:
        """Say what lies ahead."""
        self.message(ahead(plan))
        for line in skipped(plan):
            self.message(line)
        for note in plan.notes:
            self.message(f"note: {note}")

    def stage_started(self, label: str, kind: str) -> None:
        """Say nothing: only trials are worth a line."""

    def stage_progress(self, label: str, done: int, total: int, numbers: Mapping[str, float]) -> None:
        """Say nothing."""

    def stage_finished(self, label: str, seconds: float) -> None:
        """Say nothing."""

    def trial_finished(self, result: TrialResult, done: int, total: int) -> None:
        """Write the trial's line."""
        self.message(trial_line(result, done, total))

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
            TimeRemainingColumn(compact=True),
            TextColumn("{task.fields[numbers]}", markup=False),
            console=console,
            transient=True,
            # Trials take minutes, and rich forgets a speed after 30 seconds.
            speed_estimate_period=24 * 3600,
        )
        self._matrix: TaskID | None = None
        self._stages: dict[str, TaskID] = {}

    def run_started(self, plan: Plan) -> None:
        """Show the matrix bar."""
        super().run_started(plan)
        statuses = Counter(trial.status for trial in plan.trials)
        total = statuses["done"] + statuses["to run"]
        self._matrix = self._progress.add_task("trials", total=total, completed=statuses["done"], numbers="")
        # The first sample of a speed is only its beginning; without one, the first trial would give no estimate.
        self._progress.advance(self._matrix, 0)
        self._progress.start()

    def stage_started(self, label: str, kind: str) -> None:
        """Add a stage's bar."""
        self._stages[label] = self._progress.add_task(label, total=None, numbers="")

    def stage_progress(self, label: str, done: int, total: int, numbers: Mapping[str, float]) -> None:
        """Move a stage's bar."""
        shown = "  ".join(f"{name.replace('_', ' ')} {value:.3g}" for name, value in numbers.items())
        self._progress.update(self._stages[label], completed=done, total=total, numbers=shown)

    def stage_finished(self, label: str, seconds: float) -> None:
        """Take a stage's bar away."""
        if (task := self._stages.pop(label, None)) is not None:
            self._progress.remove_task(task)

    def trial_finished(self, result: TrialResult, done: int, total: int) -> None:
        """Move the matrix bar; a failed stage ends without a word of its own, so no stage bar outlives a trial."""
        super().trial_finished(result, done, total)
        if self._matrix is not None:
            self._progress.update(self._matrix, completed=done, total=total)
        if result.status == "failed":
            for label in list(self._stages):
                self.stage_finished(label, 0.0)

    def stop(self) -> None:
        """Take the bars off the terminal."""
        with contextlib.suppress(Exception):
            self._progress.stop()


def ahead(plan: Plan) -> str:
    """Say what a plan has left to do: ``20 trials: 4 done, 16 to run; 61 stages, 10 stored``."""
    statuses = Counter(trial.status for trial in plan.trials)
    parts = ", ".join(f"{statuses[status]} {status}" for status in ("done", "to run", "skipped") if statuses[status])
    stored = sum(stage.cached for stage in plan.stages)
    return f"{many(len(plan.trials), 'trial')}: {parts or 'nothing to do'}; {many(len(plan.stages), 'stage')}, {stored} stored"


def skipped(plan: Plan) -> list[str]:
    """Say why rows are passed over: ``skipped: cells/ours: 1-channel images have no hue``."""
    reasons = {f"{trial.column}/{trial.row}": trial.reason for trial in plan.trials if trial.status == "skipped"}
    return [f"skipped: {cell}: {reason}" for cell, reason in reasons.items()]


def trial_line(result: TrialResult, done: int, total: int) -> str:
    """Write a finished trial: ``[12/20] phantom/ours/s0 done in 14.2 s  accuracy 0.860  macro-F1 0.780``."""
    head = f"[{done}/{total}] {result.trial} {result.status}"
    if result.status != "done":
        return f"{head}: {result.reason}"
    took = f" in {seconds(result.seconds)}" if result.seconds is not None else ""
    return f"{head}{took}{_scores(result.test) if result.test is not None else ''}"


def _scores(predictions: Predictions) -> str:
    from augbench.comparison.metrics import accuracy, confusion, macro_f1

    matrix = confusion(predictions)
    return f"  accuracy {score(accuracy(matrix))}  macro-F1 {score(macro_f1(matrix))}"
