"""Turn the results of a run, finished or not, into the typed comparison."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from augbench.comparison import metrics
from augbench.comparison.claims import claim, summary
from augbench.comparison.costs import budget
from augbench.comparison.failures import class_of, failures
from augbench.comparison.flags import column_flags
from augbench.comparison.generators import compared, generator_flags, unfair_reason
from augbench.comparison.pairing import adjusted, difference, pairs, unpaired, verdict
from augbench.comparison.protocol import as_published
from augbench.comparison.scoring import Scored, class_scores, mean_curves, score, scored, unusable
from augbench.values.comparing import (
    Absent,
    AsPublished,
    ClassFacts,
    ColumnComparison,
    Comparison,
    Difference,
    Flag,
    RowComparison,
    Verdict,
)
from augbench.values.errors import Diverged, UnknownComponent
from augbench.values.results import ColumnFacts, Results, TrialResult
from augbench.values.settings import Row

PROTOCOL = "rana-2022"


def compare(results: Results) -> Comparison:
    """Compare every row with the control on every data set; raise ``UnknownComponent`` for a metric that does not exist."""
    wanted = tuple(dict.fromkeys((*results.report.metrics, results.report.primary)))
    for name in wanted:
        if name not in metrics.METRICS:
            raise UnknownComponent("metric", name, tuple(metrics.METRICS))
    labels = {row.name: row.label for row in results.rows}
    # A row without a trial, planned or not, was left out of the run.
    rows = {trial.row for trial in results.trials}
    return Comparison(
        title=results.title,
        summary=summary(len(rows), len(results.columns), len(results.seeds), results.trials),
        control=labels.get(results.report.control, results.report.control),
        primary=results.report.primary,
        metrics=wanted,
        alpha=results.report.alpha,
        seeds=results.seeds,
        columns=tuple(_column(results, facts, wanted) for facts in results.columns),
        failures=failures(results),
        flags=_flags(results, rows, labels.get(results.report.control, results.report.control)),
        published=results.report.published,
        matrix=results.matrix,
        provenance=dict(results.provenance),
    )


def _flags(results: Results, rows: Collection[str], control: str) -> tuple[Flag, ...]:
    flags = []
    if not any(trial.status == "done" for trial in results.trials):
        flags.append(Flag(code="EMPTY", sentence="No trial is done: there is nothing to compare."))
    if results.report.control not in rows:
        sentence = f"The control, {control}, is not a row of this run: no difference can be measured."
        flags.append(Flag(code="NO_CONTROL", sentence=sentence))
    return tuple(flags)


@dataclass(frozen=True, kw_only=True)
class _Judged:
    """A row against the control, before the correction for many comparisons."""

    difference: Difference | None = None
    as_published: AsPublished | None = None
    refused: str = ""
    settled: bool = True
    """Whether more trials cannot change a refusal: then it leaves the family."""
    unpaired: str = ""


def _column(results: Results, facts: ColumnFacts, wanted: Sequence[str]) -> ColumnComparison:
    trials = [trial for trial in results.trials if trial.column == facts.name]
    present = {trial.row for trial in trials}
    shown = [row for row in results.rows if row.name in present]
    problems = {trial.trial: unusable(trial, len(facts.classes)) for trial in trials if trial.status == "done"}
    done = {row.name: [scored(trial) for trial in trials if trial.row == row.name and problems.get(trial.trial) == ""] for row in shown}
    absent = _absent(shown, trials, problems)
    judged = {row.name: _judge(results, row, trials, done, absent) for row in shown if row.name != results.report.control}
    family = sum(not (each.refused and each.settled) for each in judged.values())
    rows = tuple(_row(results, facts, row, trials, done[row.name], wanted) for row in shown)
    rows = _with_verdicts(rows, judged, results.report.alpha, family)
    classes = _classes(facts, done)
    said = claim(rows, results.report, len(results.seeds), family)
    first = next((each for row in shown for each in done[row.name]), None)
    resolution = metrics.resolution(first.matrix) if first else None
    generators = compared(results, trials, facts.classes)
    torn = next((each.unpaired for each in judged.values() if each.unpaired), "")
    return ColumnComparison(
        name=facts.name,
        label=facts.label,
        folds=facts.folds,
        classes=classes,
        claim=said,
        rows=rows,
        generators=generators,
        absent=absent,
        flags=(
            *generator_flags(results, generators, trials),
            *column_flags(facts, said, classes, rows, done, absent, results.scopes, torn, resolution),
        ),
        resolution=resolution,
        digest=facts.digest,
        licence=facts.licence,
        source=facts.source,
    )


def _absent(rows: Sequence[Row], trials: Sequence[TrialResult], problems: Mapping[str, str]) -> tuple[Absent, ...]:
    labels = {row.name: row.label for row in rows}
    return tuple(
        Absent(
            trial=trial.trial,
            row=labels.get(trial.row, trial.row),
            seed=trial.seed,
            fold=trial.fold,
            status="failed" if trial.status == "done" else trial.status,
            reason=problems.get(trial.trial) or trial.reason or "it has not run yet",
            failure_class=class_of(trial),
            error=trial.failure,
            stage=trial.failed_stage,
        )
        for trial in trials
        if trial.status != "done" or problems[trial.trial]
    )


def _row(
    results: Results, facts: ColumnFacts, row: Row, trials: Sequence[TrialResult], done: Sequence[Scored], wanted: Sequence[str]
) -> RowComparison:
    own = [trial for trial in trials if trial.row == row.name]
    return RowComparison(
        name=row.name,
        label=row.label,
        is_control=row.name == results.report.control,
        done=len(done),
        expected=len(own),
        scores={name: score(name, metrics.METRICS[name], done) for name in wanted},
        classes=class_scores(facts.classes, done),
        budget=budget([each.trial for each in done]),
        curves=mean_curves(done),
        unfair=_unfair(results, own),
    )


def _unfair(results: Results, trials: Sequence[TrialResult]) -> str:
    """Say which part diverged, so that what is left of the row is a choice made by the outcome, or which generator is too poor."""
    for trial in trials:
        if trial.failure == Diverged.__name__:
            return f"not fairly tested: in {trial.trial}, {trial.reason}"
    weak = unfair_reason(results, trials)
    return f"not fairly tested: {weak}" if weak else ""


def _judge(
    results: Results, row: Row, trials: Sequence[TrialResult], done: Mapping[str, Sequence[Scored]], absent: Sequence[Absent]
) -> _Judged:
    report = results.report
    own, control = done[row.name], done.get(report.control)
    if control is None:
        return _Judged(refused="the control is not a row of this run")
    mine = [trial for trial in trials if trial.row == row.name]
    if not own:
        return _Judged(refused=_nothing_done(mine, absent), settled=all(trial.status != "pending" for trial in mine))
    if not control:
        return _Judged(refused="no trial of the control is done", settled=False)
    matched = pairs(own, control)
    if not matched:
        return _Judged(refused="no finished seed in common with the control", settled=False)
    if torn := unpaired(matched):
        return _Judged(refused=f"not tested on the same images as the control ({torn})", unpaired=torn)
    found = difference(report.primary, matched)
    published = as_published(own, control, report.alpha) if report.protocol == PROTOCOL else None
    theirs = _unfair(results, [trial for trial in trials if trial.row == report.control])
    if (reason := _unfair(results, mine) or (theirs and f"the control is {theirs}")) and found:
        return _Judged(difference=replace(found, sign_flip=None, signed_rank=None), as_published=published, refused=reason)
    return _Judged(difference=found, as_published=published)


def _nothing_done(mine: Sequence[TrialResult], absent: Sequence[Absent]) -> str:
    names = {trial.trial for trial in mine}
    reason = next(each.reason for each in absent if each.trial in names)
    return f"no trial is done: {reason}"


def _with_verdicts(rows: Sequence[RowComparison], judged: Mapping[str, _Judged], alpha: float, family: int) -> tuple[RowComparison, ...]:
    others = [row for row in rows if row.name in judged]
    corrected = adjusted([judged[row.name].difference for row in others], family)
    differences = dict(zip((row.name for row in others), corrected, strict=True))
    finished = []
    for row in rows:
        if row.name not in judged:
            finished.append(row)
            continue
        each, found = judged[row.name], differences[row.name]
        word = Verdict(word="refused", reason=each.refused) if each.refused or not found else verdict(found, alpha, max(1, family))
        finished.append(replace(row, difference=found, verdict=word, as_published=each.as_published))
    return tuple(finished)


def _classes(facts: ColumnFacts, done: Mapping[str, Sequence[Scored]]) -> tuple[ClassFacts, ...]:
    first = next((each for found in done.values() for each in found), None)
    listed = facts.counts.get("test")
    tested = first.matrix.sum(axis=1).tolist() if first else listed
    return tuple(
        ClassFacts(
            name=name,
            minority=name in facts.minority,
            counts={split: counts[index] for split, counts in facts.counts.items()},
            test=int(tested[index]) if tested is not None else None,
        )
        for index, name in enumerate(facts.classes)
    )
