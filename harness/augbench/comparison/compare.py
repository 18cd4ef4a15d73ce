"""Turn the results of a run, finished or not, into the typed comparison."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from augbench.comparison.across import RowMeans, across
from augbench.comparison.claims import summary
from augbench.comparison.column import column
from augbench.comparison.failures import failures
from augbench.comparison.gathered import Declared
from augbench.comparison.measures import metrics_of, test_of
from augbench.registry.collect import Registry
from augbench.registry.discovery import discover
from augbench.values import numbers
from augbench.values.comparing import ColumnComparison, Comparison, Flag
from augbench.values.evidence import Across
from augbench.values.results import AnalysisNote, Results


def compare(results: Results, registry: Registry | None = None) -> Comparison:
    """Compare every row with the control on every data set, by metrics and a test of ``registry``, or of what is installed.

    Raise ``UnknownComponent`` for a metric or test that does not exist, ``BrokenMeasure`` for one that fails.
    """
    import numpy as np  # noqa: F401 - only what is loaded can be limited
    from threadpoolctl import threadpool_limits

    # Thousands of small products: threads that wait for each other take twice as long, and may sum in another order.
    with threadpool_limits(1):
        return _compared(results, registry or discover())


def _compared(results: Results, registry: Registry) -> Comparison:
    report = results.report
    declared = Declared(
        metrics=metrics_of(dict.fromkeys((*report.metrics, report.primary)), registry),
        test=test_of(report.test, registry),
        results=results,
    )
    labels = {row.name: row.label for row in results.rows}
    # A row without a trial, planned or not, was left out of the run.
    rows = {trial.row for trial in results.trials}
    control = labels.get(report.control, report.control)
    columns = tuple(column(declared, facts) for facts in results.columns)
    return Comparison(
        title=results.title,
        summary=summary(len(rows), len(results.columns), len(results.seeds), results.trials),
        control=control,
        primary=report.primary,
        metrics=tuple(declared.metrics),
        higher_is_better={name: metric.higher_is_better for name, metric in declared.metrics.items()},
        alpha=report.alpha,
        rope=report.rope,
        seeds=results.seeds,
        columns=columns,
        across=_across(declared, columns) if len(columns) > 1 else None,
        failures=failures(results),
        flags=_flags(results, rows, control),
        published=report.published,
        matrix=results.matrix,
        provenance=dict(results.provenance),
        components=results.components,
    )


def _across(declared: Declared, columns: Sequence[ColumnComparison]) -> Across:
    """Rank rows over data sets by their means."""
    report = declared.results.report
    labels = [each.label for each in columns]
    names = labels if len(set(labels)) == len(labels) else [each.name for each in columns]
    # What is not fairly tested, or on other images than the control, has no result on a data set.
    means = {
        (row.name, name): None if row.unfair or (row.verdict and row.verdict.word == "refused") else row.scores[report.primary].mean
        for each, name in zip(columns, names, strict=True)
        for row in each.rows
    }
    rows = [
        RowMeans(label=row.label, is_control=row.name == report.control, means={name: means.get((row.name, name)) for name in names})
        for row in declared.results.rows
        if any((row.name, name) in means for name in names)
    ]
    return across(names, rows, report.alpha, declared.metrics[report.primary].higher_is_better)


def _flags(results: Results, rows: Collection[str], control: str) -> tuple[Flag, ...]:
    flags = []
    if not any(trial.status == "done" for trial in results.trials):
        flags.append(Flag(code="EMPTY", sentence="No trial is done: there is nothing to compare."))
    if results.report.control not in rows:
        sentence = f"The control, {control}, is not a row of this run: no difference can be measured."
        flags.append(Flag(code="NO_CONTROL", sentence=sentence, grave=True))
    return (*flags, *(_changed(note) for note in results.analysis if note.what))


def _changed(note: AnalysisNote) -> Flag:
    """Tell of a change that was made when results could be seen."""
    sentence = f"The analysis was changed after {note.done} of {numbers.many(note.of, 'trial')} were done ({note.when}): {note.what}."
    return Flag(code="ANALYSIS_CHANGED", sentence=sentence, grave=True)
