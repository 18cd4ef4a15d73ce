"""What can only be checked with the data at hand."""

import pytest

from augbench.matrix import check, minority
from augbench.values.data import Probe
from augbench.values.errors import ConfigError
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
    assert problem.hint == "the smallest has 9 images, the largest 10: name the minority classes or raise the share"


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
