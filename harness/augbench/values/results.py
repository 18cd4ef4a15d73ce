"""What a run leaves behind for the comparison."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any, Literal

from augbench.values.auditing import Finding
from augbench.values.settings import ReportSettings, Row
from augbench.values.synthesis import Curve

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Status = Literal["done", "failed", "skipped", "pending"]
Setting = str | int | float | bool | None
"""A value of the matrix; None where a slot is empty."""


@dataclass(frozen=True, kw_only=True)
class Predictions:
    """Class probabilities of one split's images."""

    ids: tuple[str, ...]
    """The images' names: equal ids, in equal order, pair two trials."""
    labels: NDArray[np.int64]
    """True classes, [n]."""
    probabilities: NDArray[np.float64]
    """[n, K], rows sum to 1."""

    def __post_init__(self) -> None:
        # Many metrics are shown the same.
        object.__setattr__(self, "labels", _read_only(self.labels))
        object.__setattr__(self, "probabilities", _read_only(self.probabilities))

    @cached_property
    def predicted(self) -> NDArray[np.int64]:
        """Return the most probable class of each image, [n]; the first of equal ones."""
        import numpy as np

        return _read_only(np.asarray(self.probabilities.argmax(axis=1), dtype=np.int64))

    @cached_property
    def confusion(self) -> NDArray[np.int64]:
        """Count images by true class (rows) and predicted class (columns), [K, K]; the first of equal probabilities is predicted."""
        import numpy as np

        classes = self.probabilities.shape[1]
        cells = self.labels.astype(np.int64) * classes + self.predicted
        return _read_only(np.bincount(cells, minlength=classes * classes).reshape(classes, classes).astype(np.int64))


def _read_only(array: NDArray[Any]) -> NDArray[Any]:
    """Return the same numbers, not to be written through what is returned."""
    view = array.view()
    view.flags.writeable = False
    return view


@dataclass(frozen=True, kw_only=True, slots=True)
class TrialStage:
    """A stage that a trial is made of."""

    kind: str
    label: str
    """What a person is told: ``fit wgan-div to Anaphase, seed 0``."""
    key: str


@dataclass(frozen=True, kw_only=True)
class TrialResult:
    """What is known of one trial."""

    trial: str
    row: str
    column: str
    seed: int
    fold: int | None
    status: Status
    reason: str = ""
    """Why it is not done, in one sentence."""
    failure: str = ""
    """What kind of failure it was: the class of the exception, such as ``Diverged``."""
    failure_class: str = ""
    """One of ``augbench.values.failing.FAILURE_CLASSES``: whether it was the machine, the data or the method."""
    failed_stage: str = ""
    """Kind of the stage that failed: ``train``."""
    test: Predictions | None = None
    validation: Predictions | None = None
    curves: Mapping[str, Curve] = field(default_factory=dict)
    """``training loss``, ``validation macro-f1``: (step, value)."""
    steps: int | None = None
    images: int | None = None
    """Images that the classifier was shown, counted with repetition."""
    seconds: float | None = None
    """Wall time of its own training and evaluation."""
    cost: Mapping[str, float] = field(default_factory=dict)
    """What it took, by name; a number that was not measured is absent.

    Of its own training and evaluation: ``seconds`` of wall time, ``cpu-seconds``, ``gpu-seconds``, ``peak-memory-mb``,
    ``peak-device-memory-mb`` (10^6 bytes), ``images-per-second``, ``energy-joules``.  Of the stages that it may share with
    other trials (preparation, tables, fits, banks, judgements), whole and not divided among them: ``shared-seconds`` of wall time.
    """
    generators: Mapping[str, str] = field(default_factory=dict)
    """Key of the fitted generator of each minority class: equal keys are one and the same generator."""
    judged: Mapping[str, str] = field(default_factory=dict)
    """Key of the judgement of each minority class's bank: of ``Results.generators``."""
    stages: tuple[TrialStage, ...] = ()
    """What it is made of, each after those it reads."""


@dataclass(frozen=True, kw_only=True)
class GeneratorResult:
    """How a generator was fitted to a class, and what its images are like."""

    name: str
    """What the matrix calls the generator: ``wgan-div``."""
    class_name: str
    seed: int
    fold: int | None
    chosen: int
    """The iteration whose weights were kept; 0 for one without iterations."""
    curves: Mapping[str, Curve] = field(default_factory=dict)
    """``critic loss``, ``generator loss``, ``kid``, ``frechet``, ``precision``, ``recall``: (iteration, value)."""
    numbers: Mapping[str, float] = field(default_factory=dict)
    """What the bank was judged to be: names are those of ``augbench.quality.measures.Measures``."""
    features: str = ""
    """Whose features it was judged by."""
    digest: str = ""
    """sha256 of that network: only judgements of equal digests may be compared."""
    inception: bool = False
    """Whether the Fréchet distance is FID."""
    sheet: Path | None = None
    """A picture of rows of equal images: real, synthetic, the nearest real one of each synthetic."""


@dataclass(frozen=True, kw_only=True)
class ColumnFacts:
    """What a report needs to know of a data set."""

    name: str
    label: str
    classes: tuple[str, ...]
    counts: Mapping[str, tuple[int, ...]]
    minority: tuple[str, ...]
    folds: int | None
    digest: str
    licence: str = ""
    source: str = ""
    notes: tuple[str, ...] = ()
    """What a reader should know of how its images were come by, such as how they were divided."""
    images: str = ""
    """What every image is once prepared: ``32 x 32 pixels, 3 channels, 8 bit``; empty until then."""
    audit: tuple[Finding, ...] = ()
    """What was found in its images; empty until they were prepared."""


@dataclass(frozen=True, kw_only=True)
class ComponentOrigin:
    """Where a component of a run comes from."""

    kind: str
    name: str
    """What the matrix calls it."""
    distribution: str = ""
    version: str = ""
    file: str = ""
    """The file of one that no distribution brings; a module's name, where there is no file."""
    code: str
    """sha256 of what its code does: of equal ones, only the version differs."""
    rows: tuple[str, ...] = ()
    """The rows that use it; none, where it belongs to a data set or to the report."""

    @property
    def source(self) -> str:
        """Name the distribution and its version, or the file and its code."""
        return f"{self.distribution} {self.version}".strip() or f"{PurePath(self.file).name}, code {self.code[:12]}"


@dataclass(frozen=True, kw_only=True)
class AnalysisNote:
    """How the analysis was declared, or that it became another: control, metrics, tests, margins, rows and data sets."""

    when: str
    digest: str
    """sha256 of the analysis from then on."""
    what: str
    """What changed, in words: ``control plain -> ours; row wgan removed``; empty where it was declared first."""
    done: int
    """Trials that were done by then."""
    of: int
    """Trials that there were by then."""


@dataclass(frozen=True, kw_only=True)
class Results:
    """A run, finished or not: all that the comparison reads."""

    title: str
    report: ReportSettings
    rows: tuple[Row, ...]
    columns: tuple[ColumnFacts, ...]
    seeds: tuple[int, ...]
    trials: tuple[TrialResult, ...]
    """In matrix order; trials that have not run are ``pending``."""
    generators: Mapping[str, GeneratorResult] = field(default_factory=dict)
    """By the key of their judgement."""
    scopes: Mapping[str, str] = field(default_factory=dict)
    """Generator scope by row: ``fold`` or ``train``; rows without generator are absent."""
    settings: Mapping[str, Mapping[str, Mapping[str, Setting]]] = field(default_factory=dict)
    """What each cell was set to: ``{column: {row: {"generator": "wgan-div", "training.lr": 0.05}}}``."""
    components: tuple[ComponentOrigin, ...] = ()
    """Where the components come from; empty for runs that did not note it."""
    matrix: str = ""
    """The matrix file's text."""
    provenance: Mapping[str, str] = field(default_factory=dict)
    """Command, versions, machine, times: printed as they are."""
    smoke: bool = False
    """Whether everything was made tiny, only to see that it runs."""
    analysis: tuple[AnalysisNote, ...] = ()
    """How the analysis was declared when the first trial was done, then each change; empty for runs that did not note it."""
