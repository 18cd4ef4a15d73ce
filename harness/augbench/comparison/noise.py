"""What chance alone does to a row: the differences of its own seeds, and where the spread of its mean comes from."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from statistics import fmean, median, variance

from augbench.comparison import per_image
from augbench.comparison.pairing import unpaired
from augbench.comparison.protocol import true_class
from augbench.comparison.scoring import Measure, Scored, best_fold, by_seed, seed_scores
from augbench.values.evidence import NoiseFloor, VarianceSplit

MOST = 200
"""Pairs of seeds that are set against each other, as many of each row."""

Seed = Sequence[Scored]
"""The folds of one seed of a row."""


def noise_floor(rows: Sequence[tuple[str, Seed]], measure: Measure, alpha: float, *, published: bool) -> NoiseFloor | None:
    """Set the seeds of each row, (label, finished trials), against each other; None where no row has two."""
    found = [(label, _pairs(trials)) for label, trials in rows]
    longest = max((len(pairs) for _, pairs in found), default=0)
    every = [pairs[place] for place in range(longest) for _, pairs in found if place < len(pairs)][:MOST]
    if not every:
        return None
    sizes = [abs(_score(one, measure) - _score(other, measure)) for one, other in every]
    return NoiseFloor(
        rows=tuple(label for label, pairs in found if pairs),
        pairs=len(every),
        median=median(sizes),
        largest=max(sizes),
        published=_called_different(every, alpha) if published else None,
        alpha=alpha,
    )


def _pairs(trials: Sequence[Scored]) -> list[tuple[Seed, Seed]]:
    """Pair a row's seeds of equal folds: one fold against the mean of five would differ by more than the seed."""
    pairs = combinations(by_seed(trials).values(), 2)
    return [(one, other) for one, other in pairs if [each.trial.fold for each in one] == [each.trial.fold for each in other]]


def _score(seed: Seed, measure: Measure) -> float:
    return fmean(measure(each.test) for each in seed)


def _called_different(pairs: Sequence[tuple[Seed, Seed]], alpha: float) -> float | None:
    """Return how often the published test tells two seeds of one row apart; None where none can be tested."""
    models = [(best_fold(one), best_fold(other)) for one, other in pairs]
    known = [(one, other) for one, other in models if one and other and not unpaired([(one, other)])]
    if not known:
        return None
    return fmean(per_image.rank_sum(true_class(one.test), true_class(other.test))[1] < alpha for one, other in known)


def variance_split(trials: Sequence[Scored], measure: Measure, images: float) -> VarianceSplit | None:
    """Split the variance of a row's mean; ``images`` is what resampled test images do to all seeds alike.  None with fewer than two seeds.

    Seeds spread by their folds too, and by what images do to each alone: parts add up only where nothing is counted twice.
    """
    seeds = [value for _, value in seed_scores(measure, trials)]
    if len(seeds) < 2:
        return None
    within = [variance([measure(each.test) for each in group]) for group in by_seed(trials).values() if len(group) > 1]
    folds = fmean(within) / len(trials) if within else None
    return VarianceSplit(seeds=max(0.0, variance(seeds) / len(seeds) - (folds or 0.0)), images=images, folds=folds)
