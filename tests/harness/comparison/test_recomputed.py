"""A whole comparison against SciPy and scikit-learn, from the predictions alone."""

from itertools import product
from statistics import fmean, stdev

import numpy as np
import pytest
from scipy.stats import mannwhitneyu, ranksums, ttest_1samp, wilcoxon
from sklearn.metrics import accuracy_score, f1_score

from augbench.comparison import compare
from augbench.values.comparing import ColumnComparison
from augbench.values.results import ColumnFacts, Predictions, Results, TrialResult
from augbench.values.settings import ReportSettings, Row

CLASSES = ("a", "b", "c", "never there")
LABELS = np.repeat([0, 1, 2], [40, 12, 5])
ROWS = ("control", "one", "two", "three")
SEEDS = tuple(range(6))
FOLDS = (0, 1, 2)


def drawn(rng: np.random.Generator, size: int) -> Predictions:
    labels = rng.permutation(LABELS)[:size]
    scores = rng.exponential(1, (size, 4)) + 2 * np.eye(4)[labels]
    return Predictions(ids=tuple(map(str, range(size))), labels=labels, probabilities=scores / scores.sum(axis=1, keepdims=True))


def made() -> dict[tuple[str, int, int], TrialResult]:
    test = drawn(np.random.default_rng(0), len(LABELS))
    trials = {}
    for place, (row, seed, fold) in enumerate(product(ROWS, SEEDS, FOLDS)):
        rng = np.random.default_rng([1, place])
        scores = rng.exponential(1, (len(LABELS), 4)) + (1 + 0.3 * ROWS.index(row)) * np.eye(4)[test.labels]
        trials[row, seed, fold] = TrialResult(
            trial=f"data/{row}/s{seed}/f{fold}",
            row=row,
            column="data",
            seed=seed,
            fold=fold,
            status="done",
            test=Predictions(ids=test.ids, labels=test.labels, probabilities=scores / scores.sum(axis=1, keepdims=True)),
            validation=drawn(rng, 40),
        )
    return trials


TRIALS = made()


def macro(found: Predictions) -> float:
    return float(f1_score(found.labels, found.probabilities.argmax(1), labels=range(4), average="macro", zero_division=0))


def best(row: str, seed: int) -> TrialResult:
    return max((TRIALS[row, seed, fold] for fold in FOLDS), key=lambda each: macro(each.validation))


def true(found: Predictions) -> np.ndarray:
    return np.take_along_axis(found.probabilities, found.labels[:, None], axis=1)[:, 0]


@pytest.fixture(scope="module")
def column() -> ColumnComparison:
    facts = ColumnFacts(name="data", label="Data", classes=CLASSES, counts={}, minority=(), folds=3, digest="d")
    results = Results(
        title="t",
        report=ReportSettings(control="control", alpha=0.3, replicates=999),
        rows=tuple(Row(name=name, label=name) for name in ROWS),
        columns=(facts,),
        seeds=SEEDS,
        trials=tuple(TRIALS.values()),
    )
    (found,) = compare(results).columns
    return found


def test_scores_are_means_over_seeds_of_means_over_folds(column: ColumnComparison) -> None:
    for row in column.rows:
        seeds = [fmean(macro(TRIALS[row.name, seed, fold].test) for fold in FOLDS) for seed in SEEDS]
        score = row.scores["macro-f1"]
        assert (score.mean, score.sd) == pytest.approx((fmean(seeds), stdev(seeds)), rel=1e-12)
        assert score.best_fold == pytest.approx(fmean(macro(best(row.name, seed).test) for seed in SEEDS), rel=1e-12)
        tests = [TRIALS[row.name, seed, fold].test for seed in SEEDS for fold in FOLDS]
        assert row.scores["accuracy"].mean == pytest.approx(fmean(accuracy_score(t.labels, t.probabilities.argmax(1)) for t in tests))
        assert row.classes[3].f1.mean == 0


def test_differences_and_their_tests_are_over_seeds(column: ColumnComparison) -> None:
    found = {row.name: row.difference for row in column.rows[1:]}
    for name, difference in found.items():
        values = [fmean(macro(TRIALS[name, s, f].test) - macro(TRIALS["control", s, f].test) for f in FOLDS) for s in SEEDS]
        assert (difference.mean, difference.sd) == pytest.approx((fmean(values), stdev(values)), abs=1e-11)
        patterns = np.array(list(product([1, -1], repeat=6))) @ values
        assert difference.test.p == (np.abs(patterns) >= abs(sum(values)) - 1e-12).mean()
        ranks, student = difference.beside
        assert ranks.p == pytest.approx(wilcoxon(values, method="exact").pvalue, rel=1e-12)
        assert student.p == pytest.approx(ttest_1samp(values, 0).pvalue, rel=1e-9)
        assert difference.direction == ("higher" if fmean(values) > 0 else "lower")
    highest = 0.0
    for rank, difference in enumerate(sorted(found.values(), key=lambda each: each.test.p)):
        highest = max(highest, min(1.0, (3 - rank) * difference.test.p))
        assert difference.holm == highest


def test_the_published_test_takes_the_best_fold_of_each_row(column: ColumnComparison) -> None:
    for row in column.rows[1:]:
        for tested in row.as_published.seeds:
            mine, other = best(row.name, tested.seed), best("control", tested.seed)
            first, second = true(mine.test), true(other.test)
            expected = ranksums(first, second)
            assert (tested.z, tested.p) == pytest.approx((expected.statistic, expected.pvalue), rel=1e-12)
            assert tested.a12 == pytest.approx(mannwhitneyu(first, second).statistic / len(LABELS) ** 2, rel=1e-12)
            assert (tested.n, tested.fold, tested.control_fold) == (len(LABELS), mine.fold, other.fold)
            assert tested.direction == ("higher" if tested.a12 > 0.5 else "lower")
            assert tested.difference == pytest.approx(macro(mine.test) - macro(other.test), abs=1e-12)
