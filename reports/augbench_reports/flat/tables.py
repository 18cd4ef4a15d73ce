"""All flat tables of a comparison, and the one that holds every result."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from augbench import Comparison
from augbench_reports.flat import designs, evidence, models, others, scores
from augbench_reports.flat.table import FlatTable, table


class Result(NamedTuple):
    """One metric of one seed, or of one class of it; a trial without result has no metric, and a reason."""

    dataset: str
    row: str
    label: str
    seed: int
    fold: int | None
    """None where the value is the mean over the finished folds of the seed, or where there are none."""
    metric: str | None
    class_name: str | None
    value: float | None
    status: str
    reason: str | None


def tables(comparison: Comparison) -> dict[str, FlatTable]:
    """Return every table by name; one without lines has its columns all the same."""
    return {
        "scores": table(scores.Scored, scores.scores(comparison)),
        "summary": table(scores.Summary, scores.summaries(comparison)),
        "comparisons": table(evidence.Compared, evidence.comparisons(comparison)),
        "differences": table(evidence.Paired, evidence.paired(comparison)),
        "intervals": table(evidence.Bounds, evidence.intervals(comparison)),
        "tests": table(evidence.Test, evidence.tests(comparison)),
        "as_published": table(evidence.Published, evidence.published(comparison)),
        "classes": table(scores.ByClass, scores.classes(comparison)),
        "confusion": table(models.Confused, models.confusions(comparison)),
        "calibration": table(models.Calibrated, models.calibrations(comparison)),
        "calibration_bins": table(models.Bin, models.bins(comparison)),
        "variance": table(models.Variance, models.variances(comparison)),
        "benefits": table(models.Benefit, models.benefits(comparison)),
        "costs": table(scores.Cost, scores.costs(comparison)),
        "training": table(scores.Trained, scores.trained(comparison)),
        "generators": table(others.Judged, others.generators(comparison)),
        "factors": table(designs.Effect, designs.factors(comparison)),
        "interactions": table(designs.Crossed, designs.interactions(comparison)),
        "noise": table(designs.Noise, designs.noise(comparison)),
        "designs": table(designs.Designed, designs.designs(comparison)),
        "flags": table(designs.Flagged, designs.flags(comparison)),
        "across": table(designs.Everywhere, designs.across(comparison)),
        "across_rows": table(designs.Ranking, designs.rankings(comparison)),
        "across_apart": table(designs.Apart, designs.apart(comparison)),
        "absent": table(others.Missing, others.absent(comparison)),
        "failures": table(others.Shared, others.failures(comparison)),
        "quoted": table(others.Quoted, others.quoted(comparison)),
    }


def results(comparison: Comparison) -> FlatTable:
    """Return every score of every seed, overall and by class, and every trial without result."""
    return table(Result, (*_overall(comparison), *_by_class(comparison), *_absent(comparison)))


def _overall(comparison: Comparison) -> Iterator[Result]:
    for each in scores.scores(comparison):
        yield Result(each.dataset, each.row, each.label, each.seed, None, each.metric, None, each.value, "done", None)


def _by_class(comparison: Comparison) -> Iterator[Result]:
    for each in scores.classes(comparison):
        for name, value in (("f1", each.f1), ("precision", each.precision), ("recall", each.recall)):
            yield Result(each.dataset, each.row, each.label, each.seed, None, name, each.class_name, value, "done", None)


def _absent(comparison: Comparison) -> Iterator[Result]:
    for column in comparison.columns:
        names = {row.label: row.name for row in column.rows}
        for each in column.absent:
            named = (column.name, names.get(each.row, each.row), each.row, each.seed, each.fold)
            yield Result(*named, None, None, None, each.status, each.reason)
