"""Images without splits: exact shares of every class, groups whole, and no class too small to be tested."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.model_selection import StratifiedGroupKFold

from augbench import AugbenchError, DataError, shares
from augbench_datasets._division import Division

NAMES = tuple("abcdefgh")


def labels_of(sizes: list[int], seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).permutation(np.repeat(np.arange(len(sizes)), sizes))


def smears(groups: int, classes: int, seed: int = 0) -> tuple[np.ndarray, tuple[str, ...]]:
    """Pictures of a few cells each, in which the first class is common and the last rare."""
    rng = np.random.default_rng(seed)
    labels, names = [], []
    for group in range(groups):
        count = int(rng.integers(1, 12))
        labels += rng.choice(classes, count, p=np.arange(classes, 0, -1) / np.arange(classes + 1).sum()).tolist()
        names += [f"smear {group}"] * count
    return np.array(labels), tuple(names)


def counts(labels: np.ndarray, parts: dict[str, np.ndarray]) -> dict[str, list[int]]:
    return {name: np.bincount(labels[indices], minlength=labels.max() + 1).tolist() for name, indices in parts.items()}


def unevenness(labels: np.ndarray, parts: dict[str, np.ndarray], wanted: dict[str, float]) -> float:
    held = np.array([np.bincount(labels[parts[name]], minlength=labels.max() + 1) / np.bincount(labels) for name in wanted])
    return float(np.abs(held - np.array(list(wanted.values()))[:, None]).mean())


def message(division: Division, labels, groups=None) -> str:
    with pytest.raises(DataError) as caught:
        division.divide(np.array(labels), groups, NAMES, "cells")
    return str(caught.value)


@given(st.lists(st.integers(10, 60), min_size=1, max_size=5), st.integers(0, 2**63), st.sampled_from([(0.2, 0.2), (0.25, 0.1), (0.3, 0.0)]))
@settings(max_examples=40, deadline=None)
def test_without_groups_each_class_is_shared_out_by_largest_remainder(sizes, seed, wanted):
    labels, (test, val) = labels_of(sizes), wanted
    parts = Division(test=test, val=val, seed=seed).divide(labels, None, NAMES, "cells")
    for label, size in enumerate(sizes):
        expected = shares({"test": test, "validation": val, "train": 1 - test - val}, size)
        found = {name: int((labels[indices] == label).sum()) for name, indices in parts.items()}
        assert found == {name: expected[name] for name in found}
        assert all(abs(found[name] - size * weight) < 1 for name, weight in (("test", test), ("train", 1 - test - val)))


@given(st.integers(20, 50), st.integers(0, 50), st.sampled_from([None, "group", "class"]))
@settings(max_examples=30, deadline=None)
def test_every_image_is_in_one_part_and_indices_ascend(groups, seed, by):
    labels, names = smears(groups, 2, seed)
    parts = Division(by=by, seed=seed).divide(labels, names, NAMES, "cells")
    assert list(parts) == ["train", "validation", "test"]
    assert sorted(np.concatenate(list(parts.values()))) == list(range(len(labels)))
    assert all((np.diff(indices) > 0).all() for indices in parts.values())


@pytest.mark.parametrize("seed", range(8))
def test_no_group_is_torn(seed):
    labels, groups = smears(40, 3, seed)
    parts = Division(seed=seed).divide(labels, groups, NAMES, "cells")
    held = [{groups[index] for index in indices} for indices in parts.values()]
    assert sum(map(len, held)) == len(set().union(*held)) == 40


def test_grouped_parts_are_as_even_as_folds_of_scikit_learn():
    ours, theirs, wanted = [], [], {"train": 0.6, "validation": 0.2, "test": 0.2}
    for seed in range(12):
        labels, groups = smears(60, 4, seed)
        ours.append(unevenness(labels, Division(seed=seed).divide(labels, groups, NAMES, "cells"), wanted))
        validation, test, *rest = (held for _, held in StratifiedGroupKFold(5).split(labels, labels, groups))
        theirs.append(unevenness(labels, {"train": np.concatenate(rest), "validation": validation, "test": test}, wanted))
    assert np.mean(ours) <= 1.05 * np.mean(theirs)


def test_groups_of_one_image_are_shared_out_exactly():
    labels = labels_of([30, 10])
    parts = Division().divide(labels, tuple(map(str, range(40))), NAMES, "cells")
    assert counts(labels, parts) == {"train": [18, 6], "validation": [6, 2], "test": [6, 2]}


def test_equal_seeds_divide_equally_and_others_do_not():
    labels, groups = smears(40, 3)
    for known in (None, groups):
        first, again, other = (Division(seed=seed).divide(labels, known, NAMES, "cells")["test"].tolist() for seed in (7, 7, 8))
        assert first == again != other


def test_by_class_lets_groups_be_torn():
    labels = np.zeros(40, dtype=np.int64)
    parts = Division(by="class").divide(labels, ("one",) * 40, NAMES, "cells")
    assert counts(labels, parts) == {"train": [24], "validation": [8], "test": [8]}


def test_without_a_validation_share_there_is_no_such_part():
    assert list(Division(val=0).divide(labels_of([10]), None, NAMES, "cells")) == ["train", "test"]


def test_a_class_of_few_groups_is_divided_where_any_order_of_groups_does_it():
    # The greedy choice alone would leave one image of the second class to test.
    labels = np.array([0] * 30 + [1] * 9)
    groups = (*(f"g{index}" for index in range(30)), *"aaaaabbbc")
    for seed in range(10):
        assert counts(labels, Division(seed=seed).divide(labels, groups, NAMES, "cells"))["test"][1] >= 2


@pytest.mark.parametrize(
    ("division", "sizes", "text"),
    [
        (
            Division(),
            [30, 6],
            "class 'b' of 'cells' has 6 images, of which 1 would be for testing, where 2 are needed; "
            "set split.test = 0.34, add images of it, or remove the class",
        ),
        (
            Division(),
            [30, 1],
            "class 'b' of 'cells' has 1 image, of which none would be for testing, where 2 are needed; "
            "add images of it, or remove the class",
        ),
        (
            Division(test=0.5, val=0.05),
            [30, 4],
            "class 'b' of 'cells' has 4 images, of which none would be for validation, where 1 is needed; "
            "set split.val = 0 and use folds, add images of it, or remove the class",
        ),
        (
            Division(test=0.9, val=0),
            [30, 4],
            "class 'b' of 'cells' has 4 images, of which none would be for training, where 1 is needed; "
            "lower split.test, add images of it, or remove the class",
        ),
    ],
)
def test_a_class_too_small_is_named_with_its_number_and_the_way_out(division, sizes, text):
    assert message(division, labels_of(sizes)) == text


@pytest.mark.parametrize("size", range(4, 10))
def test_the_share_that_the_message_proposes_is_enough(size):
    text = message(Division(val=0.1), labels_of([size])) if size < 8 else "set split.test = 0.25,"
    proposed = float(text.partition("split.test = ")[2].partition(",")[0])
    assert len(Division(test=proposed, val=0).divide(labels_of([size]), None, NAMES, "cells")["test"]) >= 2


def test_a_class_of_few_groups_is_named_with_their_number():
    labels = np.array([0] * 20 + [1] * 8)
    groups = (*map(str, range(20)), *"xxxxyyyy")
    assert message(Division(), labels, groups) == (
        "class 'b' of 'cells' has 8 images in 2 groups, of which none would be for testing, where 2 are needed; "
        'set split.by = "class" where groups may be torn apart, add images of it, or remove the class'
    )


def test_groups_that_nobody_named_are_no_way_to_divide():
    assert message(Division(by="group"), labels_of([20])) == (
        'split.by = "group", and the images of \'cells\' come without groups; name some, or set split.by = "class"'
    )


def test_shares_that_leave_nothing_to_train_on_are_refused():
    with pytest.raises(
        AugbenchError, match=r"^split\.test = 0\.6 and split\.val = 0\.4 leave nothing to train on; their sum must be below 1$"
    ):
        Division(test=0.6, val=0.4)


def test_the_notes_tell_shares_seed_and_every_count():
    labels, groups = np.array([0, 0, 0, 0, 0, 1, 1, 1, 1, 1]), tuple("aabbcaabbc")
    parts = {"train": np.array([0, 1, 5, 6]), "validation": np.array([4, 9]), "test": np.array([2, 3, 7, 8])}
    assert Division(seed=3).told(parts, labels, groups, ("smooth", "twin")) == (
        "no splits are given: of each class a share of 0.2 is kept for testing and 0.2 for validation (seed 3, groups whole)",
        "images (groups) for train/validation/test: smooth 2/1/2 (1/1/1), twin 2/1/2 (1/1/1)",
    )
    assert Division(val=0).told({"train": np.arange(6), "test": np.arange(6, 10)}, labels, None, ("smooth", "twin")) == (
        "no splits are given: of each class a share of 0.2 is kept for testing (seed 0)",
        "images for train/test: smooth 5/0, twin 1/4",
    )


def test_the_global_random_state_is_left_as_found():
    before = np.random.get_state()[1].tolist()
    Division().divide(labels_of([30, 20]), None, NAMES, "cells")
    assert np.random.get_state()[1].tolist() == before
