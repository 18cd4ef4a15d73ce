"""How often each test finds a difference where there is none; ``-s`` prints the table."""

from collections.abc import Callable, Iterable
from itertools import product
from math import sqrt

import numpy as np
import pytest
from scipy import stats

from augbench.comparison import across, per_image, tests
from augbench.comparison.across import RowMeans

ALPHA = 0.05
pytestmark = pytest.mark.slow


def rejected(p_values: Iterable[float]) -> np.ndarray:
    """Tell where a test rejects."""
    return np.array(list(p_values)) <= ALPHA


def excess(name: str, found: np.ndarray, level: float = ALPHA) -> float:
    """Print how often something happened beside how often it should, and return how many standard errors lie between."""
    error = sqrt(level * (1 - level) / len(found))
    print(f"\n{name:62} {found.mean():.4f}  should be {level:.4f} ± {error:.4f} ({len(found):,} samples)", end="")
    return float((found.mean() - level) / error)


def attainable(test: Callable[[np.ndarray], float], pairs: int) -> float:
    """Return the level that a test by signs really has: the share of all patterns that it rejects."""
    sizes = np.random.default_rng(1).random(pairs)
    return float(rejected(test(np.array(signs) * sizes) for signs in product((-1, 1), repeat=pairs)).mean())


@pytest.mark.parametrize("pairs", [6, 9])
@pytest.mark.parametrize("test", [tests.sign_flip, tests.signed_rank])
def test_tests_by_signs_have_their_attainable_level_whatever_the_law(test: Callable[[np.ndarray], float], pairs: int) -> None:
    level = attainable(test, pairs)
    assert 0.03 < level <= ALPHA
    rng = np.random.default_rng(pairs)
    for law, draws in {"normal": rng.normal(size=(5000, pairs)), "heavy tails": rng.standard_t(2, (5000, pairs))}.items():
        assert abs(excess(f"{test.__name__}, {pairs} seeds, {law}", rejected(map(test, draws)), level)) <= 3


def test_five_seeds_never_reject() -> None:
    draws = np.random.default_rng(5).normal(size=(500, 5))
    assert not rejected(map(tests.sign_flip, draws)).any()
    assert not rejected(map(tests.signed_rank, draws)).any()


@pytest.mark.parametrize("pairs", [3, 6])
def test_the_paired_t_test_and_its_interval_hold_for_normal_differences(pairs: int) -> None:
    draws = np.random.default_rng(pairs).normal(size=(5000, pairs))
    assert abs(excess(f"paired t, {pairs} seeds", rejected(tests.paired_t(each)[1] for each in draws))) <= 3
    intervals = [tests.t_interval(each + 0.3, 0.95) for each in draws]
    covered = np.array([each.low <= 0.3 <= each.high for each in intervals])
    assert abs(excess(f"coverage of the t interval, {pairs} seeds", covered, 0.95)) <= 3


def test_holm_keeps_the_error_of_the_family() -> None:
    scores = np.random.default_rng(0).normal(size=(2000, 6, 9))  # the first row is the control of all others
    families = (tests.holm([tests.sign_flip(row - family[0]) for row in family[1:]]) for family in scores)
    assert excess("any of 5 rows against one control, Holm, 9 seeds", rejected(map(min, families))) <= 3


def cross_validated(folds: int) -> np.ndarray:
    """Return differences in accuracy [samples, folds] of two learners that are equally good: each sees ten features of its own.

    They part the classes across the line between the means of 60 images; each fold is its own test set.
    """
    rng = np.random.default_rng(folds)
    labels = np.arange(60) % 2
    features = rng.normal(size=(2, 2000, 60, 10)) + 0.3 * (labels[:, None] - 0.5)
    right = np.empty((2, 2000, folds))
    for fold in range(folds):
        test = np.arange(60) // 2 % folds == fold
        line = np.einsum("asid,i->asd", features[:, :, ~test], 2 * labels[~test] - 1)
        side = np.einsum("asid,asd->asi", features[:, :, test], line) > 0
        right[:, :, fold] = (side == labels[test]).mean(axis=-1)
    return np.asarray(right[0] - right[1])


@pytest.mark.parametrize("folds", [5, 10])
def test_the_corrected_t_test_holds_for_folds_that_are_their_own_test_sets(folds: int) -> None:
    for name, ratio in (("corrected t", 1 / (folds - 1)), ("   t without correction", 0.0)):
        found = [tests.nadeau_bengio(each, ratio) for each in cross_validated(folds)]
        above = excess(f"{name}, {folds}-fold cross-validation", rejected(each[1] if each else 1.0 for each in found))
        assert above <= 3 if ratio else above > 3


@pytest.mark.parametrize("share", [0.35, 0.5, 0.7])
def test_the_corrected_t_test_fails_on_folds_with_one_test_set_and_their_means_do_not(share: float) -> None:
    rng = np.random.default_rng(7)
    seeds, folds = rng.normal(size=(2500, 6, 1)), rng.normal(size=(2500, 6, 5))
    draws = sqrt(share) * seeds + sqrt(1 - share) * folds
    # The variance of the mean over what the correction takes it for.
    inflation = (share + (1 - share) / 5) / ((1 - share) * (1 / 5 + 1 / 4))
    level = float(2 * stats.t.sf(stats.t.isf(ALPHA / 2, 4) / sqrt(inflation), 4))
    assert level > 1.9 * ALPHA
    corrected = rejected(tests.nadeau_bengio(each[0], 1 / 4)[1] for each in draws)
    assert abs(excess(f"corrected t, one test set, {share:.0%} common to a seed", corrected, level)) <= 3
    averaged = rejected(tests.sign_flip(each.mean(axis=1)) for each in draws)
    assert abs(excess("   sign-flip of the means of 6 seeds", averaged, 2 / 64)) <= 3


@pytest.mark.parametrize("kind", ["p", "mid_p"])
def test_mcnemars_test_of_two_fixed_models_has_its_attainable_level(kind: str) -> None:
    shares = np.array([0.06, 0.06, 0.8, 0.08])  # only the first right, only the second, both, neither
    first, second = np.array([True, False, True, False]), np.array([False, True, True, False])

    def p_value(counts: np.ndarray) -> float:
        return float(getattr(per_image.mcnemar(np.repeat(first, counts), np.repeat(second, counts)), kind))

    level = 0.0
    for either in range(8, 75):  # fewer or more of 300 have a chance of 1e-9
        rejects = rejected(p_value(np.array([alone, either - alone, 0, 0])) for alone in range(either + 1))
        level += float(stats.binom.pmf(either, 300, 0.12) * stats.binom.pmf(np.arange(either + 1), either, 0.5)[rejects].sum())
    assert 0.02 < level <= ALPHA
    counts = np.random.default_rng(3).multinomial(300, shares, 5000)
    assert abs(excess(f"McNemar, {kind}, 300 images", rejected(map(p_value, counts)), level)) <= 3


def test_over_data_sets_every_test_holds() -> None:
    datasets, labels = [f"d{place}" for place in range(9)], ("control", "a", "b", "c")
    # Data sets differ in level and spread; rows do not differ.
    tables = np.random.default_rng(9).normal(size=(1000, 9, 4)) * np.arange(1, 10)[:, None] + np.arange(9)[:, None] * 10
    rows = [
        [RowMeans(label=label, is_control=label == "control", means=dict(zip(datasets, column, strict=True))) for label, column in each]
        for each in (zip(labels, table.T, strict=True) for table in tables)
    ]
    found = [across.across(datasets, each, ALPHA, True) for each in rows]
    assert excess("Friedman, 4 rows, 9 data sets", rejected(each.friedman_p for each in found)) <= 3
    assert excess("Iman-Davenport", rejected(each.iman_davenport_p for each in found)) <= 3
    first = rejected(row.test.p for each in found for row in each.rows if row.row == "a")
    assert abs(excess("signed-rank of one row against the control", first, attainable(tests.signed_rank, 9))) <= 3
    family = rejected(min(row.holm for row in each.rows if row.holm is not None) for each in found)
    assert excess("any of 3 rows against the control, Holm", family) <= 3
    assert excess("any pair of 4 rows, Holm", np.array([each.groups[:1] != (tuple(r.row for r in each.rows),) for each in found])) <= 3


@pytest.mark.parametrize("spread", [0.07, 0.17])
def test_the_published_test_finds_seeds_of_one_method_different(spread: float) -> None:
    """Set two arms of the same method against each other: 2,000 test images, seeds whose logits shift by ``spread``."""
    rng = np.random.default_rng(4)
    published, mcnemar, seeds, accuracies = [], [], [], []
    for _ in range(300):
        images = rng.normal(1.64, 1.5, 2000)
        logits = images + rng.normal(0, 0.5, (2, 6, 2000)) + rng.normal(0, spread, (2, 6, 1))
        right = (logits > 0).mean(-1)
        published.append(per_image.rank_sum(logits[0, 0], logits[1, 0])[1])
        mcnemar.append(per_image.mcnemar(logits[0, 0] > 0, logits[1, 0] > 0).p)
        seeds.append(tests.sign_flip(right[0] - right[1]))
        accuracies.append(right.std(axis=1, ddof=1).mean())
    name = f"one run of each arm, accuracy sd {np.mean(accuracies):.3f}"
    assert excess(f"{name}: published rank-sum", rejected(published)) > 3
    assert excess(f"{name}: McNemar", rejected(mcnemar)) > 3
    assert rejected(published).mean() > 0.2
    assert excess("   six seeds of each arm: sign-flip", rejected(seeds), 2 / 64) <= 3
