"""What is known of a difference between two rows: intervals, tests, effects, and what they allow to say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from augbench.values.numbers import count

VerdictWord = Literal["better", "worse", "equivalent", "no evidence", "contradictory", "refused"]
_SAID: tuple[VerdictWord, ...] = ("better", "worse", "equivalent", "contradictory", "no evidence", "refused")
"""In the order in which they are told."""
Direction = Literal["higher", "lower", "equal"]
Unit = Literal["image", "seed", "fold", "data set"]
BySeed = tuple[tuple[int, float], ...]
"""(seed, value), ascending."""


@dataclass(frozen=True, kw_only=True)
class Interval:
    """Where a number may lie."""

    low: float
    high: float
    level: float
    """Nominal coverage: 0.95."""
    method: str
    """``t over seeds``, ``bootstrap over images``, ``bootstrap over seeds and images``."""

    def within(self, margin: float) -> bool:
        """Tell whether all of it is closer to 0 than a margin."""
        return -margin < self.low and self.high < margin


@dataclass(frozen=True, kw_only=True)
class Tested:
    """One two-sided test of a difference."""

    name: str
    """``sign-flip``, ``signed-rank``, ``permutation`` or what its plugin calls it."""
    p: float
    statistic: float | None
    method: str
    """How p was found: ``exact``, ``asymptotic``, ``10,000 permutations``."""
    n: int
    unit: Unit
    """What the n are: that which is exchangeable if there is no difference."""
    smallest_p: float
    """The smallest p that n units can give; 0 where any can come out."""


@dataclass(frozen=True, kw_only=True)
class Effects:
    """How large a difference over seeds is; each number has the direction row against control."""

    a12: float
    """Probability that the row's score of a seed is above the control's of any seed, ties counting half (Vargha and Delaney 2000)."""
    cliff: float
    """Cliff's delta, 2 A12 - 1."""
    rank_biserial: float
    """Matched-pairs rank-biserial correlation, (R+ - R-) / (R+ + R-); 0 where all differences are 0."""
    hodges_lehmann: float
    """Median of the pairwise means of the differences (Hodges and Lehmann 1963)."""


@dataclass(frozen=True, kw_only=True)
class Difference:
    """Row minus control in one metric, paired over seeds (and folds within a seed)."""

    metric: str
    seeds: BySeed
    mean: float
    sd: float | None
    """Over seeds; None with fewer than two."""
    direction: Direction
    test: Tested | None = None
    """The primary test of the design; None where the comparison is refused."""
    beside: tuple[Tested, ...] = ()
    """Other tests, for information."""
    holm: float | None = None
    """The primary test's p after Holm's correction over the column's comparisons."""
    effects: Effects | None = None
    """None with fewer than two seeds."""
    over_seeds: Interval | None = None
    """Student's t over the paired seeds: other seeds, the same test images; None with fewer than two.

    Over folds that are test sets of their own, the corrected t: other folds, and so other models and other images.
    """
    over_images: Interval | None = None
    """Bootstrap over test images: other images, these trained models."""
    over_both: Interval | None = None
    """Test images resampled and Student's t over seeds; None with fewer than two seeds, and over folds, which differ in both already."""

    @property
    def widest(self) -> Interval | None:
        """Return the interval that covers most sources of chance."""
        return self.over_both or self.over_seeds or self.over_images

    @property
    def torn(self) -> bool:
        """Tell whether the widest interval and the primary test, uncorrected and at the interval's level, do not say the same."""
        interval, limit = self.widest, 1 - self.widest.level if self.widest else 0.0
        if interval is None or self.test is None or self.test.smallest_p > limit:
            return False
        return (interval.low > 0 or interval.high < 0) != (self.test.p <= limit)


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
    log10_p: float
    """Also where p underflows."""
    a12: float
    """Share of pairs of images in which the row's model gives the higher probability; 0.5 is no difference."""
    direction: Direction
    fold: int | None
    """The row's fold with the best validation macro-F1."""
    control_fold: int | None
    difference: float
    """Row minus control in macro-F1, of these two models."""
    ties: float
    """Share of all probabilities that are equal to another one."""
    saturated: float
    """Share of all probabilities that are exactly 1."""
    same_predictions: bool
    """Whether both models predict the same class for every image: then the test sees confidence alone."""
    mcnemar: float
    """Exact p of McNemar's test on right and wrong: of accuracy, and of these two models alone."""


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


def counted(verdicts: Iterable[Verdict | None]) -> str:
    """Say how many verdicts there are of each word: ``1 better, 3 no evidence``."""
    words = Counter(each.word for each in verdicts if each)
    return ", ".join(f"{count(words[word])} {word}" for word in _SAID if words[word])


DesignWord = Literal["nothing", "one run", "seeds", "folds"]


@dataclass(frozen=True, kw_only=True)
class Design:
    """What was repeated, and so what can be claimed and how it is tested."""

    word: DesignWord
    """``one run``: one seed a row; ``seeds``: several, folds averaged within; ``folds``: each fold is its own test set."""
    test: str
    """Name of the primary test."""
    unit: Unit
    claim: str
    """What a small p would be about: ``these trained models``, ``the methods, on this data set``."""


@dataclass(frozen=True, kw_only=True)
class NoiseFloor:
    """What two seeds of one and the same row differ by: a difference that is no effect of any method."""

    rows: tuple[str, ...]
    """Labels of the rows whose seeds were set against each other: all that have two."""
    pairs: int
    median: float
    """Of the size of the difference in the primary metric."""
    largest: float
    published: float | None
    """Share of these pairs that the published rank-sum test calls different at alpha; None where it is not shown."""
    alpha: float


@dataclass(frozen=True, kw_only=True)
class FactorEffect:
    """What one setting does, over pairs of rows that differ in it alone."""

    factor: str
    """Path of the setting: ``generator``."""
    before: str
    after: str
    """The two values, as the matrix writes them; an empty slot is ``none``."""
    pairs: tuple[tuple[str, str], ...]
    """Labels of the rows: (with before, with after)."""
    seeds: BySeed
    """Mean over the pairs, by seed."""
    mean: float
    """After minus before, in the primary metric."""
    sd: float | None
    over_seeds: Interval | None


@dataclass(frozen=True, kw_only=True)
class Interaction:
    """How much the effect of one factor hangs on another, from four rows that cross them."""

    factors: tuple[str, str]
    """``generator: none -> wgan-div``, written out."""
    rows: tuple[str, str, str, str]
    """Labels: neither, the first, the second, both."""
    seeds: BySeed
    mean: float
    """Effect of the first with the second minus without it."""
    sd: float | None
    over_seeds: Interval | None


@dataclass(frozen=True, kw_only=True)
class Confused:
    """Images of one class that were taken for another."""

    true: str
    predicted: str
    n: int
    """Over all finished trials."""
    share: float
    """Of the images of the true class."""


@dataclass(frozen=True, kw_only=True)
class Confusion:
    """Test images by true class (rows) and predicted class (columns), summed over a row's finished trials."""

    counts: tuple[tuple[int, ...], ...]
    shares: tuple[tuple[float, ...], ...]
    """Of the images of each true class; 0 where there are none."""
    against: tuple[tuple[float, ...], ...] | None
    """Shares minus the control's; None for the control and where it has no result."""
    confused: tuple[Confused, ...]
    """The pairs of different classes with the largest shares, at most five."""


@dataclass(frozen=True, kw_only=True)
class Bin:
    """Test images whose most probable class has a probability between two bounds."""

    low: float
    high: float
    n: int
    confidence: float
    """Mean probability of the predicted class."""
    accuracy: float


@dataclass(frozen=True, kw_only=True)
class Calibration:
    """Whether a row's probabilities mean what they say: over all its finished trials together."""

    bins: tuple[Bin, ...]
    """Of equal width; empty ones are left out."""
    ece: float
    """Expected calibration error of the predicted class over these bins."""
    brier: float
    """Sum over classes of squared errors, mean over images; in [0, 2]."""
    log_loss: float
    temperature: float
    """Logits divided by it have the smallest log loss; above 1: too sure of itself."""


@dataclass(frozen=True, kw_only=True)
class VarianceSplit:
    """Where the spread of a row's primary metric comes from, as variances of the mean over what was run; they add up."""

    seeds: float
    """Over seeds, of the mean, without what their folds do to them."""
    images: float
    """Over test images, of what they do to all seeds alike, from the bootstrap."""
    folds: float | None
    """Within seeds, over folds, of the mean; None without folds."""


@dataclass(frozen=True, kw_only=True)
class Benefit:
    """What a row gains over the control, and what it takes more."""

    gain: float
    """Difference in the primary metric; above 0 is better than the control, whichever way the metric points."""
    seconds: float | None
    """Wall time of a trial and of all stages it shares, more than the control's."""
    images: float | None
    """Images that the classifier was shown, more than the control's."""
    undominated: bool
    """Whether no other row, the control with it, gains at least as much in at most as much time."""


@dataclass(frozen=True, kw_only=True)
class Ranked:
    """One row over several data sets."""

    row: str
    """Its label."""
    is_control: bool
    rank: float
    """Mean rank over data sets; 1 is best."""
    means: Mapping[str, float] = field(default_factory=dict)
    """Primary metric by data set, mean over seeds."""
    difference: float | None = None
    """Mean over data sets of row minus control."""
    test: Tested | None = None
    """Against the control, over data sets; None for the control."""
    holm: float | None = None
    verdict: Verdict | None = None
    """None for the control, and where nothing is tested."""


@dataclass(frozen=True, kw_only=True)
class Across:
    """All rows over all data sets; untested where there are too few of them."""

    datasets: tuple[str, ...]
    """Labels of those on which every ranked row has a result."""
    rows: tuple[Ranked, ...]
    """By mean rank."""
    left_out: tuple[str, ...]
    """Labels of rows that lack a result on some data set."""
    refused: str
    """Why nothing is tested, in a sentence; empty where it is."""
    limit: str = ""
    """Why no row can be told from the control although it is tested, in a sentence; empty where one can."""
    friedman: float | None = None
    """Friedman's chi-squared, corrected for ties."""
    friedman_p: float | None = None
    iman_davenport: float | None = None
    """F of Iman and Davenport (1980), of the chi-squared without tie correction as in Demsar (2006)."""
    iman_davenport_p: float | None = None
    critical_difference: float | None = None
    """Of mean ranks, Bonferroni-Dunn against the control (Demsar 2006)."""
    apart: tuple[tuple[str, str], ...] = ()
    """Labels of all pairs that can be told from each other (signed-rank, Holm over all pairs), the better rank first."""
    groups: tuple[tuple[str, ...], ...] = ()
    """Labels of neighbours in rank none of which can be told from another; they need not hold all pairs that are not ``apart``."""


@dataclass(frozen=True, kw_only=True)
class Resampling:
    """How intervals and permutation tests were drawn."""

    replicates: int
    level: float
    """Nominal coverage of the intervals."""
