"""Components are shown on training images that a seed chooses, all of one size."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
import torch

from augbench import Resize, Split, Splits
from augbench.engine.material import Material, as_sources
from augbench.values.errors import DataError
from augbench.values.trial_errors import UnknownClass
from support.toys import Dots


@dataclass(frozen=True, kw_only=True)
class Corner(Resize):
    """Cuts out a corner."""

    side: int = 4

    def shape(self) -> tuple[int, int]:
        return self.side, self.side

    def apply(self, image):
        return image[: self.side, : self.side]


def material(**more) -> Material:
    return Material(name="dots", splits=Dots().load(), resize=None, otherwise=Corner(), **more)


def classes(found: Material, lines: list[list[int]]) -> list[list[int]]:
    return [[int(found.splits.train.labels[place]) for place in line] for line in lines]


def test_sources_of_any_class_differ_and_those_of_one_do_not():
    found = material()
    assert classes(found, found.lines(3, 2, "any")) == [[0, 1], [2, 0], [1, 2]]
    assert classes(found, found.lines(4, 2, "same-class")) == [[0, 0], [1, 1], [2, 2], [0, 0]]


def test_no_image_is_shown_twice_before_all_of_its_class_are():
    (first, *_), *_ = found = material(wanted=("c",)).lines(1, 8, "any")
    assert sorted(found[0][:4]) == sorted(found[0][4:]) == [20, 21, 22, 23]
    assert found[0][4] == first


def test_classes_are_those_that_are_named_in_that_order():
    found = material(wanted=("c", "a"))
    assert classes(found, found.lines(2, 2, "any")) == [[2, 0], [2, 0]]


def test_another_seed_chooses_other_images():
    assert material(seed=0).lines(3, 2, "any") == material(seed=0).lines(3, 2, "any") != material(seed=1).lines(3, 2, "any")


def test_a_class_that_is_not_there_is_told():
    with pytest.raises(UnknownClass, match="the data set has no class 'd'; known: a, b, c"):
        _ = material(wanted=("d",)).shown


def test_a_data_set_without_training_images_is_told():
    splits = Dots().load()
    empty = Split(images=[], labels=splits.train.labels[:0], ids=())
    with pytest.raises(DataError, match="data set 'dots' has no training image of what is to be shown"):
        _ = Material(name="dots", splits=Splits(classes=splits.classes, train=empty, test=splits.test), resize=None).shown


def test_small_classes_are_the_minority_unless_a_matrix_names_them():
    many = Material(name="dots", splits=Dots(train=(50, 10, 9)).load(), resize=None)
    assert many.minority == (2,)
    assert material(small=("b",)).minority == (1,)
    assert many.facts().minority == ("c",)


def images(*shapes: tuple[int, int]) -> Splits:
    split = Split(images=[np.zeros((*shape, 3), np.uint8) for shape in shapes], labels=np.array([0, 1]), ids=("a", "b"))
    return Splits(classes=("a", "b"), train=split, test=split)


@pytest.mark.parametrize(("shapes", "size"), [([(8, 8), (8, 8)], 8), ([(8, 8), (9, 8)], 4), ([(300, 8), (300, 8)], 4)])
def test_images_of_several_sizes_or_large_ones_are_brought_to_one(shapes, size):
    found = Material(name="m", splits=images(*shapes), resize=None, otherwise=Corner())
    assert (found.shape[1] == size, found.brought) == (True, size == 4)


def test_a_resize_of_a_matrix_is_what_it_is():
    found = Material(name="m", splits=images((8, 8), (9, 8)), resize=Corner(side=5), otherwise=Corner())
    assert (found.shape, found.brought) == ((3, 5, 5), False)


def test_sources_are_floats_between_black_and_white():
    found = material()
    sources = as_sources(found, found.lines(2, 3, "any"), torch.device("cpu"))
    assert (sources.shape, sources.dtype) == ((2, 3, 3, 8, 8), torch.float32)
    assert (sources[0, 0] * 255).round().byte().permute(1, 2, 0).numpy().tolist() == found.image(found.lines(1, 1, "any")[0][0]).tolist()
