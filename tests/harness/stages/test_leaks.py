"""What leaks from learning into the test is counted when a data set is prepared."""

from __future__ import annotations

import numpy as np
import pytest

from augbench import Split, Splits
from augbench.stages.prepared import read_prepared, write_prepared


def quiet(done: int, total: int, **numbers: float) -> None:
    pass


def images(count: int, seed: int) -> list[np.ndarray]:
    rng = np.random.default_rng(seed)
    return [np.kron(rng.integers(0, 250, (4, 4, 3), dtype=np.uint8), np.ones((3, 3, 1), np.uint8)) for _ in range(count)]


def split(name: str, pictures: list[np.ndarray], labels: list[int], groups: tuple[str, ...] | None = None) -> Split:
    return Split(images=pictures, labels=np.array(labels), ids=tuple(f"{name}/{i}" for i in range(len(pictures))), groups=groups)


@pytest.fixture
def found(tmp_path):
    """Return a function that prepares splits and returns what leaks."""

    def prepare(train: Split, test: Split, validation: Split | None = None) -> dict[str, int]:
        write_prepared(Splits(classes=("a", "b"), train=train, test=test, validation=validation), None, tmp_path, "cells", quiet)
        return dict(read_prepared(tmp_path).leaks)

    return prepare


def test_of_clean_splits_nothing_leaks(found):
    clean = found(split("train", images(4, 0), [0, 1, 0, 1], tuple("abcd")), split("test", images(2, 1), [0, 1], tuple("ef")))
    assert clean == {"groups": 0, "duplicates": 0, "near-duplicates": 0, "conflicts": 0}


def test_groups_on_both_sides_are_counted_once_each(found):
    validation = split("validation", images(2, 2), [0, 1], ("c", "d"))
    leaks = found(
        split("train", images(3, 0), [0, 1, 0], ("a", "a", "b")), split("test", images(4, 1), [0, 1, 0, 1], tuple("aade")), validation
    )
    assert leaks["groups"] == 2


def test_without_groups_none_are_counted(found):
    assert "groups" not in found(split("train", images(2, 0), [0, 1]), split("test", images(2, 1), [0, 1]))


def test_copies_and_near_copies_of_training_and_validation_images_are_counted_apart(found):
    learnt, held_out, tested = images(3, 0), images(2, 1), images(5, 2)
    tested[0], tested[1] = learnt[2], held_out[0]
    tested[2] = learnt[1] + np.uint8(1)
    leaks = found(split("train", learnt, [0, 1, 0]), split("test", tested, [0, 0, 1, 0, 1]), split("validation", held_out, [0, 1]))
    assert leaks == {"duplicates": 2, "near-duplicates": 1, "conflicts": 0}


def test_equal_images_of_two_classes_contradict_each_other_in_any_split(found):
    learnt, tested = images(4, 0), images(2, 1)
    learnt[1], tested[1] = learnt[0], learnt[3]
    leaks = found(split("train", learnt, [0, 1, 0, 1]), split("test", tested, [0, 1]))
    assert leaks == {"duplicates": 1, "near-duplicates": 0, "conflicts": 2}
