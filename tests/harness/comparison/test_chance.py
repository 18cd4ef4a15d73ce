"""What chance alone does: between a row's own seeds, over resampled images, and in a mean's variance."""

from collections.abc import Callable
from dataclasses import replace
from itertools import combinations, product
from statistics import fmean, median, variance

import numpy as np
import pytest
from sklearn.metrics import f1_score

from augbench.comparison import compare
from augbench.values.comparing import ColumnComparison
from augbench.values.results import Results, TrialResult

Make = Callable[..., TrialResult]
MakeResults = Callable[..., Results]
WRONG = {"control": (1, 5, 3), "row": (0, 2, 8)}


def macro(wrong: int, drawn: np.ndarray | None = None) -> float:
    """Write down the macro-F1 of two classes, of which the rare one's first so many images are taken for the common one."""
    places = np.arange(32) if drawn is None else drawn
    common, lost, kept = (places < 20).sum(), ((places >= 20) & (places < 20 + wrong)).sum(), (places >= 20 + wrong).sum()
    return float((2 * common / max(1, 2 * common + lost) + 2 * kept / max(1, 2 * kept + lost)) / 2)


def test_macro_f1_is_scikit_learns() -> None:
    labels = np.repeat([0, 1], [20, 12])
    for wrong in (0, 3, 12):
        expected = f1_score(labels, np.where(np.arange(32) < 20 + wrong, 0, 1), average="macro", zero_division=0)
        assert macro(wrong) == pytest.approx(expected)


@pytest.fixture
def column(make_trial: Make, make_results: MakeResults) -> ColumnComparison:
    """Two rows and three seeds whose wrong images are known."""
    (found,) = compare(make_results([make_trial(name, seed, n) for name, every in WRONG.items() for seed, n in enumerate(every)])).columns
    return found


def test_the_noise_floor_is_what_two_seeds_of_one_row_differ_by(column: ColumnComparison) -> None:
    sizes = [abs(macro(a) - macro(b)) for every in WRONG.values() for a, b in combinations(every, 2)]
    noise = column.noise
    assert (noise.pairs, noise.median, noise.largest) == (6, pytest.approx(median(sizes)), pytest.approx(max(sizes)))
    assert noise.rows == ("Row control", "Row row")
    assert 0 <= noise.published <= 1


def test_seeds_of_which_other_folds_are_done_are_not_set_against_each_other(make_trial: Make, make_results: MakeResults) -> None:
    trials = [make_trial("control", seed, 2 + 4 * fold, fold=fold) for seed, fold in ((0, 0), (0, 1), (1, 0), (1, 1), (2, 0))]
    (found,) = compare(make_results(trials)).columns
    assert (found.noise.pairs, found.noise.largest) == (1, 0)


def test_one_seed_has_no_noise_floor(make_trial: Make, make_results: MakeResults) -> None:
    (found,) = compare(make_results([make_trial("control", 0, 1), make_trial("row", 0, 2)])).columns
    assert found.noise is None
    assert found.rows[0].variance is None
    assert found.rows[1].difference.over_both is None


def test_the_variance_of_a_mean_is_split_into_seeds_and_images(column: ColumnComparison) -> None:
    split = column.rows[1].variance
    assert split.seeds == pytest.approx(variance([macro(n) for n in WRONG["row"]]) / 3)
    rng = np.random.default_rng(0)
    scores = np.array([[macro(n, drawn) for n in WRONG["row"]] for drawn in rng.integers(0, 32, (600, 32))])
    # What images do to one seed alone is part of the spread over seeds.
    assert split.images == pytest.approx(fmean(np.cov(scores.T)[np.triu_indices(3, 1)]), rel=0.3)
    assert split.folds is None


def test_the_delta_methods_error_of_a_mean_is_about_the_resamples(column: ColumnComparison) -> None:
    row = column.rows[1]
    interval = row.scores["macro-f1"].interval
    assert row.scores["macro-f1"].error == pytest.approx((interval.high - interval.low) / (2 * 1.96), rel=0.15)
    assert row.scores["accuracy"].error is None


def test_folds_of_a_seed_have_a_share_of_their_own(make_trial: Make, make_results: MakeResults) -> None:
    wrong = {(0, 0): 1, (0, 1): 5, (1, 0): 2, (1, 1): 4}
    trials = [make_trial(name, seed, n, fold=fold) for name in ("control", "row") for (seed, fold), n in wrong.items()]
    (found,) = compare(make_results(trials)).columns
    within = fmean(variance([macro(wrong[seed, 0]), macro(wrong[seed, 1])]) for seed in (0, 1))
    split = found.rows[1].variance
    assert split.folds == pytest.approx(within / 4)
    # Both seeds have the same mean of about equal folds: what they spread by is less than what folds do to them.
    assert split.seeds == 0


def test_parts_of_a_variance_add_up_to_that_of_the_seeds_means(make_trial: Make, make_results: MakeResults) -> None:
    wrong = {(0, 0): 0, (0, 1): 1, (1, 0): 7, (1, 1): 8}
    trials = [make_trial(name, seed, n, fold=fold) for name in ("control", "row") for (seed, fold), n in wrong.items()]
    (found,) = compare(make_results(trials)).columns
    means = [fmean(macro(wrong[seed, fold]) for fold in (0, 1)) for seed in (0, 1)]
    split = found.rows[1].variance
    assert split.seeds + split.folds == pytest.approx(variance(means) / 2)


def test_intervals_of_a_difference_hold_it_and_widen_with_what_they_allow_for(column: ColumnComparison) -> None:
    found = column.rows[1].difference
    for interval in (found.over_seeds, found.over_images, found.over_both):
        assert interval.low <= found.mean <= interval.high
        assert interval.level == 0.95
    width = [interval.high - interval.low for interval in (found.over_images, found.over_both)]
    assert width[0] < width[1]
    assert found.widest is found.over_both
    score = column.rows[1].scores["macro-f1"]
    assert score.interval.low < score.mean < score.interval.high


def test_the_interval_over_images_is_the_literal_bootstraps(column: ColumnComparison) -> None:
    rng = np.random.default_rng(1)
    drawn = rng.integers(0, 32, (1000, 32))
    found = [fmean(macro(a, places) - macro(b, places) for a, b in zip(WRONG["row"], WRONG["control"], strict=True)) for places in drawn]
    interval = column.rows[1].difference.over_images
    assert (interval.low, interval.high) == pytest.approx(np.quantile(found, [0.025, 0.975]), abs=0.02)


def test_confusions_are_summed_set_against_the_controls_and_named(column: ColumnComparison) -> None:
    control, row = column.rows
    assert row.confusion.counts == ((60, 0), (10, 26))
    assert row.confusion.shares == ((1, 0), (pytest.approx(10 / 36), pytest.approx(26 / 36)))
    assert control.confusion.against is None
    assert row.confusion.against[1][0] == pytest.approx(10 / 36 - 9 / 36)
    (confused,) = row.confusion.confused
    assert (confused.true, confused.predicted, confused.n, confused.share) == ("rare", "common", 10, pytest.approx(10 / 36))


@pytest.mark.parametrize(
    ("wrong", "seconds", "undominated"),
    [
        ((6, 4, 1), (10, 20, 30), (True, True)),
        ((6, 4, 1), (10, 20, 5), (False, True)),
        ((2, 4, 1), (10, 20, 30), (False, True)),
        ((2, 2, 2), (10, 10, 5), (False, True)),
    ],
)
def test_a_row_is_dominated_by_one_that_gains_as_much_in_less_time(
    make_trial: Make, make_results: MakeResults, wrong: tuple[int, ...], seconds: tuple[float, ...], undominated: tuple[bool, bool]
) -> None:
    trials = [
        make_trial(name, 0, each, cost={"seconds": time}) for name, each, time in zip(("control", "a", "b"), wrong, seconds, strict=True)
    ]
    (found,) = compare(make_results(trials)).columns
    benefits = [row.benefit for row in found.rows[1:]]
    assert tuple(each.undominated for each in benefits) == undominated
    assert [each.seconds for each in benefits] == [time - 10 for time in seconds[1:]]
    assert found.rows[0].benefit is None


def test_rows_over_six_data_sets_are_ranked_and_over_two_they_are_not(make_trial: Make, make_results: MakeResults) -> None:
    for sets in (2, 6):
        made = make_results([make_trial("control", 0, 6), make_trial("row", 0, 2)])
        columns = tuple(replace(made.columns[0], name=f"d{place}", label=f"Data {place}") for place in range(sets))
        trials = tuple(
            replace(each, column=column.name, trial=f"{column.name}/{each.row}") for column, each in product(columns, made.trials)
        )
        found = compare(replace(made, columns=columns, trials=trials)).across
        assert found.rows[0].row == "Row row"
        assert bool(found.refused) == (sets == 2)
        assert found.rows[0].difference == pytest.approx(macro(2) - macro(6))
        assert (found.rows[0].test is None) == (sets == 2)


def test_a_row_that_was_tested_on_other_images_is_not_ranked(make_trial: Make, make_results: MakeResults) -> None:
    made = make_results([make_trial("control", 0, 6), make_trial("row", 0, 2)])
    other = replace(made.trials[1].test, ids=tuple(reversed(made.trials[1].test.ids)))
    columns = tuple(replace(made.columns[0], name=name, label=name) for name in ("a", "b"))
    trials = [replace(each, column=column.name, trial=f"{column.name}/{each.row}") for column, each in product(columns, made.trials)]
    trials[3] = replace(trials[3], test=other)
    assert compare(replace(made, columns=columns, trials=tuple(trials))).across.datasets == ("a",)
