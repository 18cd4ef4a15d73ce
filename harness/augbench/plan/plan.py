"""What a run will do, what it will reuse, and what it will skip and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

from augbench.matrix import Matrix, minority
from augbench.plan.graph import Cell, Graph, TrialStages
from augbench.plan.keys import CodeDigest, Key
from augbench.plan.tasks import Stage, StageKind
from augbench.registry.asking import supported
from augbench.values.components import Component, Facts, Reason
from augbench.values.data import Probe
from augbench.values.settings import Column, Settings, Trial


@dataclass(frozen=True, kw_only=True)
class PlannedTrial:
    """A trial and what will become of it."""

    trial: Trial
    status: Literal["done", "to run", "skipped"]
    reason: str = ""
    stages: TrialStages | None = None
    """What it is made of; None where it is skipped."""

    @property
    def id(self) -> str:
        """Return the trial's name."""
        return self.trial.id

    @property
    def row(self) -> str:
        """Return its row."""
        return self.trial.row

    @property
    def column(self) -> str:
        """Return its data set."""
        return self.trial.column

    @property
    def seed(self) -> int:
        """Return its seed."""
        return self.trial.seed

    @property
    def fold(self) -> int | None:
        """Return its fold."""
        return self.trial.fold


@dataclass(frozen=True, kw_only=True)
class PlannedStage:
    """A stage, whether its artefact is there, and how many trials share it."""

    stage: Stage
    cached: bool
    shared: int

    @property
    def label(self) -> str:
        """Return what a person is told."""
        return self.stage.label

    @property
    def kind(self) -> StageKind:
        """Return the kind of stage."""
        return self.stage.kind

    @property
    def key(self) -> Key:
        """Return its key."""
        return self.stage.key


@dataclass(frozen=True, kw_only=True)
class Plan:
    """All trials and stages of a run, each stage after those it reads."""

    trials: tuple[PlannedTrial, ...]
    stages: tuple[PlannedStage, ...]
    notes: tuple[str, ...]

    @cached_property
    def stored(self) -> frozenset[str]:
        """Return the trials that have only to be written down: all that their results are made of is in the store."""
        there = {stage.key for stage in self.stages if stage.cached}
        return frozenset(
            trial.id for trial in self.trials if trial.status == "to run" and trial.stages and there.issuperset(trial.stages.roots())
        )

    def as_json(self) -> dict[str, Any]:
        """Return the plan for scripts."""
        trials = [
            {"id": t.id, "row": t.row, "column": t.column, "seed": t.seed, "fold": t.fold, "status": t.status, "reason": t.reason}
            for t in self.trials
        ]
        stages = [
            {"label": s.label, "kind": s.kind, "key": s.key, "cached": s.cached, "shared": s.shared, "inputs": dict(s.stage.inputs)}
            for s in self.stages
        ]
        return {"trials": trials, "stages": stages, "notes": list(self.notes)}


def make_plan(
    matrix: Matrix,
    probes: Mapping[str, Probe],
    *,
    code: CodeDigest,
    name_of: Callable[[type], str],
    store: Container[Key],
    finished: Mapping[str, Key],
) -> Plan:
    """Plan a matrix; ``finished`` holds the key that each finished trial of the run folder was made with."""
    cells = {
        column.name: Cell(column=column, probe=probes[column.name], minority=minority(column, probes[column.name]))
        for column in matrix.columns
    }
    reasons = {(row, column): unsupported(settings, cells[column]) for (row, column), settings in matrix.cells.items()}
    graph, planned = Graph(code=code, name_of=name_of), []
    users: Counter[Key] = Counter()
    for trial in matrix.trials():
        if reason := reasons[trial.row, trial.column]:
            planned.append(PlannedTrial(trial=trial, status="skipped", reason=reason))
            continue
        stages = graph.trial(trial, cells[trial.column])
        users.update(stage.key for stage in stages.every())
        done = finished.get(trial.id) == stages.key
        planned.append(PlannedTrial(trial=trial, status="done" if done else "to run", stages=stages))
    listed = tuple(PlannedStage(stage=stage, cached=key in store, shared=users[key]) for key, stage in graph.stages.items())
    return Plan(trials=tuple(planned), stages=listed, notes=(*matrix.notes, *_notes(matrix, probes)))


def _notes(matrix: Matrix, probes: Mapping[str, Probe]) -> Iterator[str]:
    for column in matrix.columns:
        yield from (f"data set '{column.name}': {note}" for note in probes[column.name].notes)


def facts_of(settings: Settings, cell: Cell) -> Facts:
    """Gather what is known of a cell before anything is trained."""
    column, probe = cell.column, cell.probe
    size = column.resize.shape() if column.resize else probe.size
    assert size is not None, "checked with the matrix"
    return Facts(
        shape=(probe.channels, *size),
        classes=probe.classes,
        counts=_training_counts(column, probe),
        minority=cell.minority,
        batch_size=settings.batch.size,
        mix=settings.mix(),
        n={name: settings.of_class(name).n for name in cell.minority},
        bank_size={name: settings.of_class(name).bank.size for name in cell.minority},
        judged=settings.quality.features is not None and settings.quality.checks > 0,
    )


def unsupported(settings: Settings, cell: Cell) -> Reason | None:
    """Tell why a cell cannot run, or None: ask every component that it would use."""
    facts = facts_of(settings, cell)
    used: list[Component] = [settings.sampler, settings.backbone, settings.training.loss, *settings.transforms]
    used += [slot.augmenter for name, slot in settings.augment.items() if name in facts.mix]
    used += [settings.predict] if settings.predict else []
    asked = [(component, facts) for component in used]
    if settings.reads_banks():
        # Each generator answers for its own class: another may be too small for it and have another one.
        owned = [(settings.of_class(name).generator, replace(facts, minority=(name,))) for name in facts.minority]
        asked += [(generator, own) for generator, own in owned if generator]
        asked += [(settings.quality.features, facts)] if settings.quality.features else []
    return next((reason for component, known in asked if (reason := supported(component, known))), None)


def _training_counts(column: Column, probe: Probe) -> tuple[int, ...]:
    if column.folds is None:
        return tuple(probe.counts["train"])
    return tuple(count - -(-count // column.folds) for count in probe.pooled())
