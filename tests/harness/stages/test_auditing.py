"""Images are audited when a data set is prepared, and what is found is kept beside them."""

from __future__ import annotations

import numpy as np

from augbench import Split, Splits
from augbench.stages.prepared import read_prepared, write_prepared


def quiet(done: int, total: int, **numbers: float) -> None:
    pass


def split(name: str, seed: int, groups: tuple[str, ...]) -> Split:
    pictures = np.random.default_rng(seed).integers(0, 250, (len(groups), 12, 12, 3), dtype=np.uint8)
    return Split(images=pictures, labels=np.arange(len(groups)) % 2, ids=tuple(f"{name}/{i}" for i in range(len(groups))), groups=groups)


def test_what_was_found_is_kept_without_the_names_of_images(tmp_path):
    train, test = split("train", 0, tuple("abcd")), split("test", 1, tuple("dcef"))
    test.images[1] = train.images[2]  # of the other class
    write_prepared(Splits(classes=("a", "b"), train=train, test=test), None, tmp_path, "cells", quiet)
    found = read_prepared(tmp_path).audit
    assert [(each.code, each.grave, each.count) for each in found] == [
        ("RARE_CLASS", True, 2),
        ("LEAKED_GROUPS", True, 2),
        ("DUPLICATES", True, 1),
        ("LABEL_CONFLICTS", True, 2),
        ("FEW_TO_LEARN", False, 2),
    ]
    assert not any(each.pictures for each in found)
