"""The comparison of a run as one typed tree: reports render it and compute nothing."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, Literal

from augbench.values.components import Component, Kind
from augbench.values.evidence import (
    Across,
    AsPublished,
    Benefit,
    BySeed,
    Calibration,
    Confusion,
    Design,
    Difference,
    FactorEffect,
    Interaction,
    Interval,
    NoiseFloor,
    Resampling,
    VarianceSplit,
    Verdict,
)
from augbench.values.results import ComponentOrigin, Status
from augbench.values.settings import Published
from augbench.values.synthesis import Curve


@dataclass(frozen=True, kw_only=True)
class Flag:
    """Something that a reader must know before believing a number."""

    code: str
    """Machine-readable: ``FEW_SEEDS``, ``RARE_CLASS``."""
    sentence: str
    grave: bool = False
    """Whether it puts a result in doubt, and not only limits it."""


@dataclass(frozen=True, kw_only=True)
class Score:
    """One metric over the seeds of a row; folds are averaged within a seed first."""

    metric: str
    seeds: BySeed = ()
    mean: float | None = None
    sd: float | None = None
    """Sample standard deviation over seeds; None with fewer than two."""
    best_fold: float | None = None
    """Mean over seeds of the fold with the best validation macro-F1; None without folds or validation scores."""
    interval: Interval | None = None
    """Bootstrap over test images, of the mean; None for metrics that are not shown with one."""
    error: float | None = None
    """Standard error of the mean macro-F1 over test images by the delta method: for screening, too small for rare classes."""


@dataclass(frozen=True, kw_only=True)
class ClassScore:
    """One class of one row, over seeds."""

    name: str
    f1: Score
    precision: Score
    recall: Score


@dataclass(frozen=True, kw_only=True)
class Budget:
    """What the finished trials of a row took; (smallest, largest) over them."""

    steps: tuple[int, int] | None = None
    images: tuple[int, int] | None = None
    cost: Mapping[str, float] = field(default_factory=dict)
    """Means over the trials that tell it, by the names of ``TrialResult.cost``; a number that no trial tells is absent."""


@dataclass(frozen=True, kw_only=True)
class RowComparison:
    """One row on one data set."""

    name: str
    label: str
    is_control: bool
    done: int
    expected: int
    scores: Mapping[str, Score]
    """By metric."""
    classes: tuple[ClassScore, ...]
    budget: Budget
    curves: Mapping[str, Curve] = field(default_factory=dict)
    """By name: (step, mean over the row's trials)."""
    confusion: Confusion | None = None
    """Over all finished trials; None without any."""
    calibration: Calibration | None = None
    variance: VarianceSplit | None = None
    """Of the mean of the primary metric; None with fewer than two seeds."""
    benefit: Benefit | None = None
    """None for the control and where nothing pairs."""
    reproduce: str = ""
    """The command that runs its first finished trial again and compares the bits."""
    difference: Difference | None = None
    """In the primary metric; None for the control and where nothing pairs."""
    verdict: Verdict | None = None
    """None for the control."""
    as_published: AsPublished | None = None
    unfair: str = ""
    """Why the row is not fairly tested, in one sentence."""


GeneratorWord = Literal["sound", "copies", "untrained", "collapsed"]


@dataclass(frozen=True, kw_only=True)
class Spread:
    """A number over several fits."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True, kw_only=True)
class GeneratorComparison:
    """A generator of one class: its fits to the seeds and folds, and what their images are like."""

    name: str
    """What the matrix calls it."""
    class_name: str
    rows: tuple[str, ...]
    """Names of the rows that draw from it."""
    fits: int
    numbers: Mapping[str, Spread]
    """By name: ``kid``, ``frechet``, ``precision``, ``recall``, ``density``, ``coverage``, ``nearest-real-ratio``, ``diversity``,
    ``real`` and ``generated``, which are numbers of images; and ``kid-before``, ahead of the first iteration.
    """
    chosen: tuple[int, int]
    """Smallest and largest iteration whose weights were kept; 0 for one without iterations."""
    curves: Mapping[str, Curve]
    """By name: (iteration, mean over fits)."""
    features: str
    """Whose features the images were judged by."""
    inception: bool
    """Whether the Fréchet distance is FID."""
    word: GeneratorWord
    reason: str = ""
    """Why it is not sound, in one sentence."""
    sheet: str = ""
    """Path of a picture below the run folder, of the first fit: rows of real, synthetic and nearest real images."""


@dataclass(frozen=True, kw_only=True)
class ClassFacts:
    """One class of a data set."""

    name: str
    minority: bool
    counts: Mapping[str, int]
    """Images by split."""
    test: int | None
    """Test images that were scored, or of the test split while none were."""


@dataclass(frozen=True, kw_only=True)
class Claim:
    """What the design of a data set's comparisons allows anyone to say."""

    headline: str
    """The sentence in a few words."""
    sentence: str
    observed: str
    """What was seen, without a claim."""
    seeds: int
    """Paired seeds of the comparison that has the most."""
    planned: int
    comparisons: int
    """Rows compared with the control: the family of Holm's correction."""
    alpha: float
    smallest_p: float | None
    """That the primary test can give with so many units; None where there is nothing to test, 0 where any can come out."""
    seeds_needed: int
    """Paired seeds with which one row could be told from the control at alpha / comparisons."""
    settled: bool
    """Whether the design can tell rows from the control at all."""


@dataclass(frozen=True, kw_only=True)
class Absent:
    """A trial without result."""

    trial: str
    row: str
    """Its row's label."""
    seed: int
    fold: int | None
    status: Status
    reason: str
    failure_class: str = ""
    """What kind of failure it was: ``memory``; empty unless its run failed."""
    error: str = ""
    """The exception's class."""
    stage: str = ""
    """Kind of the stage that failed."""


@dataclass(frozen=True, kw_only=True)
class InCommon:
    """Settings that failed trials have in common and few others have: a hint where to look, not a test."""

    settings: tuple[str, ...]
    """``augment.linear = cutmix``; several that part the trials in the same way."""
    failures: int
    """Failures that have them."""
    of_failures: int
    others: int
    """Other trials that have them: done, or failed in another way."""
    of_others: int
    sentence: str


@dataclass(frozen=True, kw_only=True)
class FailureGroup:
    """Trials that failed in the same way."""

    failure_class: str
    """One of ``augbench.values.failing.FAILURE_CLASSES``."""
    meaning: str
    """The class in a few words."""
    machine: bool
    """Whether the machine failed and not the method: then another try may succeed as things are."""
    error: str
    """The exception's class."""
    trials: tuple[str, ...]
    stages: Mapping[str, int]
    """Trials by the kind of stage that failed, the most frequent first."""
    reason: str
    """The most frequent one, the first of equals."""
    reasons: int
    """How many different ones there are."""
    common: tuple[InCommon, ...]
    """Empty for the only group: then it is what all failures have in common."""
    retry: str
    """The command that runs them again."""


@dataclass(frozen=True, kw_only=True)
class Failures:
    """What failed in a run, over all data sets."""

    total: int
    ran: int
    """Trials that are done or failed."""
    groups: tuple[FailureGroup, ...]
    """The largest first."""
    common: tuple[InCommon, ...]
    """What all failures together have in common."""


@dataclass(frozen=True, kw_only=True)
class ColumnComparison:
    """All rows on one data set."""

    name: str
    label: str
    folds: int | None
    classes: tuple[ClassFacts, ...]
    design: Design
    claim: Claim
    rows: tuple[RowComparison, ...]
    generators: tuple[GeneratorComparison, ...]
    """In the order of rows and classes; empty where none was judged."""
    absent: tuple[Absent, ...]
    flags: tuple[Flag, ...]
    resolution: float | None
    """The most that one test image can change macro-F1, seen from the first scored model."""
    noise: NoiseFloor | None
    """None where no row has two seeds."""
    factors: tuple[FactorEffect, ...]
    """What single settings do, the largest effect first; empty where no two rows differ in one alone."""
    interactions: tuple[Interaction, ...]
    resampling: Resampling | None
    """None where nothing was resampled."""
    digest: str
    licence: str
    source: str
    images: str
    """What every image is once prepared: size, channels and bits, in words; empty until then."""
    notes: tuple[str, ...]
    """What a reader should know of how the images were come by, such as how they were divided."""


@dataclass(frozen=True, kw_only=True)
class ReportNote:
    """What a plugin has to say of a run."""

    title: str
    text: str = ""
    """Plain text; an empty line begins a paragraph."""
    facts: Mapping[str, str] = field(default_factory=dict)
    """Names and values, for a table."""
    origin: str = ""
    """The plugin that says so: whatever it writes here itself is replaced."""
    failed: bool = False
    """Whether the plugin failed instead; then ``text`` says how."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Comparison:
    """A run, finished or not, compared; one equals only itself, so that what is made of it can be kept."""

    schema: int = 4
    title: str
    summary: str
    """What was run, in one sentence."""
    control: str
    """The control's label."""
    primary: str
    metrics: tuple[str, ...]
    higher_is_better: Mapping[str, bool]
    """By metric."""
    alpha: float
    rope: float | None
    """The margin inside which a difference does not matter; None where none is declared."""
    seeds: tuple[int, ...]
    columns: tuple[ColumnComparison, ...]
    across: Across | None
    """Over data sets; None with one."""
    failures: Failures | None
    """None where nothing failed."""
    flags: tuple[Flag, ...]
    published: tuple[Published, ...]
    matrix: str
    provenance: Mapping[str, str]
    notes: tuple[ReportNote, ...] = ()
    """What plugins have to say."""
    components: tuple[ComponentOrigin, ...] = ()
    """Where the components come from; empty for runs that did not note it."""


class Report(Component, ABC):
    """Renders a comparison."""

    kind: ClassVar[Kind] = "report"

    @abstractmethod
    def render(self, comparison: Comparison, folder: Path) -> tuple[Path, ...]:
        """Write files below ``folder`` (which exists) and return their paths, the main one first.

        A run may be half done: rows without results say why.  Names of rows and classes may hold any character.
        """
