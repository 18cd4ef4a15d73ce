"""What a run tells those who follow it: the events of its life, and the plain values that they are told with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

import pluggy

from augbench.values.components import Component, Kind
from augbench.values.results import Setting, TrialResult

PROJECT = "augbench"
event = pluggy.HookspecMarker(PROJECT)


@dataclass(frozen=True, kw_only=True)
class RunFacts:
    """A run, as it is known before anything of it has run."""

    title: str
    folder: Path
    """The run folder; absolute."""
    matrix: str
    """The matrix file's text."""
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    """Names of the data sets."""
    trials: int
    """All but those that are skipped."""
    to_run: int
    """Of these, the ones that are not done yet."""
    settings: Mapping[str, Mapping[str, Mapping[str, Setting]]] = field(default_factory=dict)
    """What each cell is set to: ``{column: {row: {"generator": "wgan-div", "training.lr": 0.05}}}``."""
    provenance: Mapping[str, str] = field(default_factory=dict)
    """Command, versions, machine, time."""
    smoke: bool = False
    """Whether everything is made tiny, only to see that it runs: its numbers mean nothing."""


@dataclass(frozen=True, kw_only=True)
class StageFacts:
    """A stage that a worker has begun."""

    kind: str
    """Such as ``fit-generator`` or ``train``."""
    label: str
    """What a person is told: ``fit wgan-div to Anaphase, seed 0``."""
    key: str
    """Equal keys are equal stages, whatever trials they serve."""
    worker: str = ""


@dataclass(frozen=True, kw_only=True)
class StageFailure:
    """Why a stage has left no artefact."""

    error: str
    """In one sentence."""
    error_class: str
    """The class of the exception; ``Halted`` where it was asked to stop and goes on next time."""
    failure_class: str
    """One of ``augbench.values.failing.FAILURE_CLASSES``; empty where it was halted."""
    traceback: str = ""


@dataclass(frozen=True, kw_only=True)
class TrialFacts:
    """A trial, as it is known before it has run."""

    trial: str
    """Its name: ``cells/ours/s0/f3``."""
    row: str
    column: str
    seed: int
    fold: int | None
    key: str
    """Equal keys are equal trials: the same settings, code and data."""
    settings: Mapping[str, Setting] = field(default_factory=dict)
    """By dotted key; None where a slot is empty."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a run came to."""

    done: int
    failed: int
    skipped: int
    pending: int
    """Trials that were not asked for, or not begun because others failed."""
    stages_run: int
    stages_reused: int
    seconds: float
    """Wall time of the run, this time."""
    reports: tuple[Path, ...]
    """Files of the report, the main one of each format first."""


class Observer(Component):
    """Follows a run.  All methods are optional, and each may take only those arguments that it wants.

    A plugin's module may have functions of these very names, marked with ``augbench.hookimpl``: they hear of every run, an observer
    of those that ask for it.  Each is called in a thread of its own, one event after another, in the process of ``bench run``, never
    in a worker.  What it raises is recorded, what it prints goes to a file of the run folder, and nothing that it returns is used.
    """

    kind: ClassVar[Kind] = "observer"

    @event
    def run_started(self, run: RunFacts) -> None:
        """All is planned, nothing has run; told again when a run is continued."""

    @event
    def run_finished(self, run: RunFacts, outcome: Outcome) -> None:
        """It has come to its end and the report is written, though trials may have failed."""

    @event
    def run_failed(self, run: RunFacts, error: BaseException) -> None:
        """It was ended by an error, or interrupted: then ``error`` is a ``KeyboardInterrupt``."""

    @event
    def stage_started(self, run: RunFacts, stage: StageFacts) -> None:
        """A worker has begun a stage; a further attempt begins it anew."""

    @event
    def stage_progress(self, run: RunFacts, stage: StageFacts, done: int, total: int, numbers: Mapping[str, float]) -> None:
        """A stage has come this far: at most once a second, and only the latest where the observer is behind."""

    @event
    def stage_finished(self, run: RunFacts, stage: StageFacts, seconds: float) -> None:
        """A stage has left its artefact."""

    @event
    def stage_failed(self, run: RunFacts, stage: StageFacts, seconds: float, failure: StageFailure) -> None:
        """A stage has failed or was halted; where the machine is to blame, it is tried again."""

    @event
    def trial_started(self, run: RunFacts, trial: TrialFacts) -> None:
        """The first stage that is the trial's alone begins; where there is none, told just before its end."""

    @event
    def trial_progress(
        self, run: RunFacts, trial: TrialFacts, stage: StageFacts, done: int, total: int, numbers: Mapping[str, float]
    ) -> None:
        """A stage that is the trial's alone has come this far."""

    @event
    def trial_finished(self, run: RunFacts, trial: TrialFacts, result: TrialResult, scores: Mapping[str, float]) -> None:
        """A trial is done; ``scores`` are of its test images, by metric, and ``f1/CLASS``, ``precision/CLASS``, ``recall/CLASS``."""

    @event
    def trial_failed(self, run: RunFacts, trial: TrialFacts, result: TrialResult) -> None:
        """A trial has failed: ``result.reason`` and ``result.failure_class`` say why."""


EVENTS = tuple(name for name, value in vars(Observer).items() if hasattr(value, f"{PROJECT}_spec"))
PROGRESS = tuple(name for name in EVENTS if name.endswith("_progress"))
