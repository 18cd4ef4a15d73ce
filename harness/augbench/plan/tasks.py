"""What each stage has to do, as data: everything a worker needs beside the artefacts that it reads."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

from augbench.plan.keys import KEY_SCHEMA, Key, canonical
from augbench.values.augmenting import Augmenter
from augbench.values.data import Dataset, Resize
from augbench.values.learning import Adjustment, Backbone
from augbench.values.quality import Quality
from augbench.values.sampling import Sampler, Sources
from augbench.values.settings import AugmentSlot, Numerics, Training
from augbench.values.streams import Streams
from augbench.values.synthesis import Fit, Generator

StageKind = Literal["prepare", "fit-generator", "synthesise", "assess", "tables", "train", "evaluate"]
# Raised whenever the same settings would give other numbers; guarded by tests of golden outputs.
REVISIONS: Mapping[StageKind, int] = {
    "prepare": 3,
    "fit-generator": 1,
    "synthesise": 1,
    "assess": 1,
    "tables": 1,
    "train": 2,
    "evaluate": 1,
}
PREPARED, GENERATOR, CLASSIFIER = "prepared", "generator", "classifier"
BANK, TABLE = "bank/", "table/"


@dataclass(frozen=True, kw_only=True)
class Resample:
    """Which of the images that are not for testing a stage sees.

    Without ``folds`` the given training split; with ``folds``, training and validation images are pooled and divided
    anew: a ``fold`` is held out, or none where a generator may see them all.
    """

    seed: int
    folds: int | None = None
    fold: int | None = None
    digest: str
    """The data set's digest: part of the name of every stream."""

    @cached_property
    def text(self) -> str:
        """Return canonical JSON: part of the key of every stage that sees these images."""
        return canonical({"seed": self.seed, "folds": self.folds, "fold": self.fold, "digest": self.digest})

    def streams(self, **identity: str | int | None) -> Streams:
        """Return the stage's random streams."""
        return Streams.of(seed=self.seed, data=self.digest, fold=self.fold, **identity)


@dataclass(frozen=True, kw_only=True)
class PrepareTask:
    """Decode, resize and store a data set as one array a split."""

    name: str
    dataset: Dataset
    resize: Resize | None


@dataclass(frozen=True, kw_only=True)
class FitTask:
    """Fit a generator to one class, or to all."""

    generator: Generator
    settings: Fit
    target: str | None
    quality: Quality | None
    """How its images are judged on the way; None for a generator that does not ask."""
    resample: Resample
    numerics: Numerics


@dataclass(frozen=True, kw_only=True)
class SynthesiseTask:
    """Fill the bank of one class."""

    generator: Generator
    settings: Fit
    target: str
    count: int
    resample: Resample
    numerics: Numerics


@dataclass(frozen=True, kw_only=True)
class AssessTask:
    """Compare a bank with the real images of its class, in numbers and as a sheet of samples."""

    generator: str
    """What the matrix calls it: for people only."""
    target: str
    quality: Quality
    resample: Resample
    numerics: Numerics


@dataclass(frozen=True, kw_only=True)
class TablesTask:
    """Let an augmenter look at the images of its slot and say which may be mixed with which."""

    augmenter: Augmenter
    sources: Sources
    resample: Resample
    numerics: Numerics


@dataclass(frozen=True, kw_only=True)
class TrainTask:
    """Train a classifier and score its validation images."""

    sampler: Sampler
    backbone: Backbone
    size: int
    mix: Mapping[str, float]
    n: Mapping[str, int]
    """By minority class, in the data set's order."""
    bank_size: Mapping[str, int]
    """By minority class: how many synthetic images it adds to a pool."""
    augment: Mapping[str, AugmentSlot]
    """The slots that the mix reads."""
    transforms: tuple[Augmenter, ...]
    transforms_at: Literal["batch", "sources"]
    training: Training
    numerics: Numerics
    resample: Resample


@dataclass(frozen=True, kw_only=True)
class EvaluateTask:
    """Score the test images."""

    backbone: Backbone
    predict: Adjustment | None = None
    """Corrects what the classifier says of test and validation images."""
    resample: Resample
    numerics: Numerics
    cosine_scale: float | None = None
    """As the loss set it in training."""


Task = PrepareTask | FitTask | SynthesiseTask | AssessTask | TablesTask | TrainTask | EvaluateTask


@dataclass(frozen=True, kw_only=True, slots=True)
class Stage:
    """A cached unit of work.

    A plan may hold hundreds of thousands: what the stages of a cell have in common is held once.
    """

    kind: StageKind
    key: Key
    label: str
    """What a person is told: ``fit wgan-div to Anaphase, seed 0``."""
    settings: str
    """All that decides the result beside resample and inputs, as canonical JSON."""
    template: Task
    """The task, with the ``resample`` of any trial."""
    resample: Resample | None
    """Which images it sees; None where the template says so."""
    inputs: Mapping[str, Key]
    """Artefacts that it reads, by role."""

    @property
    def task(self) -> Task:
        """Return what is to be done."""
        if self.resample is None or isinstance(self.template, PrepareTask):
            return self.template
        return replace(self.template, resample=self.resample)

    @property
    def identity(self) -> dict[str, Any]:
        """Return all that decides the result; its hash is the key."""
        described: dict[str, Any] = json.loads(describe(self.kind, self.settings, self.resample, self.inputs))
        return described


def describe(kind: StageKind, settings: str, resample: Resample | None, inputs: Mapping[str, Key]) -> str:
    """Write a stage's identity as canonical JSON; ``settings`` is canonical JSON itself."""
    seen = "null" if resample is None else resample.text
    # Pieces in the order of sorted names: the settings of a cell are written once and not for each of its trials.
    return (
        f'{{"inputs":{canonical(inputs)},"key-schema":{KEY_SCHEMA},"resample":{seen},'
        f'"revision":{REVISIONS[kind]},"settings":{settings},"stage":"{kind}"}}'
    )
