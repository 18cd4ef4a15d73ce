"""What was repeated, and so which test is valid and what it is about."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean

from augbench.comparison.scoring import Scored, by_seed
from augbench.values.evidence import Design

NOTHING = Design(word="nothing", test="none", unit="seed", claim="nothing")
ONE_RUN = Design(word="one run", test="permutation", unit="image", claim="these trained models, on images like these")
SEEDS = Design(word="seeds", test="sign-flip", unit="seed", claim="the methods, on this data set")
FOLDS = Design(word="folds", test="nadeau-bengio", unit="fold", claim="the methods, on data like all of this set")


def recognised(matched: Sequence[Sequence[tuple[Scored, Scored]]], planned: int, scopes: Sequence[str]) -> Design:
    """Tell the design of a data set from the pairs of every row with the control, the planned seeds and the generators' scopes.

    Folds count as repeats only where each is its own test set and no generator saw another's images; where all folds of a seed share the
    test set they are averaged, and the seed is the unit: with a shared test set the correction of Nadeau and Bengio does not hold.
    """
    if not any(matched):
        return NOTHING
    own = all(own_test_sets([each for each, _ in pairs]) for pairs in matched if pairs)
    if own and set(scopes) <= {"fold"}:
        return FOLDS
    return ONE_RUN if planned < 2 else SEEDS


def own_test_sets(trials: Sequence[Scored]) -> bool:
    """Tell whether the folds of each seed were tested on images of their own."""
    groups = list(by_seed(trials).values())
    for group in groups:
        images = [set(each.test.ids) for each in group]
        if len(group) < 2 or len(set().union(*images)) < sum(map(len, images)):
            return False
    return bool(groups)


def share_generator(trials: Sequence[Scored]) -> bool:
    """Tell whether several seeds of a row draw from one and the same fitted generator: then they are no independent repeats of it."""
    seeds: dict[str, int] = {}
    return any(seeds.setdefault(key, each.trial.seed) != each.trial.seed for each in trials for key in each.trial.generators.values())


def test_to_train(trials: Sequence[Scored]) -> float:
    """Return n_test / n_train of folds that are test sets of their own: the ratio of Nadeau and Bengio (2003)."""
    groups = list(by_seed(trials).values())
    sizes = [fmean(len(each.test.ids) for each in group) for group in groups]
    others = [sum(len(each.test.ids) for each in group) - size for group, size in zip(groups, sizes, strict=True)]
    return fmean(size / other for size, other in zip(sizes, others, strict=True))
