"""Turn trials into stages; identical stages of different trials become one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from augbench.plan.keys import CodeDigest, Key, identity, key_of
from augbench.plan.tasks import (
    BANK,
    CLASSIFIER,
    GENERATOR,
    PREPARED,
    REVISIONS,
    TABLE,
    AssessTask,
    EvaluateTask,
    FitTask,
    PrepareTask,
    Resample,
    Stage,
    StageKind,
    SynthesiseTask,
    TablesTask,
    Task,
    TrainTask,
)
from augbench.values.components import dashed
from augbench.values.data import Probe
from augbench.values.settings import Column, Settings, Trial
from augbench.values.synthesis import Fit, Generator


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A column as the planner sees it."""

    column: Column
    probe: Probe
    minority: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class TrialStages:
    """The stages that a trial is made of."""

    prepare: Stage
    fits: Mapping[str, Stage]
    """By minority class."""
    banks: Mapping[str, Stage]
    """By minority class."""
    judged: Mapping[str, Stage]
    """By minority class; empty where nobody wants to know."""
    tables: Mapping[str, Stage]
    """By augment slot."""
    train: Stage
    evaluate: Stage

    def every(self) -> tuple[Stage, ...]:
        """Return each stage once, after those it reads."""
        before = (self.fits, self.banks, self.judged, self.tables)
        stages = [self.prepare, *(stage for part in before for stage in part.values()), self.train, self.evaluate]
        return tuple({stage.key: stage for stage in stages}.values())

    def roots(self) -> tuple[Key, ...]:
        """Return the artefacts that a trial's record is made of."""
        judged = (stage.key for name, stage in self.judged.items() for stage in (self.fits[name], stage))
        return self.prepare.key, self.train.key, self.evaluate.key, *judged

    @property
    def key(self) -> Key:
        """Return what tells this trial's record from that of other settings."""
        return key_of({"record": sorted(set(self.roots()))})


@dataclass(kw_only=True)
class Graph:
    """Collects stages in an order in which each comes after those it reads."""

    code: CodeDigest
    name_of: Callable[[type], str]
    """The name that a matrix uses for a component's class: for labels only."""
    stages: dict[Key, Stage] = field(default_factory=dict)

    def trial(self, trial: Trial, cell: Cell) -> TrialStages:
        """Add all stages of a trial."""
        prepared = self._prepare(cell)
        resample = Resample(seed=trial.seed, folds=cell.column.folds, fold=trial.fold, digest=cell.probe.digest)
        fits, banks = self._banks(trial, cell, prepared, resample) if trial.settings.reads_banks() else ({}, {})
        judged = {name: self._assess(bank, name, trial.settings) for name, bank in banks.items() if trial.settings.quality.features}
        tables = self._tables(trial, prepared, resample, banks)
        trained = self._train(trial, cell, prepared, resample, banks, tables)
        evaluated = self._evaluate(trial, prepared, resample, trained)
        return TrialStages(prepare=prepared, fits=fits, banks=banks, judged=judged, tables=tables, train=trained, evaluate=evaluated)

    def _prepare(self, cell: Cell) -> Stage:
        column = cell.column
        task = PrepareTask(name=column.label, dataset=column.dataset, resize=column.resize)
        dataset = identity(column.dataset, self.code)
        # Where the files lie is not what they hold: the digest tells that.
        paths = [name for name, value in vars(column.dataset).items() if isinstance(value, Path)]
        dataset["parameters"] = {name: value for name, value in dataset["parameters"].items() if name not in map(dashed, paths)}
        settings = {"dataset": dataset, "resize": identity(column.resize, self.code), "data": cell.probe.digest}
        return self._add("prepare", f"prepare {column.label}", settings, task, {})

    def _banks(self, trial: Trial, cell: Cell, prepared: Stage, resample: Resample) -> tuple[dict[str, Stage], dict[str, Stage]]:
        fits, banks = {}, {}
        for name in cell.minority:
            own = trial.settings.of_class(name)
            if own.generator is not None:
                target = name if own.generator.covers == "class" else None
                fits[name] = self._fit(own.generator, own.fit, target, prepared, resample, trial.settings)
                banks[name] = self._synthesise(own.generator, own.fit, name, own.bank.size, prepared, fits[name])
        return fits, banks

    def _fit(self, generator: Generator, fit: Fit, target: str | None, prepared: Stage, resample: Resample, settings: Settings) -> Stage:
        if fit.scope == "train":
            resample = replace(resample, fold=None)
        quality = settings.quality if generator.judged and settings.quality.features else None
        task = FitTask(generator=generator, settings=fit, target=target, quality=quality, resample=resample, numerics=settings.numerics)
        read = {dashed(name): getattr(fit, name) for name in generator.uses}
        described = self._described(task, "generator", "target", "quality", "resample", "numerics") | {"fit": read, "scope": fit.scope}
        where = f"seed {resample.seed}" + ("" if resample.fold is None else f", fold {resample.fold}")
        label = f"fit {self.name_of(type(generator))} to {target or 'all classes'}, {where}"
        return self._add("fit-generator", label, described, task, {PREPARED: prepared.key})

    def _synthesise(self, generator: Generator, fit: Fit, name: str, count: int, prepared: Stage, fitted: Stage) -> Stage:
        assert isinstance(fitted.task, FitTask)
        task = SynthesiseTask(
            generator=generator, settings=fit, target=name, count=count, resample=fitted.task.resample, numerics=fitted.task.numerics
        )
        described = self._described(task, "generator", "target", "count", "resample", "numerics")
        label = f"draw {count} images of {name} from {self.name_of(type(generator))}, seed {task.resample.seed}"
        return self._add("synthesise", label, described, task, {PREPARED: prepared.key, GENERATOR: fitted.key})

    def _assess(self, bank: Stage, name: str, settings: Settings) -> Stage:
        drawn = bank.task
        assert isinstance(drawn, SynthesiseTask)
        generator = self.name_of(type(drawn.generator))
        task = AssessTask(generator=generator, target=name, quality=settings.quality, resample=drawn.resample, numerics=drawn.numerics)
        described = self._described(task, "target", "quality", "resample", "numerics")
        label = f"judge {generator}'s images of {name}, seed {task.resample.seed}"
        return self._add("assess", label, described, task, {PREPARED: bank.inputs[PREPARED], BANK + name: bank.key})

    def _tables(self, trial: Trial, prepared: Stage, resample: Resample, banks: Mapping[str, Stage]) -> dict[str, Stage]:
        found = {}
        for name in trial.settings.mix():
            slot = trial.settings.augment.get(name)
            if slot is None or not slot.augmenter.looks:
                continue
            task = TablesTask(augmenter=slot.augmenter, sources=slot.sources, resample=resample, numerics=trial.settings.numerics)
            described = self._described(task, "augmenter", "sources", "resample", "numerics")
            label = f"find the images that {self.name_of(type(slot.augmenter))} may mix, seed {resample.seed}"
            found[name] = self._add("tables", label, described, task, _with_banks(prepared, banks))
        return found

    def _train(
        self, trial: Trial, cell: Cell, prepared: Stage, resample: Resample, banks: Mapping[str, Stage], tables: Mapping[str, Stage]
    ) -> Stage:
        settings = trial.settings
        # Sorted: the order in which a matrix names its parts changes no bit.
        mix = dict(sorted(settings.mix().items()))
        task = TrainTask(
            sampler=settings.sampler,
            backbone=settings.backbone,
            size=settings.batch.size,
            mix=mix,
            n={name: settings.of_class(name).n for name in cell.minority},
            bank_size={name: settings.of_class(name).bank.size for name in cell.minority},
            augment={name: settings.augment[name] for name in mix if name in settings.augment},
            transforms=settings.transforms,
            transforms_at=settings.transforms_at,
            training=settings.training,
            numerics=settings.numerics,
            resample=resample,
        )
        inputs = _with_banks(prepared, banks) | {TABLE + name: table.key for name, table in tables.items()}
        return self._add("train", f"train {trial.id}", identity(task, self.code), task, inputs)

    def _evaluate(self, trial: Trial, prepared: Stage, resample: Resample, trained: Stage) -> Stage:
        settings = trial.settings
        task = EvaluateTask(
            backbone=settings.backbone,
            predict=settings.predict,
            resample=resample,
            numerics=settings.numerics,
            cosine_scale=settings.training.loss.cosine_scale,
        )
        described = self._described(task, "predict", "numerics")
        return self._add("evaluate", f"test {trial.id}", described, task, {PREPARED: prepared.key, CLASSIFIER: trained.key})

    def _described(self, task: Task, *names: str) -> dict[str, Any]:
        return {dashed(name): identity(getattr(task, name), self.code) for name in names}

    def _add(self, kind: StageKind, label: str, settings: Mapping[str, Any], task: Task, inputs: Mapping[str, Key]) -> Stage:
        described = {"stage": kind, "revision": REVISIONS[kind], "settings": dict(settings), "inputs": dict(inputs)}
        stage = Stage(kind=kind, key=key_of(described), label=label, identity=described, task=task, inputs=inputs)
        return self.stages.setdefault(stage.key, stage)


def _with_banks(prepared: Stage, banks: Mapping[str, Stage]) -> dict[str, Key]:
    return {PREPARED: prepared.key} | {BANK + name: bank.key for name, bank in banks.items()}
