"""Parts of labelled images: exact shares of classes, groups whole."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from augbench import dividing, shares

seeds = st.integers(0, 2**32)


def rng(seed: int) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64(seed))


def labels_of(sizes: list[int]) -> np.ndarray:
    return np.repeat(np.arange(len(sizes)), sizes)


@given(st.lists(st.integers(1, 30), min_size=1, max_size=4), st.lists(st.integers(1, 9), min_size=2, max_size=4), seeds)
@settings(max_examples=40, deadline=None)
def test_parts_hold_what_largest_remainders_give(sizes, weights, seed):
    labels = labels_of(sizes)
    part = dividing.by_class(labels, weights, rng(seed))
    for label, size in enumerate(sizes):
        expected = shares({str(number): weight for number, weight in enumerate(weights)}, size)
        assert np.bincount(part[labels == label], minlength=len(weights)).tolist() == list(expected.values())


@given(st.integers(2, 30), st.lists(st.integers(1, 9), min_size=2, max_size=3), seeds)
@settings(max_examples=40, deadline=None)
def test_groups_of_one_image_of_one_class_are_shared_out_to_within_one(count, weights, seed):
    # As seats are to parties by Webster's method, which may stray from its quota by more among four or more.
    part = dividing.by_group(labels_of([count]), [str(number) for number in range(count)], weights, rng(seed), [0] * len(weights))
    wanted = count * np.array(weights) / sum(weights)
    assert np.abs(np.bincount(part, minlength=len(weights)) - wanted).max() <= 1


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 9)), min_size=1, max_size=60), seeds, st.integers(0, 9))
@settings(max_examples=40, deadline=None)
def test_groups_stay_whole_whatever_the_order(images, seed, least):
    labels, groups = np.array([label for label, _ in images]), [str(group) for _, group in images]
    part = dividing.by_group(labels, groups, [3, 1], rng(seed), [least, least])
    assert len(set(zip(groups, part.tolist(), strict=True))) == len(set(groups))


def test_only_the_ratio_of_weights_counts():
    labels, groups = labels_of([20, 9]), [str(number // 2) for number in range(29)]
    first, second = (dividing.by_group(labels, groups, weights, rng(0), [0] * 3).tolist() for weights in ([1, 1, 2], [50, 50, 100]))
    assert first == second


def test_another_seed_divides_otherwise_even_where_all_groups_differ_in_size():
    labels = labels_of([210])
    groups = [str(size) for size in range(1, 21) for _ in range(size)]
    assert len({tuple(dividing.by_group(labels, groups, [1, 1, 1], rng(seed), [0] * 3).tolist()) for seed in range(5)}) == 5


def test_what_a_part_lacks_is_told_by_class_and_part_and_classes_without_images_are_not():
    labels, part = np.array([0, 0, 0, 2, 2]), np.array([0, 0, 1, 1, 1])
    assert dividing.lacking(labels, part, [2, 1]) == [(2, 0, 0)]
    assert dividing.lacking(labels, part, [3, 2]) == [(0, 0, 2), (0, 1, 1), (2, 0, 0)]
