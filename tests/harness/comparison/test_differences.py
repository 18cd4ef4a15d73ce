"""Two runs are compared field by field, and row by row."""

from __future__ import annotations

import json
from dataclasses import asdict, replace

import pytest

from augbench.comparison.differences import differences, setting_differences
from augbench.values.errors import UnknownComponent
from augbench.values.results import Results, TrialStage


@pytest.fixture
def run(make_trial, make_results):
    """Return a maker of runs of two rows; ``wrong`` images of the second by seed, and settings by row."""

    def made(wrong: dict[int, int], settings: dict[str, dict[str, object]] | None = None, key: str = "k", **more: object) -> Results:
        stages = (TrialStage(kind="train", label="train", key=key),)
        trials = [
            make_trial(row, seed, count if row == "ours" else 3, stages=stages)
            for row in ("control", "ours")
            for seed, count in wrong.items()
        ]
        return make_results(trials, settings={"data": settings or {}}, **more)

    return made


def changed(before: Results, after: Results) -> list[tuple]:
    return [(one.path, one.before, one.after, [row for row, _ in one.cells]) for one in differences(before, after).settings]


def test_equal_runs_differ_in_nothing(run):
    found = differences(run({0: 1}, {"ours": {"lr": 0.1}}), run({0: 1}, {"ours": {"lr": 0.1}}))
    assert (found.settings, found.recoded, found.data, found.report, found.provenance) == ((), (), (), (), ())
    assert (found.only_before, found.only_after) == ((), ())
    assert [(one.row, one.difference) for one in found.scores] == [("control", 0.0), ("ours", 0.0)]


def test_a_field_is_told_once_for_all_cells_where_it_has_the_same_values(run):
    before = run({0: 1}, {"control": {"training.lr": 0.1, "batch.size": 8}, "ours": {"training.lr": 0.1, "batch.size": 8}})
    after = run({0: 1}, {"control": {"training.lr": 0.2, "batch.size": 8}, "ours": {"training.lr": 0.2, "batch.size": 9}})
    assert changed(before, after) == [("batch.size", 8, 9, ["ours"]), ("training.lr", 0.1, 0.2, ["control", "ours"])]


def test_parameters_of_a_component_that_was_swapped_are_told_only_where_both_have_them():
    before = {"generator": "wgan", "generator.clip": 0.01, "generator.width": 16, "fit.lr": 0.1}
    after = {"generator": "gan", "generator.width": 32, "fit.lr": 0.1}
    assert setting_differences(before, after) == {"generator": ("wgan", "gan"), "generator.width": (16, 32)}
    assert setting_differences({"augment.a": "mixup", "augment.a.low": 0.1}, {}) == {"augment.a": ("mixup", None)}
    assert setting_differences({"mix.a": 1.0}, {"mix.b": 1.0}) == {"mix.a": (1.0, None), "mix.b": (None, 1.0)}


def test_numbers_are_equal_whatever_their_type_and_truth_is_no_number():
    assert setting_differences({"a": 1, "b": None}, {"a": 1.0}) == {}
    assert setting_differences({"a": 1}, {"a": True}) == {"a": (1, True)}


def test_rows_data_sets_and_cells_of_one_run_alone_are_named(run, make_trial, make_results):
    before = run({0: 1})
    other = make_results([make_trial("control", 0, 1), replace(make_trial("fresh", 0, 1, trial="more/fresh/s0"), column="more")])
    other = replace(other, columns=(*other.columns, replace(other.columns[0], name="more")))
    found = differences(before, other)
    assert (found.only_before, found.only_after) == (("row ours",), ("row fresh", "data set more"))
    assert [one.row for one in found.scores] == ["control"]
    fewer = replace(before, trials=(*before.trials[:1], replace(before.trials[1], trial="more/ours/s0", column="more")))
    assert "data/ours" in differences(before, replace(fewer, columns=other.columns)).only_before


def test_data_report_and_versions_are_compared_too(run):
    before, after = (
        run({0: 1}, provenance={"torch": "2.4", "command": "bench run"}),
        run({0: 1}, provenance={"torch": "2.5", "command": "x"}),
    )
    after = replace(after, columns=(replace(after.columns[0], digest="e" * 64, folds=5),), report=replace(after.report, alpha=0.01))
    found = differences(before, after)
    assert [(one.path, one.before, one.after) for one in found.provenance] == [("torch", "2.4", "2.5")]
    assert [one.path for one in found.data] == ["data.digest", "data.folds"]
    assert [(one.path, one.after) for one in found.report] == [("alpha", 0.01)]


def test_the_difference_is_that_of_common_seeds(run):
    found = differences(run({0: 0, 1: 6}), run({1: 3, 2: 12}))
    ours = next(one for one in found.scores if one.row == "ours")
    paired = next(one for one in differences(run({1: 6}), run({1: 3})).scores if one.row == "ours")
    assert (ours.seeds, ours.common, found.seeds) == ((2, 2), 1, ((0, 1), (1, 2)))
    assert ours.difference == paired.difference == pytest.approx(paired.after - paired.before)
    assert ours.difference > 0 > ours.after - ours.before


def test_without_common_seeds_the_means_are_subtracted(run):
    (_, ours) = differences(run({0: 6}), run({1: 3})).scores
    assert ours.common == 0
    assert ours.difference == pytest.approx(ours.after - ours.before)


def test_a_row_that_has_not_run_has_no_number(run):
    before = run({0: 1})
    pending = replace(before, trials=tuple(replace(trial, status="pending", test=None) for trial in before.trials))
    (_, ours) = differences(before, pending).scores
    assert (ours.after, ours.difference, ours.seeds) == (None, None, (1, 0))


def test_other_code_shows_in_the_keys(run):
    before, after = run({0: 1}, {"ours": {"lr": 1}}), run({0: 1}, {"ours": {"lr": 2}}, key="other")
    assert differences(before, after).recoded == (("control", "data"),)
    moved = replace(after, columns=(replace(after.columns[0], digest="e" * 64),))
    assert differences(before, moved).recoded == ()


def test_the_whole_can_be_written_as_json(run):
    found = asdict(differences(run({0: 1}, {"ours": {"lr": 1}}), run({1: 1}, {"ours": {"lr": 2}})))
    assert json.loads(json.dumps(found))["settings"] == [{"path": "lr", "before": 1, "after": 2, "cells": [["ours", "data"]]}]


def test_an_unknown_metric_is_refused(run):
    before = run({0: 1})
    with pytest.raises(UnknownComponent, match="no metric called 'f2'"):
        differences(replace(before, report=replace(before.report, primary="f2")), before)
