"""What a difference is tested with, and what may be said of it in the words of a closed list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from augbench.comparison import effects, measures, tests
from augbench.comparison.pairing import in_order
from augbench.comparison.permutation import permutation_test
from augbench.comparison.resampling import seed_of
from augbench.comparison.scoring import Measure, Scored, seed_scores
from augbench.comparison.swapping import ONE_BY_ONE, swapped_test
from augbench.values import numbers
from augbench.values.evidence import Design, Difference, Effects, Tested, Verdict
from augbench.values.measuring import CountMetric, Metric, PairedTest

Pairs = Sequence[tuple[Scored, Scored]]
BESIDE: tuple[tests.TestName, ...] = ("sign-flip", "signed-rank", "paired-t")
"""Tests over seeds that are shown beside the primary one."""
FEW_IMAGES = 5
"""Test images that a margin must be larger than: of what is seen in none of N images, 3.7 may lie in wait, with 97.5 % confidence."""


@dataclass(frozen=True, kw_only=True)
class Rules:
    """How the differences of a data set are judged: declared before anything ran, but for the design."""

    primary: str
    """What the matrix calls the metric."""
    metric: Metric
    measure: Measure
    chosen: PairedTest | None
    """The test over seeds that was declared; None takes the valid one for the design."""
    name: str
    """What the matrix calls this test."""
    alpha: float
    rope: float | None
    level: float
    """Coverage of intervals."""
    replicates: int
    design: Design
    ratio: float = 0.0
    """n_test / n_train of folds that are test sets of their own."""
    narrow: float = 0.0
    """What a few test images can move the primary metric by: models that differ in none of so few images are not shown to be alike."""

    def smallest_p(self, seeds: int) -> float:
        """Return the smallest p that the primary test can give with so many paired seeds."""
        if self.design.word == "one run":
            return 1 / ((self.replicates if isinstance(self.metric, CountMetric) else ONE_BY_ONE) + 1)
        if self.design.word == "folds":
            return 0.0
        return self.chosen.smallest_p(seeds) if self.chosen else tests.smallest_p(seeds)

    def seeds_needed(self, comparisons: int) -> int:
        """Return how many paired seeds let one of several comparisons pass the first step of Holm's correction."""
        if self.design.unit != "seed":
            return 1  # more seeds are another design
        return tests.pairs_needed(self.alpha, comparisons, self.smallest_p)


def tested(found: Difference, pairs: Pairs, rules: Rules) -> Difference:
    """Test a difference as its design allows, and measure its size."""
    values = [value for _, value in found.seeds]
    own_folds = rules.design.word == "folds"
    repeats = [rules.measure(each.test) - rules.measure(other.test) for each, other in in_order(pairs)] if own_folds else values
    primary = _primary(values, repeats, pairs, rules)
    beside = (tests.tested(name, values, "seed") for name in BESIDE if len(values) > 1 and not (primary and primary.name == name))
    return replace(
        found,
        test=primary,
        beside=tuple(each for each in beside if each),
        effects=_effects(values, pairs, rules) if len(values) > 1 else None,
        over_seeds=tests.t_interval(repeats, rules.level, rules.ratio),
    )


def _primary(values: Sequence[float], repeats: Sequence[float], pairs: Pairs, rules: Rules) -> Tested | None:
    if rules.design.word == "one run":
        return _over_images(pairs, rules)
    if rules.design.word == "folds":
        return tests.tested("corrected t", repeats, "fold", rules.ratio)
    if len(values) < 2:
        return None
    return measures.tested(rules.name, rules.chosen, values) if rules.chosen else tests.tested("sign-flip", values, "seed")


def _over_images(pairs: Pairs, rules: Rules) -> Tested | None:
    """Swap the predictions of the one seed's models image by image, in all folds together; None where folds have images of their own."""
    import numpy as np

    test = pairs[0][0].test
    if any(each.test.ids != test.ids for each, _ in pairs):
        return None
    row, control = ([pair[side].test for pair in in_order(pairs)] for side in (0, 1))
    if not isinstance(rules.metric, CountMetric):
        # A swapped set of predictions is looked at once: remembering its score would only keep it.
        return swapped_test(row, control, partial(measures.measured, rules.primary, rules.metric), seed=seed_of(test.ids))
    return permutation_test(
        test.labels,
        np.stack([each.predicted for each in row]),
        np.stack([each.predicted for each in control]),
        test.probabilities.shape[1],
        rules.metric.of_counts,
        replicates=rules.replicates,
        seed=seed_of(test.ids),
    )


def _effects(values: Sequence[float], pairs: Pairs, rules: Rules) -> Effects:
    row, control = (seed_scores(rules.measure, [pair[side] for pair in pairs]) for side in (0, 1))
    return effects.effects([value for _, value in row], [value for _, value in control], values)


def corrected(differences: Sequence[Difference | None], family: int) -> list[Difference | None]:
    """Fill in the p-values after Holm's correction; ``family`` counts the comparisons still to come, not the refused ones."""
    holm = tests.holm([each.test.p if each and each.test else None for each in differences], family)
    return [replace(each, holm=p) if each else None for each, p in zip(differences, holm, strict=True)]


def verdict(found: Difference, rules: Rules, comparisons: int) -> Verdict:
    """Judge a corrected difference of a family of so many comparisons."""
    seeds, alpha, test = len(found.seeds), rules.alpha, found.test
    if rules.design.unit == "seed" and seeds < tests.FEWEST:
        return Verdict(word="no evidence", reason=f"{numbers.many(seeds, 'paired seed')} cannot carry a significance claim")
    if test is None:
        return Verdict(word="no evidence", reason=f"the {rules.design.test} test cannot judge these differences")
    if rules.rope is not None and rules.rope > rules.narrow and _inside(found, rules.rope):
        reason = f"every interval lies inside the declared margin of ±{numbers.bound(rules.rope)}"
        return Verdict(word="equivalent", reason=reason + _about(rules))
    if test.smallest_p > alpha / comparisons:
        reason = (
            f"{numbers.many(test.n, f'paired {test.unit}')} can give p = {numbers.bound(test.smallest_p)} at best, "
            f"above {numbers.bound(alpha)} / {comparisons} = {numbers.bound(alpha / comparisons)}"
        )
        return Verdict(word="no evidence", reason=reason)
    if found.holm is None or found.holm > alpha:
        return Verdict(word="no evidence", reason=f"Holm-adjusted p above {numbers.bound(alpha)}" + _about(rules))
    if _ranks_oppose(found, alpha):
        reason = f"{found.direction} on average, but the other way in most seeds by the signed-rank test"
        return Verdict(word="contradictory", reason=reason)
    better = (found.mean > 0) == rules.metric.higher_is_better
    reason = f"Holm-adjusted p at most {numbers.bound(alpha)}, {numbers.many(test.n, f'paired {test.unit}')}"
    return Verdict(word="better" if better else "worse", reason=reason + _about(rules))


def _inside(found: Difference, rope: float) -> bool:
    known = [each for each in (found.over_seeds, found.over_images, found.over_both) if each]
    return bool(known) and all(each.within(rope) for each in known)


def _about(rules: Rules) -> str:
    """Say that two models are no two methods."""
    return f"; about {rules.design.claim} alone" if rules.design.word == "one run" else ""


def _ranks_oppose(found: Difference, alpha: float) -> bool:
    ranks = next((each for each in found.beside if each.name == "signed-rank"), None)
    return ranks is not None and found.effects is not None and ranks.p <= alpha and found.effects.rank_biserial * found.mean < 0
