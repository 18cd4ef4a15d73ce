"""The settings of a trial, resolved and validated: what a row and a column come to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar, Literal

from annotated_types import Ge, Gt, Le, Lt

from augbench.values.augmenting import Augmenter
from augbench.values.components import Component
from augbench.values.data import Dataset, Resize
from augbench.values.learning import Adjustment, Backbone, Loss, Optimizer, Schedule
from augbench.values.quality import Quality
from augbench.values.sampling import GENERATED, ORIGINALS, Pairing, Sampler, Sources
from augbench.values.synthesis import Fit, Generator


class _Table:
    __pydantic_config__: ClassVar[dict[str, Any]] = Component.__pydantic_config__


@dataclass(frozen=True, kw_only=True)
class Batch(_Table):
    """What a classifier's batch holds."""

    size: Annotated[int, Ge(1)] = 32
    """Images of a batch."""
    n: Annotated[int, Ge(0)] = 1
    """The paper's n: how often each minority class puts the parts of ``mix`` into the supplementary batch."""
    mix: Mapping[str, Annotated[float, Ge(0)]] = field(default_factory=lambda: {ORIGINALS: 1})
    """Parts by source: ``originals``, ``generated`` or the name of an augment slot."""


@dataclass(frozen=True, kw_only=True)
class Bank(_Table):
    """The synthetic images of one class."""

    size: Annotated[int, Ge(1)] = 1000
    """How many images a fitted generator draws for each minority class."""


@dataclass(frozen=True, kw_only=True)
class AugmentSlot(_Table):
    """A named place for an augmenter that makes images for batches."""

    augmenter: Augmenter
    sources: Sources = "both"
    """Which images are mixed."""
    pairing: Pairing = "same-class"
    """Whether the images that are mixed share a class."""
    probability: Annotated[float, Ge(0), Le(1)] = 1.0
    """How often the augmenter is applied; otherwise the first source is used as it is."""


@dataclass(frozen=True, kw_only=True)
class Length(_Table):
    """How long a training is: ``{ epochs, of }`` or ``{ steps }``."""

    epochs: Annotated[float, Gt(0)] | None = None
    """Passes over ``of``."""
    of: Literal["originals", "pool"] = "originals"
    """What one epoch passes over: the original images, or the pool with the synthetic ones."""
    steps: Annotated[int, Ge(1)] | None = None
    """Updates of the classifier."""


@dataclass(frozen=True, kw_only=True)
class Training(_Table):
    """How the classifier is trained."""

    length: Length
    """How long: ``{ epochs = 200, of = "originals" }`` or ``{ steps = 700 }``."""
    optimizer: Optimizer
    """How weights are updated."""
    schedule: Schedule
    """How the learning rate changes."""
    loss: Loss
    """What is minimised."""
    lr: Annotated[float, Gt(0)] = 0.01
    """Initial learning rate."""
    select: Literal["last", "best"] = "last"
    """Which weights are tested: those of the last step, or of the check with the best validation macro-F1."""
    checks: Annotated[int, Ge(0)] = 10
    """How often, at even distances, the validation images are scored."""


@dataclass(frozen=True, kw_only=True)
class Numerics(_Table):
    """What changes the bits of a result beside the methods."""

    threads: Annotated[int, Ge(1)] = 1
    """CPU threads of one stage."""
    precision: Literal["fp32", "bf16"] = "fp32"
    """Type of the networks' matrix products."""
    memory_format: Literal["contiguous", "channels-last"] = "channels-last"
    """Layout of images in memory."""
    stack: Literal[1] = 1
    """Models trained in one program."""


@dataclass(frozen=True, kw_only=True)
class ClassSettings:
    """What may differ between the minority classes of a row."""

    generator: Generator | None
    fit: Fit
    bank: Bank
    n: int


@dataclass(frozen=True, kw_only=True)
class Settings:
    """All that decides a trial, but its data, seed and fold."""

    generator: Generator | None
    """Makes synthetic images of minority classes; ``false`` for none."""
    sampler: Sampler
    """What each batch is made of."""
    backbone: Backbone
    """The classifier's network."""
    batch: Batch
    augment: Mapping[str, AugmentSlot]
    """Named slots: an augmenter each, and beside it which images it mixes."""
    transforms: tuple[Augmenter, ...]
    """Augmenters of one image, in order."""
    transforms_at: Literal["batch", "sources"]
    """Whether ``transforms`` change the finished batch or its sources."""
    fit: Fit
    bank: Bank
    quality: Quality
    training: Training
    predict: Adjustment | None = None
    """Corrects the predictions of the trained classifier."""
    numerics: Numerics
    per_class: Mapping[str, ClassSettings] = field(default_factory=dict)
    """Classes whose settings differ; ``*`` stands for every class without its own."""

    def of_class(self, name: str) -> ClassSettings:
        """Return the settings of one minority class."""
        own = self.per_class.get(name) or self.per_class.get("*")
        return own or ClassSettings(generator=self.generator, fit=self.fit, bank=self.bank, n=self.batch.n)

    def mix(self) -> dict[str, float]:
        """Return the parts of a batch whose source exists; where none is left, originals fill it."""
        generators = self.generator is not None or any(own.generator for own in self.per_class.values())
        known = {ORIGINALS, *self.augment} | ({GENERATED} if generators else set())
        parts = {name: part for name, part in self.batch.mix.items() if name in known and part > 0}
        return parts or {ORIGINALS: 1.0}

    def generators(self, minority: Iterable[str]) -> dict[str, Generator]:
        """Return what fills the bank of each minority class that has one."""
        owned = ((name, self.of_class(name).generator) for name in minority if self.reads_banks())
        return {name: generator for name, generator in owned if generator is not None}

    def reads_banks(self) -> bool:
        """Tell whether any image of a batch comes from a bank: no bank is made that nothing reads."""
        parts = self.mix()
        return GENERATED in parts or any(name in parts and slot.sources != ORIGINALS for name, slot in self.augment.items())


@dataclass(frozen=True, kw_only=True)
class Below:
    """Minority classes by size: under a share of the largest class."""

    share: float


@dataclass(frozen=True, kw_only=True)
class Column:
    """One data set of the matrix."""

    name: str
    label: str
    dataset: Dataset
    resize: Resize | None
    folds: int | None
    """Folds of cross-validation; None uses the given validation split."""
    minority: tuple[str, ...] | Below


@dataclass(frozen=True, kw_only=True)
class Row:
    """One named variant of the experiment."""

    name: str
    label: str


@dataclass(frozen=True, kw_only=True)
class Published:
    """A quoted result: shown apart, never tested."""

    label: str
    """What the result is called."""
    dataset: str
    """The data set of this matrix that it stands beside."""
    source: str = ""
    """Where it was published."""
    accuracy: Annotated[float, Ge(0), Le(1)] | None = None
    macro_f1: Annotated[float, Ge(0), Le(1)] | None = None


AUTO = "auto"
"""In place of a test's name: the valid one for the design."""


@dataclass(frozen=True, kw_only=True)
class ReportSettings:
    """What is compared, declared before anything runs."""

    control: str
    """The row that every difference is measured from."""
    primary: str = "macro-f1"
    """The metric that is tested; one of ``metrics``."""
    metrics: tuple[str, ...] = ("accuracy", "macro-f1")
    """What is shown of every row."""
    test: str = AUTO
    """Which test of paired seeds is the primary one: ``auto`` takes the valid one for the design."""
    rope: Annotated[float, Ge(0), Lt(1)] | None = None
    """Region of practical equivalence: differences of the primary metric that are nearer to 0 do not matter."""
    tolerance: Annotated[float, Ge(0)] | None = None
    """By how much the primary metric may get worse before ``bench compare`` calls it a regression."""
    replicates: Annotated[int, Ge(999)] = 10_000
    """Resamples of a bootstrap interval and of a permutation test."""
    protocol: Literal["rana-2022", "none"] = "rana-2022"
    """Which published protocol is shown beside it, as published."""
    alpha: Annotated[float, Gt(0), Lt(1)] = 0.05
    """The error rate of all comparisons of a data set together."""
    formats: tuple[str, ...] = ("markdown", "html", "latex", "json", "csv", "parquet")
    """How the report is written."""
    published: tuple[Published, ...] = ()
    """Quoted results, shown apart and never tested."""


@dataclass(frozen=True, kw_only=True)
class Trial:
    """One classifier, trained and tested."""

    row: str
    column: str
    seed: int
    fold: int | None
    settings: Settings

    @property
    def id(self) -> str:
        """Return its name: ``cell-cycle/wgan-gp/s0/f3``."""
        return f"{self.column}/{self.row}/s{self.seed}" + ("" if self.fold is None else f"/f{self.fold}")
