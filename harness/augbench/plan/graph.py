"""Turn trials into stages; identical stages of different trials become one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain
from typing import Any

from augbench.plan.keys import CodeDigest, Key, canonical, identity, key_of
from augbench.plan.tasks import (
    BANK,
    CLASSIFIER,
    GENERATOR,
    PREPARED,
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
    describe,
)
from augbench.values.components import dashed
from augbench.values.data import Probe
from augbench.values.settings import ClassSettings, Column, Settings, Trial
from augbench.values.synthesis import Generator


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A column as the planner sees it."""

    column: Column
    probe: Probe
    minority: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Banks:
    """The stages that fill and judge the banks of one seed and fold: rows with equal generators share them."""

    fits: Mapping[str, Stage] = field(default_factory=dict)
    """By minority class."""
    banks: Mapping[str, Stage] = field(default_factory=dict)
    """By minority class."""
    judged: Mapping[str, Stage] = field(default_factory=dict)
    """By minority class; empty where nobody wants to know."""

    @cached_property
    def every(self) -> tuple[Stage, ...]:
        """Return each stage once, after those it reads."""
        stages = chain(self.fits.values(), self.banks.values(), self.judged.values())
        return tuple({stage.key: stage for stage in stages}.values())

    @cached_property
    def judgements(self) -> tuple[Key, ...]:
        """Return the artefacts that records quote: what was fitted and what was said of it."""
        return tuple(sorted({key for name, stage in self.judged.items() for key in (self.fits[name].key, stage.key)}))


@dataclass(frozen=True, kw_only=True, slots=True)
class TrialStages:
    """The stages that a trial is made of."""

    prepare: Stage
    synthetic: Banks
    tables: Mapping[str, Stage]
    """By augment slot."""
    train: Stage
    evaluate: Stage

    @property
    def fits(self) -> Mapping[str, Stage]:
        """Return the fit of each minority class's generator."""
        return self.synthetic.fits

    @property
    def judged(self) -> Mapping[str, Stage]:
        """Return the judgement of each minority class's bank; empty where nobody wants to know."""
        return self.synthetic.judged

    def every(self) -> tuple[Stage, ...]:
        """Return each stage once, after those it reads."""
        return self.prepare, *self.synthetic.every, *self.tables.values(), self.train, self.evaluate

    def roots(self) -> tuple[Key, ...]:
        """Return the artefacts that a trial's record is made of."""
        return self.prepare.key, self.train.key, self.evaluate.key, *self.synthetic.judgements

    @property
    def key(self) -> Key:
        """Return what tells this trial's record from that of other settings."""
        return key_of("\n".join(self.roots()))


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A stage of a cell, before anybody says which seed and fold."""

    kind: StageKind
    label: str
    settings: str
    template: Task


@dataclass(frozen=True, kw_only=True, eq=False)
class BankDrafts:
    """What a cell does for one minority class."""

    target: str
    scope: str
    fit: Draft
    synthesise: Draft
    assess: Draft | None


@dataclass(frozen=True, kw_only=True, eq=False)
class CellDrafts:
    """All that the trials of a cell have in common."""

    settings: Settings
    """Held so that nothing else takes its place in memory, by which it is found."""
    prepare: Stage
    banks: tuple[BankDrafts, ...]
    tables: Mapping[str, Draft]
    train: Draft
    evaluate: Draft
    banks_of: dict[Resample, Banks]
    """Those made so far, shared with every cell that has equal ones."""


@dataclass(kw_only=True)
class Graph:
    """Collects stages in an order in which each comes after those it reads."""

    code: CodeDigest
    name_of: Callable[[type], str]
    """The name that a matrix uses for a component's class: for labels only."""
    stages: dict[Key, Stage] = field(default_factory=dict)
    _cells: dict[tuple[str, int], CellDrafts] = field(default_factory=dict)
    _shared: dict[tuple[str, ...], dict[Resample, Banks]] = field(default_factory=dict)
    _resamples: dict[tuple[str, int, int | None], Resample] = field(default_factory=dict)

    def trial(self, trial: Trial, cell: Cell) -> TrialStages:
        """Add all stages of a trial."""
        drafts = self._cells.get((trial.column, id(trial.settings)))
        if drafts is None:
            drafts = self._cells[trial.column, id(trial.settings)] = self._drafts(trial.settings, cell)
        resample = self._resample(trial, cell)
        synthetic = drafts.banks_of.get(resample)
        if synthetic is None:
            synthetic = drafts.banks_of[resample] = self._banks(drafts, resample)
        read = {PREPARED: drafts.prepare.key, **{BANK + name: bank.key for name, bank in synthetic.banks.items()}}
        tables = {name: self._make(draft, resample, read) for name, draft in drafts.tables.items()}
        seen = {**read, **{TABLE + name: table.key for name, table in tables.items()}} if tables else read
        train = self._make(drafts.train, resample, seen, f" {trial.id}")
        evaluate = self._make(drafts.evaluate, resample, {PREPARED: drafts.prepare.key, CLASSIFIER: train.key}, f" {trial.id}")
        return TrialStages(prepare=drafts.prepare, synthetic=synthetic, tables=tables, train=train, evaluate=evaluate)

    def _resample(self, trial: Trial, cell: Cell) -> Resample:
        named = trial.column, trial.seed, trial.fold
        if named not in self._resamples:
            self._resamples[named] = Resample(seed=trial.seed, folds=cell.column.folds, fold=trial.fold, digest=cell.probe.digest)
        return self._resamples[named]

    def _drafts(self, settings: Settings, cell: Cell) -> CellDrafts:
        banks = self._bank_drafts(settings, cell)
        prepare = self._prepare(cell)
        texts = [
            (each.target, each.scope, *(draft.settings if draft else "" for draft in (each.fit, each.synthesise, each.assess)))
            for each in banks
        ]
        shared = self._shared.setdefault((prepare.key, *chain.from_iterable(texts)), {})
        return CellDrafts(
            settings=settings,
            prepare=prepare,
            banks=banks,
            tables=self._tables(settings),
            train=self._train(settings, cell),
            evaluate=self._evaluate(settings),
            banks_of=shared,
        )

    def _prepare(self, cell: Cell) -> Stage:
        column = cell.column
        task = PrepareTask(name=column.label, dataset=column.dataset, resize=column.resize)
        settings = {"dataset": identity(column.dataset, self.code), "resize": identity(column.resize, self.code), "data": cell.probe.digest}
        return self._make(Draft(kind="prepare", label=f"prepare {column.label}", settings=canonical(settings), template=task), None, {})

    def _bank_drafts(self, settings: Settings, cell: Cell) -> tuple[BankDrafts, ...]:
        generators = settings.generators(cell.minority).items()
        return tuple(self._bank_draft(name, settings.of_class(name), generator, settings) for name, generator in generators)

    def _bank_draft(self, name: str, own: ClassSettings, generator: Generator, settings: Settings) -> BankDrafts:
        called = self.name_of(type(generator))
        target = name if generator.covers == "class" else None
        quality = settings.quality if generator.judged and settings.quality.features else None
        common: dict[str, Any] = {"resample": NOWHERE, "numerics": settings.numerics}
        fit = FitTask(generator=generator, settings=own.fit, target=target, quality=quality, **common)
        read = {dashed(field): getattr(own.fit, field) for field in generator.uses}
        drawn = SynthesiseTask(generator=generator, settings=own.fit, target=name, count=own.bank.size, **common)
        judged = AssessTask(generator=called, target=name, quality=settings.quality, **common) if settings.quality.features else None
        return BankDrafts(
            target=name,
            scope=own.fit.scope,
            fit=self._draft(
                "fit-generator",
                f"fit {called} to {target or 'all classes'}",
                fit,
                ("generator", "target", "quality", "numerics"),
                {"fit": read, "scope": own.fit.scope},
            ),
            synthesise=self._draft(
                "synthesise", f"draw {own.bank.size} images of {name} from {called}", drawn, ("generator", "target", "count", "numerics")
            ),
            assess=None
            if judged is None
            else self._draft("assess", f"judge {called}'s images of {name}", judged, ("target", "quality", "numerics")),
        )

    def _banks(self, drafts: CellDrafts, resample: Resample) -> Banks:
        fits, banks, judged = {}, {}, {}
        prepared = {PREPARED: drafts.prepare.key}
        for each in drafts.banks:
            own = replace(resample, fold=None) if each.scope == "train" else resample
            fits[each.target] = fit = self._make(each.fit, own, prepared, _where(own))
            banks[each.target] = bank = self._make(each.synthesise, own, {**prepared, GENERATOR: fit.key}, _where(own))
            if each.assess:
                judged[each.target] = self._make(each.assess, own, {**prepared, BANK + each.target: bank.key}, _where(own))
        return Banks(fits=fits, banks=banks, judged=judged)

    def _tables(self, settings: Settings) -> dict[str, Draft]:
        found = {}
        for name in settings.mix():
            slot = settings.augment.get(name)
            if slot is not None and slot.augmenter.looks:
                task = TablesTask(augmenter=slot.augmenter, sources=slot.sources, resample=NOWHERE, numerics=settings.numerics)
                label = f"find the images that {self.name_of(type(slot.augmenter))} may mix"
                found[name] = self._draft("tables", label, task, ("augmenter", "sources", "numerics"))
        return found

    def _train(self, settings: Settings, cell: Cell) -> Draft:
        task = train_task(settings, cell.minority)
        described = identity(task, self.code)
        del described["resample"]
        return Draft(kind="train", label="train", settings=canonical(described), template=task)

    def _evaluate(self, settings: Settings) -> Draft:
        task = EvaluateTask(
            backbone=settings.backbone,
            predict=settings.predict,
            resample=NOWHERE,
            numerics=settings.numerics,
            cosine_scale=settings.training.loss.cosine_scale,
        )
        return self._draft("evaluate", "test", task, ("predict", "numerics"))

    def _draft(self, kind: StageKind, label: str, task: Task, names: tuple[str, ...], more: Mapping[str, Any] | None = None) -> Draft:
        described = {dashed(name): identity(getattr(task, name), self.code) for name in names}
        return Draft(kind=kind, label=label, settings=canonical({**described, **(more or {})}), template=task)

    def _make(self, draft: Draft, resample: Resample | None, inputs: Mapping[str, Key], where: str = "") -> Stage:
        key = key_of(describe(draft.kind, draft.settings, resample, inputs))
        known = self.stages.get(key)
        if known is None:
            known = self.stages[key] = Stage(
                kind=draft.kind,
                key=key,
                label=draft.label + where,
                settings=draft.settings,
                template=draft.template,
                resample=resample,
                inputs=inputs,
            )
        return known


NOWHERE = Resample(seed=0, digest="")
"""What a template holds until a stage says which images it sees."""


def train_task(settings: Settings, minority: Sequence[str]) -> TrainTask:
    """Return what a training of these settings does, wherever it is done."""
    # Sorted: the order in which a matrix names its parts changes no bit.
    mix = dict(sorted(settings.mix().items()))
    return TrainTask(
        sampler=settings.sampler,
        backbone=settings.backbone,
        size=settings.batch.size,
        mix=mix,
        n={name: settings.of_class(name).n for name in minority},
        bank_size={name: settings.of_class(name).bank.size for name in minority},
        augment={name: settings.augment[name] for name in mix if name in settings.augment},
        transforms=settings.transforms,
        transforms_at=settings.transforms_at,
        training=settings.training,
        numerics=settings.numerics,
        resample=NOWHERE,
    )


def _where(resample: Resample) -> str:
    return f", seed {resample.seed}" + ("" if resample.fold is None else f", fold {resample.fold}")
