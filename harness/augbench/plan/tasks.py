"""What each stage has to do, as data: everything a worker needs beside the artefacts that it reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from augbench.plan.keys import Key
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
    "prepare": 1,
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


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A cached unit of work."""

    kind: StageKind
    key: Key
    label: str
    """What a person is told: ``fit wgan-div to Anaphase, seed 0``."""
    identity: Mapping[str, Any]
    """All that decides the result, as JSON; its hash is the key."""
    task: Task
    inputs: Mapping[str, Key]
    """Artefacts that it reads, by role."""
