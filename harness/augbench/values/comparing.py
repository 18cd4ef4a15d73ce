"""The comparison of a run as one typed tree: reports render it and compute nothing."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, Literal

from augbench.values.components import Component, Kind
from augbench.values.results import Status
from augbench.values.settings import Published
from augbench.values.synthesis import Curve

VerdictWord = Literal["better", "worse", "equivalent", "no evidence", "contradictory", "refused"]
Direction = Literal["higher", "lower", "equal"]
BySeed = tuple[tuple[int, float], ...]
"""(seed, value), ascending."""


@dataclass(frozen=True, kw_only=True)
class Flag:
    """Something that a reader must know before believing a number."""

    code: str
    """Machine-readable: ``FEW_SEEDS``, ``RARE_CLASS``."""
    sentence: str


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


@dataclass(frozen=True, kw_only=True)
class Difference:
    """Row minus control in one metric, paired over seeds (and folds within a seed)."""

    metric: str
    seeds: BySeed
    mean: float
    sd: float | None
    direction: Direction
    smallest_p: float
    """The smallest two-sided p that this number of paired seeds can give: 2^(1 - seeds)."""
    sign_flip: float | None = None
    """Two-sided p of the sign-flip test on the mean difference; None with one seed."""
    signed_rank: float | None = None
    """Two-sided p of Wilcoxon's signed-rank test; None with one seed."""
    holm: float | None = None
    """The sign-flip p after Holm's correction over the column's comparisons."""


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What may be said of a row against the control."""

    word: VerdictWord
    reason: str


@dataclass(frozen=True, kw_only=True)
class RankSum:
    """The rank-sum test of one model against the control's, on the probability of the true class of each test image."""

    seed: int
    n: int
    """Test images of each of the two models."""
    z: float
    p: float
    a12: float
    """Share of pairs of images in which the row's model gives the higher probability; 0.5 is no difference."""
    direction: Direction
    fold: int | None
    """The row's fold with the best validation macro-F1."""
    control_fold: int | None
    difference: float
    """Row minus control in macro-F1, of these two models."""


@dataclass(frozen=True, kw_only=True)
class AsPublished:
    """The protocol of Rana et al. (2022), reproduced: one rank-sum test for each seed's pair of models."""

    seeds: tuple[RankSum, ...]
    median_p: float
    smallest: float
    largest: float
    a12: float
    """Mean over seeds."""
    contradictions: int
    """Seeds in which p is below alpha and points against the difference in macro-F1 of the same two models."""


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
    seeds_needed: int
    """Paired seeds with which one row could be told from the control at alpha / comparisons."""


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
    claim: Claim
    rows: tuple[RowComparison, ...]
    generators: tuple[GeneratorComparison, ...]
    """In the order of rows and classes; empty where none was judged."""
    absent: tuple[Absent, ...]
    flags: tuple[Flag, ...]
    resolution: float | None
    """The most that one test image can change macro-F1, seen from the first scored model."""
    digest: str
    licence: str
    source: str


@dataclass(frozen=True, kw_only=True, eq=False)
class Comparison:
    """A run, finished or not, compared; one equals only itself, so that what is made of it can be kept."""

    schema: int = 2
    title: str
    summary: str
    """What was run, in one sentence."""
    control: str
    """The control's label."""
    primary: str
    metrics: tuple[str, ...]
    alpha: float
    seeds: tuple[int, ...]
    columns: tuple[ColumnComparison, ...]
    failures: Failures | None
    """None where nothing failed."""
    flags: tuple[Flag, ...]
    published: tuple[Published, ...]
    matrix: str
    provenance: Mapping[str, str]


class Report(Component, ABC):
    """Renders a comparison."""

    kind: ClassVar[Kind] = "report"

    @abstractmethod
    def render(self, comparison: Comparison, folder: Path) -> tuple[Path, ...]:
        """Write files below ``folder`` (which exists) and return their paths, the main one first."""
