"""Splits hand out some of their images without touching the others."""

from collections.abc import Sequence

import numpy as np

from augbench import Split


class Counting(Sequence):
    """Images that remember which were asked for."""

    def __init__(self, count: int) -> None:
        self.count, self.asked = count, []

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, index: int) -> np.ndarray:
        self.asked.append(index)
        return np.full((2, 2, 1), index, dtype=np.uint8)


def test_some_images_of_a_split_come_with_their_labels_names_and_groups():
    images = Counting(5)
    whole = Split(images=images, labels=np.arange(5) % 2, ids=tuple("abcde"), groups=tuple("xxyyz"))
    some = whole.only([4, 1])
    assert (some.labels.tolist(), some.ids, some.groups, len(some.images)) == ([0, 1], ("e", "b"), ("z", "x"), 2)
    assert images.asked == []
    assert [int(image[0, 0, 0]) for image in some.images] == [4, 1]
    assert images.asked == [4, 1]


def test_some_images_may_be_none_and_groups_unknown():
    none = Split(images=Counting(3), labels=np.arange(3), ids=("a", "b", "c")).only([])
    assert (len(none.images), none.labels.tolist(), none.ids, none.groups) == (0, [], (), None)
