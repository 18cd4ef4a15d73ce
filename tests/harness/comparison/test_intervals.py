"""Intervals from replicates whose distribution is known."""

import numpy as np
import pytest
from scipy import stats

from augbench.comparison import intervals

NORMAL = stats.norm.ppf((np.arange(100_000) + 0.5) / 100_000)
Z, T = stats.norm.ppf(0.975), stats.t.ppf(0.975, 2)


def ends(interval):
    return interval.low, interval.high


def test_a_value_in_the_middle_of_its_replicates_gets_their_percentiles() -> None:
    interval = intervals.of_value(NORMAL, 0.0, 0.95)
    assert ends(interval) == pytest.approx((-Z, Z), abs=1e-3)
    assert (interval.level, interval.method) == (0.95, "bootstrap over images")
    assert ends(intervals.of_value(NORMAL, 0.0, 0.8)) == pytest.approx(stats.norm.interval(0.8), abs=1e-3)


def test_a_bias_of_the_replicates_is_taken_off_twice() -> None:
    # Replicates lie 0.3 above the value, as the value lies above the truth: both ends move by 0.3 to the other side of the value.
    assert ends(intervals.of_value(NORMAL + 0.3, 0.0, 0.95)) == pytest.approx((-0.3 - Z, -0.3 + Z), abs=2e-3)


def test_a_value_that_no_resample_changes_is_certain() -> None:
    assert ends(intervals.of_value(np.ones(1000), 1.0, 0.95)) == (1, 1)


def test_a_last_bit_makes_no_bias() -> None:
    steps = np.repeat([0.1, 0.3, 0.5], [250, 500, 250])
    assert 0.1 + 0.2 != 0.3
    assert intervals.of_value(steps, 0.1 + 0.2, 0.6) == intervals.of_value(steps, 0.3, 0.6)


def test_a_value_beyond_all_replicates_still_gets_an_interval() -> None:
    for value, end in ((-9.0, NORMAL[0]), (9.0, NORMAL[-1])):
        assert ends(intervals.of_value(NORMAL, value, 0.95)) == pytest.approx((end, end), abs=0.2)


def test_a_difference_gets_percentiles() -> None:
    assert ends(intervals.of_difference(NORMAL + 0.3, 0.95)) == pytest.approx((0.3 - Z, 0.3 + Z), abs=1e-3)


def test_without_an_effect_of_images_the_interval_is_student_s_over_seeds() -> None:
    values = np.array([0.1, 0.2, 0.6])
    interval = intervals.of_seeds(np.tile(values, (100_000, 1)), values, 0.95, seed=1)
    expected = stats.t.interval(0.95, 2, values.mean(), values.std(ddof=1) / np.sqrt(3))
    assert ends(interval) == pytest.approx(expected, abs=0.03)
    assert interval.method == "bootstrap over seeds and images"


def test_without_an_effect_of_seeds_the_interval_is_that_over_images() -> None:
    interval = intervals.of_seeds(np.tile(NORMAL[:, None], (1, 4)), np.zeros(4), 0.95, seed=1)
    assert ends(interval) == pytest.approx((-Z, Z), abs=1e-3)


def test_what_images_do_to_each_seed_by_itself_is_not_counted_again() -> None:
    # All spread over seeds comes from what images do to each alone.
    rng = np.random.default_rng(0)
    replicates, values = rng.normal(size=(20_000, 20)), rng.normal(size=20)
    interval = intervals.of_seeds(replicates, values, 0.95, seed=1)
    expected = stats.t.interval(0.95, 19, values.mean(), values.std(ddof=1) / np.sqrt(20))
    assert ends(interval) == pytest.approx(expected, abs=0.03)


def test_both_sources_of_chance_add_up() -> None:
    rng = np.random.default_rng(0)
    values = rng.normal(size=60)
    replicates = values + rng.normal(scale=0.2, size=(20_000, 1))
    low, high = ends(intervals.of_seeds(replicates, values, 0.95, seed=1))
    assert (high - low) / 2 / Z == pytest.approx(np.hypot(0.2, values.std(ddof=1) / np.sqrt(60)), rel=0.03)


def test_nothing_that_differs_is_an_interval_of_one_point() -> None:
    assert ends(intervals.of_seeds(np.zeros((100, 3)), np.zeros(3), 0.95, seed=1)) == (0, 0)


def test_the_same_seeds_are_drawn_for_every_pair_of_rows() -> None:
    rng = np.random.default_rng(0)
    replicates, values = rng.normal(size=(1000, 3)), rng.normal(size=3)
    one = intervals.of_seeds(replicates, values, 0.95, seed=1)
    moved = intervals.of_seeds(replicates + 1, values + 1, 0.95, seed=1)
    assert ends(moved) == pytest.approx((one.low + 1, one.high + 1))
