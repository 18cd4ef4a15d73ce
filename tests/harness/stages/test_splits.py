"""Folds: every image held out once, classes even, groups whole."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

from augbench.stages.splits import fold_indices
from augbench.values.errors import NotInEveryFold, TooFewForFolds

class_sizes = st.lists(st.integers(5, 40), min_size=1, max_size=5)
seeds = st.integers(0, 2**63 - 1)


def labels_of(sizes: list[int], seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).permutation(np.repeat(np.arange(len(sizes)), sizes))


def held_out(labels, groups, folds, seed=0) -> list[np.ndarray]:
    return [fold_indices(labels, groups, folds, fold, seed)[1] for fold in range(folds)]


def smears(groups: int, classes: int, seed: int = 0) -> tuple[np.ndarray, tuple[str, ...]]:
    """Pictures of a few cells each, in which the first class is common and the last rare."""
    rng = np.random.default_rng(seed)
    labels, names = [], []
    for group in range(groups):
        count = int(rng.integers(1, 12))
        labels += rng.choice(classes, count, p=np.arange(classes, 0, -1) / np.arange(classes + 1).sum()).tolist()
        names += [f"smear {group}"] * count
    return np.array(labels), tuple(names)


def spread(labels: np.ndarray, parts: list[np.ndarray]) -> float:
    """Return how unevenly folds hold the classes: mean over classes of the sd of their shares."""
    shares = np.array([np.bincount(labels[part], minlength=labels.max() + 1) for part in parts]) / np.bincount(labels)
    return float(shares.std(axis=0).mean())


@given(class_sizes, st.integers(2, 5), seeds)
@settings(max_examples=40, deadline=None)
def test_every_image_is_held_out_once_and_learnt_from_otherwise(sizes, folds, seed):
    labels = labels_of(sizes)
    parts = [fold_indices(labels, None, folds, fold, seed) for fold in range(folds)]
    assert sorted(np.concatenate([held for _, held in parts])) == list(range(len(labels)))
    for learn, held in parts:
        assert sorted([*learn, *held]) == list(range(len(labels)))


@given(class_sizes, st.integers(2, 5), seeds)
@settings(max_examples=40, deadline=None)
def test_folds_differ_by_one_image_a_class_and_one_in_all(sizes, folds, seed):
    labels = labels_of(sizes)
    parts = held_out(labels, None, folds, seed)
    counts = np.array([np.bincount(labels[part], minlength=len(sizes)) for part in parts])
    assert np.ptp(counts, axis=0).max() <= 1
    assert np.ptp(counts.sum(1)) <= 1


@given(class_sizes, st.integers(2, 5))
@settings(max_examples=25, deadline=None)
def test_folds_hold_as_many_of_each_class_as_those_of_scikit_learn(sizes, folds):
    labels = labels_of(sizes)
    theirs = [held for _, held in StratifiedKFold(folds).split(labels, labels)]
    for label in range(len(sizes)):
        ours = Counter(int((labels[part] == label).sum()) for part in held_out(labels, None, folds))
        assert ours == Counter(int((labels[part] == label).sum()) for part in theirs)


def test_equal_seeds_give_equal_folds_and_others_do_not():
    labels = labels_of([30, 20])
    first, again, other = (fold_indices(labels, None, 5, 2, seed)[1].tolist() for seed in (7, 7, 8))
    assert first == again != other


def test_the_global_random_state_is_left_as_found():
    before = np.random.get_state()[1].tolist()
    fold_indices(labels_of([30, 20]), None, 5, 2, 7)
    assert np.random.get_state()[1].tolist() == before


@pytest.mark.parametrize("seed", range(5))
def test_no_group_is_in_two_folds(seed):
    labels, groups = smears(40, 3, seed)
    for fold in range(4):
        learn, held = fold_indices(labels, groups, 4, fold, seed)
        assert not {groups[i] for i in learn} & {groups[i] for i in held}
        assert len(learn) + len(held) == len(labels)
    assert sorted(np.concatenate(held_out(labels, groups, 4, seed))) == list(range(len(labels)))


def test_grouped_folds_are_as_even_as_those_of_scikit_learn():
    ours, theirs = [], []
    for seed in range(12):
        labels, groups = smears(60, 4, seed)
        ours.append(spread(labels, held_out(labels, groups, 5, seed)))
        theirs.append(spread(labels, [held for _, held in StratifiedGroupKFold(5).split(labels, labels, groups)]))
    assert np.mean(ours) <= 1.05 * np.mean(theirs)


def test_groups_of_one_image_are_dealt_out_evenly():
    labels = labels_of([30, 10])
    parts = held_out(labels, tuple(map(str, range(40))), 5)
    assert [np.bincount(labels[part]).tolist() for part in parts] == [[6, 2]] * 5


def test_a_class_with_fewer_images_than_folds_is_named():
    with pytest.raises(TooFewForFolds) as caught:
        fold_indices(labels_of([9, 3]), None, 5, 0, 0, classes=("smooth", "twin"), dataset="cells")
    assert str(caught.value) == "class 'twin' of data set 'cells' has 3 training images, fewer than folds = 5; set folds = 3 or less"


def test_a_class_in_fewer_groups_than_folds_is_named():
    labels, groups = np.array([0, 0, 0, 1, 1, 1]), ("a", "b", "c", "a", "a", "b")
    with pytest.raises(
        TooFewForFolds, match=r"^class 'twin' of data set 'cells' has 2 training groups, fewer than folds = 3; .* 2 or less$"
    ):
        fold_indices(labels, groups, 3, 0, 0, classes=("smooth", "twin"), dataset="cells")


def test_no_fold_is_left_without_a_class_where_another_order_of_groups_helps():
    # "a", the largest, must be with "c": a greedy choice puts it first, and "c" last, mostly elsewhere.
    labels, groups = np.array([0, 0, 0, 0, 1, 1, 1]), "aabdbcd"
    for seed in range(20):
        assert all(set(labels[part]) == {0, 1} for part in held_out(labels, tuple(groups), 3, seed))


def test_a_class_that_whole_groups_keep_out_of_a_fold_is_named():
    # Of three groups two are on one side, and each two are all that a class has.
    labels, groups = np.array([0, 0, 1, 1, 2, 2]), tuple("abbcac")
    with pytest.raises(
        NotInEveryFold, match=r"^no way was found to give each of 2 folds images of class '(x|y|z)' with groups whole; leave folds out"
    ):
        fold_indices(labels, groups, 2, 0, 0, classes=("x", "y", "z"))


@pytest.mark.parametrize(("folds", "fold"), [(1, 0), (5, 5), (5, -1)])
def test_a_fold_that_does_not_exist_is_an_error(folds, fold):
    with pytest.raises(ValueError, match=f"fold {fold} of {folds}"):
        fold_indices(labels_of([30]), None, folds, fold, 0)
