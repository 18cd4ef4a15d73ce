"""What can only be checked with the data at hand."""

from dataclasses import replace

import pytest

from augbench.matrix import check, look, minority
from augbench.values.data import Probe
from augbench.values.errors import ConfigError, EmptyClass
from augbench.values.settings import Below


def _probe(**counts):
    return Probe(
        classes=tuple(counts), counts={"train": tuple(counts.values()), "test": (1,) * len(counts)}, channels=3, size=(8, 8), digest="0"
    )


def _problems(matrix, **probes):
    with pytest.raises(ConfigError) as refused:
        check(matrix, probes)
    return refused.value.problems


def test_minority_is_what_is_below_a_share_of_the_largest_class(load, small):
    (column,) = load(small).columns
    assert column.minority == Below(share=0.2)
    assert minority(column, _probe(big=100, edge=20, rare=19, none=0)) == ("rare", "none")


def test_named_minorities_are_taken_as_they_are(load, small):
    (column,) = load(small.replace('use = "bbbc048"', 'use = "bbbc048"\nminority = ["rare"]')).columns
    assert minority(column, _probe(big=100, rare=1)) == ("rare",)


def test_a_minority_class_that_does_not_exist_is_told_at_its_item(load, small):
    matrix = load(small.replace('use = "bbbc048"', 'use = "bbbc048"\nminority = ["rare", "ohter"]'))
    check(matrix, {"cells": _probe(big=9, rare=1, ohter=1)})
    (problem,) = _problems(matrix, cells=_probe(big=9, rare=1, other=1))
    assert (problem.message, problem.hint) == ("data set 'cells' has no class 'ohter'", "did you mean 'other'?")
    assert problem.where.source[problem.where.column - 1 :] == '"ohter"]'


def test_a_share_that_no_class_is_below_is_told(load, small):
    (problem,) = _problems(load(small), cells=_probe(a=10, b=9))
    assert problem.message == "no class of data set 'cells' is below 0.2 of the largest class"
    assert problem.hint == (
        'the smallest has 9 images, the largest 10: set datasets.cells.minority, such as ["b"], or { below = SHARE } with a higher share'
    )


def test_classes_of_a_row_need_to_exist_in_one_column_at_least(load, small):
    text = small.replace("[rows]", "[datasets.more]\nuse = 'bbbc048'\nper-class.rare.batch.n = 2\n[rows]")
    matrix = load(
        f"{text}other = {{ per-class = {{ scarce.batch.n = 2, '*'.batch.n = 1, none.batch.n = 2 }}, on.more.per-class.rar.batch.n = 2 }}\n"
    )
    first, second = _problems(matrix, cells=_probe(big=9, scarce=1), more=_probe(big=9, rar=1))
    assert [first.message, second.message] == ["data set 'more' has no class 'rare'", "no data set has a class 'none'"]
    assert first.hint == "did you mean 'rar'?"


def test_a_column_that_could_not_be_probed_is_passed_over(load, small):
    check(load(small + "other = { per-class.rare.batch.n = 2 }\n"), {})


def test_all_problems_with_the_data_come_at_once(load, small):
    matrix = load(small + "other = { per-class.rare.batch.n = 2 }\n")
    assert len(_problems(matrix, cells=_probe(a=1, b=1))) == 2


def test_the_best_weights_need_validation_images(load, small):
    matrix = load(f'{small}other = {{ training.select = "best" }}\n')
    probe = _probe(big=10, rare=1)
    (problem,) = _problems(matrix, cells=probe)
    assert problem.message == "training.select = 'best' needs validation images, and data set 'cells' has none (1 row: other)"
    assert problem.hint == "add a validation split, set datasets.cells.folds, or set training.select = 'last'"
    assert problem.where.source.startswith("[datasets.cells]")
    check(matrix, {"cells": replace(probe, counts={**probe.counts, "validation": (1, 0)})})


def test_each_class_with_fewer_images_than_folds_is_told_validation_counted_in(load, small):
    matrix = load(small.replace('use = "bbbc048"', 'use = "bbbc048"\nfolds = 3'))
    probe = replace(_probe(big=50, rare=2, rarest=1), counts={"train": (50, 2, 1), "validation": (0, 1, 0), "test": (1, 1, 1)})
    (problem,) = _problems(matrix, cells=probe)
    assert problem.message == (
        "class 'rarest' of data set 'cells' has 1 training and validation image, fewer than folds = 3; leave folds out, or add some"
    )


def test_folds_keep_groups_whole_so_groups_are_counted(load, small):
    matrix = load(small.replace('use = "bbbc048"', 'use = "bbbc048"\nfolds = 3'))
    (problem,) = _problems(matrix, cells=replace(_probe(big=50, rare=9), groups=(20, 2)))
    assert problem.message.startswith("class 'rare' of data set 'cells' has 2 training groups, fewer than folds = 3")


def test_images_of_many_sizes_need_a_resize(load, small):
    (problem,) = _problems(load(small), cells=replace(_probe(big=50, rare=2), size=None))
    assert problem.message == "the images of data set 'cells' differ in size"
    assert problem.hint == 'set datasets.cells.resize, such as { use = "bilinear", size = 64 }'
    assert problem.where.source.startswith("[datasets.cells]")


def test_images_smaller_than_what_is_cut_out_of_them_are_told_before_anything_runs(load, small):
    matrix = load(small.replace('use = "bbbc048"', 'use = "bbbc048"\nresize = { use = "augbench_datasets.resize:CentreCrop", size = 64 }'))
    (problem,) = _problems(matrix, cells=replace(_probe(big=50, rare=2), size=(48, 70)))
    assert problem.message.startswith("every image of data set 'cells' has 48 x 70 pixels, less than the 64 x 64 to be cut out; lower")
    assert problem.where.source.startswith("[datasets.cells]")
    check(matrix, {"cells": replace(_probe(big=50, rare=2), size=(64, 70))})


def test_every_data_set_that_cannot_be_used_is_told_where_it_is_named(load, small, monkeypatch):
    matrix = load(small.replace("[rows]", "[datasets.more]\nuse = 'bbbc048'\n[rows]"))

    def refuse(dataset):
        raise EmptyClass("rare", "train", "folder")

    monkeypatch.setattr(type(matrix.columns[0].dataset), "probe", refuse)
    with pytest.raises(ConfigError) as refused:
        look(matrix)
    said = [(problem.where.source, problem.message.partition(" has ")[0]) for problem in refused.value.problems]
    assert said == [("[datasets.cells]", "data set 'cells': class 'rare'"), ("[datasets.more]", "data set 'more': class 'rare'")]
