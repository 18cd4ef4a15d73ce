"""A row against the control: paired differences, their tests and what they allow to say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from statistics import fmean, stdev

from augbench.comparison import metrics, tests
from augbench.comparison.scoring import Scored
from augbench.values import numbers
from augbench.values.comparing import BySeed, Difference, Direction, Verdict


def direction(value: float) -> Direction:
    """Name the sign of a difference."""
    return "higher" if value > 0 else "lower" if value < 0 else "equal"


def pairs(row: Sequence[Scored], control: Sequence[Scored]) -> list[tuple[Scored, Scored]]:
    """Pair the trials of equal seed and fold."""
    others = {(each.trial.seed, each.trial.fold): each for each in control}
    found = ((each, others.get((each.trial.seed, each.trial.fold))) for each in row)
    return [(each, other) for each, other in found if other is not None]


def unpaired(matched: Sequence[tuple[Scored, Scored]]) -> str:
    """Name the first pair of trials that were not scored on the same images, or nothing."""
    import numpy as np

    for each, other in matched:
        if each.test.ids != other.test.ids or not np.array_equal(each.test.labels, other.test.labels):
            return f"{each.trial.trial} and {other.trial.trial}"
    return ""


def difference(metric: str, matched: Sequence[tuple[Scored, Scored]]) -> Difference | None:
    """Subtract the control pair by pair, average the folds of a seed, and test over seeds; None without pairs."""
    measure = metrics.METRICS[metric]
    values: dict[int, list[float]] = {}
    for each, other in sorted(matched, key=lambda pair: (pair[0].trial.seed, pair[0].trial.fold or 0)):
        # Rounded like the tests' input, so that a sum's last bit is never called a direction.
        values.setdefault(each.trial.seed, []).append(round(measure(each.matrix) - measure(other.matrix), 12))
    seeds: BySeed = tuple((seed, round(fmean(found), 12)) for seed, found in values.items())
    if not seeds:
        return None
    numbers_only = [value for _, value in seeds]
    mean = round(fmean(numbers_only), 12)
    several = len(seeds) > 1
    return Difference(
        metric=metric,
        seeds=seeds,
        mean=mean,
        sd=stdev(numbers_only) if several else None,
        direction=direction(mean),
        smallest_p=tests.smallest_p(len(seeds)),
        sign_flip=tests.sign_flip(numbers_only) if several else None,
        signed_rank=tests.signed_rank(numbers_only) if several else None,
    )


def adjusted(differences: Sequence[Difference | None], family: int) -> list[Difference | None]:
    """Fill in the p-values after Holm's correction; ``family`` counts the comparisons still to come, not the refused ones."""
    raw = [each.sign_flip if each else None for each in differences]
    holm = tests.holm(raw, family)
    return [replace(each, holm=p) if each else None for each, p in zip(differences, holm, strict=True)]


def verdict(found: Difference, alpha: float, comparisons: int) -> Verdict:
    """Judge a difference over seeds, in words of a closed list (``equivalent`` needs a declared margin: there is none yet)."""
    seeds = len(found.seeds)
    limit = alpha / comparisons
    if seeds < tests.FEWEST:
        return Verdict(word="no evidence", reason=f"{numbers.many(seeds, 'paired seed')} cannot carry a significance claim")
    if seeds < tests.pairs_needed(alpha, comparisons):
        reason = (
            f"{seeds} paired seeds can give p = {numbers.bound(found.smallest_p)} at best, "
            f"above {numbers.bound(alpha)} / {comparisons} = {numbers.bound(limit)}"
        )
        return Verdict(word="no evidence", reason=reason)
    if found.holm is None or found.holm > alpha:
        return Verdict(word="no evidence", reason=f"Holm-adjusted p above {numbers.bound(alpha)}")
    if _ranks_oppose(found, alpha):
        reason = f"{found.direction} on average, but the other way in most seeds by the signed-rank test"
        return Verdict(word="contradictory", reason=reason)
    reason = f"Holm-adjusted p at most {numbers.bound(alpha)}, {seeds} paired seeds"
    return Verdict(word="better" if found.mean > 0 else "worse", reason=reason)


def _ranks_oppose(found: Difference, alpha: float) -> bool:
    ranks = float(tests.signed_ranks([value for _, value in found.seeds]).sum())
    return ranks * found.mean < 0 and found.signed_rank is not None and found.signed_rank <= alpha
