"""A second run is judged by a tolerance: what got worse by more, and what lost its result."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace

import pytest

from augbench import Registry
from augbench.comparison.differences import differences
from augbench.registry.discovery import discover
from augbench.values.measuring import Metric
from augbench.values.results import Results


@dataclass(frozen=True, kw_only=True)
class Errors(Metric):
    """Counts the images that are wrong."""

    higher_is_better = False
    bounds = (0.0, 100.0)

    def measure(self, predictions):
        return float((predictions.predicted != predictions.labels).sum())


@pytest.fixture
def run(make_trial, make_results):
    """Return a maker of runs whose second row is wrong about so many of 32 images, by seed."""

    def made(wrong: dict[int, int], **report: object) -> Results:
        trials = [make_trial(row, seed, count if row == "ours" else 3) for row in ("control", "ours") for seed, count in wrong.items()]
        results = make_results(trials)
        return replace(results, report=replace(results.report, **{"primary": "accuracy", **report}))

    return made


def found(before: Results, after: Results, tolerance: float | None = None, registry: Registry | None = None) -> list[tuple]:
    return [(one.row, one.kind, one.by) for one in differences(before, after, tolerance, registry).regressions]


def test_a_row_that_is_worse_by_more_than_the_tolerance_is_a_regression(run):
    assert found(run({0: 0, 1: 4}), run({0: 4, 1: 8}), 0.1) == [("ours", "worse", pytest.approx(4 / 32))]
    assert found(run({0: 4}), run({0: 0}), 0.0) == []


def test_a_row_that_is_worse_by_just_the_tolerance_is_none(run):
    assert found(run({0: 0}), run({0: 4}), 0.125) == []
    assert found(run({0: 0}), run({0: 4}), 0.1249) != []
    assert found(run({0: 4}), run({0: 4}), 0.0) == []


def test_without_a_tolerance_nothing_is_judged(run):
    assert found(run({0: 0}), run({0: 12})) == []


def test_the_first_run_declares_the_tolerance_and_a_given_one_goes_before_it(run):
    strict, lax = run({0: 0}, tolerance=0.01), run({0: 4}, tolerance=0.9)
    assert (found(strict, lax), differences(strict, lax).tolerance) == ([("ours", "worse", 0.125)], 0.01)
    assert found(strict, lax, 0.5) == []
    assert found(replace(strict, report=lax.report), strict) == []


def test_common_seeds_decide_where_there_are_some(run):
    # The means alone would say that nothing got worse.
    assert found(run({0: 12, 1: 0}), run({1: 4}), 0.1) == [("ours", "worse", 0.125)]
    assert found(run({0: 0}), run({1: 4}), 0.1) == [("ours", "worse", 0.125)]


def test_folds_that_are_not_done_yet_make_no_regression(make_trial, make_results):
    trials = [make_trial("ours", 0, 8 * fold, fold=fold) for fold in (0, 1)]
    before = make_results(trials)
    late = replace(before, trials=(replace(trials[0], status="pending", test=None), trials[1]))
    (moved,) = differences(before, late).scores
    assert moved.before > moved.after
    assert (moved.difference, moved.common) == (0.0, 1)
    assert found(before, late, 0.0) == []


def test_a_row_without_a_result_in_the_second_run_is_lost_however_large_the_tolerance(run):
    before = run({0: 1})
    failed = replace(before, trials=tuple(replace(one, status="failed", test=None) if one.row == "ours" else one for one in before.trials))
    assert found(before, failed, 1.0) == [("ours", "lost", None)]
    assert found(failed, before, 0.0) == []


def test_a_row_that_the_second_run_lacks_is_lost_too(run):
    before = run({0: 1})
    (lost,) = differences(before, replace(before, trials=before.trials[:1]), 0.1).regressions
    assert (lost.row, lost.kind, lost.planned, lost.before) == ("ours", "lost", False, pytest.approx(31 / 32))


def test_of_a_metric_that_counts_errors_more_is_worse(run):
    registry = discover()
    registry.metric("errors", Errors, "Wrong images")
    before, after = (run({0: wrong}, primary="errors") for wrong in (2, 5))
    assert found(before, after, 2.0, registry) == [("ours", "worse", 3.0)]
    assert found(after, before, 0.0, registry) == []


def test_regressions_can_be_written_as_json(run):
    document = json.loads(json.dumps(asdict(differences(run({0: 0}), run({0: 4}), 0.1))))
    assert document["tolerance"] == 0.1
    assert document["regressions"] == [
        {
            "column": "data",
            "row": "ours",
            "kind": "worse",
            "difference": -0.125,
            "by": 0.125,
            "before": 1.0,
            "after": 0.875,
            "common": 1,
            "planned": True,
        }
    ]
