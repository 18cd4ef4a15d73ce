"""What was repeated, and so which test is valid and what it is about."""

from __future__ import annotations

from collections.abc import Sequence

from augbench.comparison.scoring import Scored, by_seed
from augbench.values.evidence import Design

NOTHING = Design(word="nothing", test="none", unit="seed", claim="nothing")
ONE_RUN = Design(word="one run", test="permutation", unit="image", claim="these trained models, on images like these")
SEEDS = Design(word="seeds", test="sign-flip", unit="seed", claim="the methods, on this data set")
FOLDS = Design(word="folds", test="corrected t", unit="fold", claim="the methods, on data like all of this set")


def recognised(control: Sequence[Scored], paired: bool, planned: int, scopes: Sequence[str]) -> Design:
    """Tell the design of a data set from the control's trials, which every row pairs with, the planned seeds and the generators' scopes.

    Folds count as repeats only where each is its own test set and no generator saw another's images; where all folds of a seed share the
    test set they are averaged, and the seed is the unit: with a shared test set the correction of Nadeau and Bengio does not hold.
    """
    if not paired:
        return NOTHING
    if own_test_sets(control) and set(scopes) <= {"fold"}:
        return FOLDS
    return ONE_RUN if planned < 2 else SEEDS


def own_test_sets(trials: Sequence[Scored]) -> bool:
    """Tell whether the folds of each seed were tested on images of their own; a seed with one fold so far tells nothing."""
    several = [[set(each.test.ids) for each in group] for group in by_seed(trials).values() if len(group) > 1]
    return bool(several) and all(len(set().union(*images)) == sum(map(len, images)) for images in several)


def share_generator(trials: Sequence[Scored]) -> bool:
    """Tell whether several seeds of a row draw from one and the same fitted generator: then they are no independent repeats of it."""
    seeds: dict[str, int] = {}
    return any(seeds.setdefault(key, each.trial.seed) != each.trial.seed for each in trials for key in each.trial.generators.values())


def test_to_train(folds: int) -> float:
    """Return n_test / n_train where so many folds are planned, each its own test set: the ratio of Nadeau and Bengio (2003)."""
    return 1 / (folds - 1)
