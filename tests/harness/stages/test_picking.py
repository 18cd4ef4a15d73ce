"""Which images of a class are shown."""

import numpy as np
import pytest

from augbench.stages.picking import picked
from augbench.values.data import Split

LABELS = np.array([0, 1] * 30)


def split(groups=None) -> Split:
    return Split(images=[np.zeros((1, 1, 1), np.uint8)] * 60, labels=LABELS, ids=tuple(map(str, range(60))), groups=groups)


@pytest.mark.parametrize("each", [1, 8, 30, 100])
def test_as_many_of_the_class_as_there_are_and_none_twice(each):
    found = picked(split(), 1, each, 0)
    assert len(set(found)) == len(found) == min(each, 30)
    assert (LABELS[found] == 1).all()


def test_the_seed_chooses_and_nothing_else():
    assert picked(split(), 0, 8, 0) == picked(split(), 0, 8, 0)
    assert picked(split(), 0, 8, 0) != picked(split(), 0, 8, 1)
    assert picked(split(), 0, 3, 0) == picked(split(), 0, 8, 0)[:3]


def test_every_group_is_seen_once_before_any_is_seen_twice():
    # Three groups of a class, of which one has almost all images.
    groups = tuple("rare" if place < 2 else "other" if place < 4 else "large" for place in range(60))
    names = [groups[place] for place in picked(split(groups), 0, 5, 0)]
    assert set(names[:3]) == {"rare", "other", "large"}
    assert names[3:] == ["large", "large"]
