"""Whether a few numbers tell a class: never by luck, and surely where they do."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from augbench.quality.telling import BACKGROUND, _lower, told


def drawn(counts: tuple[int, ...], means: tuple[float, ...], seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw six numbers an image around each class's mean."""
    rng, labels = np.random.default_rng(seed), np.repeat(np.arange(len(counts)), counts)
    return rng.normal(np.array(means)[labels][:, None], 1.0, (len(labels), 6)).astype(np.float32), labels


def judged(counts: tuple[int, ...], means: tuple[float, ...], tested: tuple[int, ...], seed: int = 0) -> list[float]:
    return [each.least for each in told(*drawn(counts, means, seed), *drawn(tested, means, seed + 1))]


def test_a_class_far_from_all_others_is_told_and_the_others_are_not():
    least = judged((200, 200, 20), (0, 0, 6), (100, 100, 40))
    assert least[2] > 0.9
    assert max(least[:2]) < BACKGROUND


def test_a_class_between_two_others_is_told_by_how_far_it_is_from_the_middle():
    numbers = np.concatenate([np.full(50, -3.0), np.full(50, 3.0), np.zeros(100)])[:, None].astype(np.float32)
    labels = np.repeat([0, 1], 100)
    assert min(each.least for each in told(numbers, labels, numbers, labels)) > 0.9


@given(seed=st.integers(0, 10**6), rare=st.integers(1, 8))
def test_a_handful_of_images_without_any_signal_is_never_told(seed, rare):
    assert max(judged((100, 30, 5), (0, 0, 0), (80, 20, rare), seed)) < BACKGROUND


def test_four_test_images_are_never_enough():
    assert judged((100, 20), (0, 9), (100, 4))[1] < BACKGROUND


@pytest.mark.parametrize(("hits", "total"), [(0, 5), (3, 5), (5, 5), (590, 598)])
def test_the_lower_end_is_wilsons(hits, total):
    expected = binomtest(hits, total).proportion_ci(0.95, method="wilson").low
    assert _lower(hits, total) == pytest.approx(expected, abs=1e-4)


def test_numbers_that_never_vary_do_no_harm():
    numbers, labels = np.ones((40, 4), np.float32), np.repeat([0, 1], 20)
    assert [each.balanced_accuracy for each in told(numbers, labels, numbers, labels)] == [0.5, 0.5]
