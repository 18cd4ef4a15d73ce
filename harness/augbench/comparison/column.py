"""All rows on one data set: scored, paired with the control, tested, judged."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from augbench.comparison import delta, measures, metrics, noise
from augbench.comparison.calibration import calibration
from augbench.comparison.claims import claim
from augbench.comparison.confusions import confusion
from augbench.comparison.costs import benefits, budget
from augbench.comparison.design import recognised, share_generator
from augbench.comparison.factors import Effectful, effects_of
from augbench.comparison.failures import class_of
from augbench.comparison.flags import Found, column_flags
from augbench.comparison.generators import compared, generator_flags, unfair_reason
from augbench.comparison.judging import Rules, corrected, tested, verdict
from augbench.comparison.pairing import difference, pairs, unpaired
from augbench.comparison.protocol import as_published
from augbench.comparison.resampled import Resampled
from augbench.comparison.scoring import Measure, Scored, class_scores, mean_curves, score, scored, unusable
from augbench.values.comparing import Absent, ClassFacts, ColumnComparison, RowComparison, Score
from augbench.values.errors import Diverged
from augbench.values.evidence import AsPublished, Difference, Verdict, VerdictWord
from augbench.values.measuring import Metric, PairedTest
from augbench.values.results import ColumnFacts, Predictions, Results, TrialResult
from augbench.values.settings import Row

PROTOCOL = "rana-2022"
CLAIMS: tuple[VerdictWord, ...] = ("better", "worse", "equivalent")
LEVEL = 0.95
"""Coverage of every interval."""


@dataclass(frozen=True, kw_only=True)
class Declared:
    """What a run is compared by."""

    metrics: Mapping[str, Metric]
    test: PairedTest | None
    results: Results
    _known: dict[tuple[str, int], float] = field(default_factory=dict)

    def measure(self, name: str) -> Measure:
        """Return a metric that scores the same predictions once."""
        return partial(self._measured, name)

    def _measured(self, name: str, predictions: Predictions) -> float:
        # The run holds on to its predictions: no other object takes their place.
        key = (name, id(predictions))
        if key not in self._known:
            self._known[key] = measures.measured(name, self.metrics[name], predictions)
        return self._known[key]


@dataclass(frozen=True, kw_only=True)
class _Judged:
    """A row against the control, before it is tested and corrected for many comparisons."""

    matched: Sequence[tuple[Scored, Scored]] = ()
    difference: Difference | None = None
    as_published: AsPublished | None = None
    refused: str = ""
    settled: bool = True
    """Whether more trials cannot change a refusal: then it leaves the family."""
    unpaired: str = ""
    given: str = ""
    """On what else a claim hangs."""


def column(declared: Declared, facts: ColumnFacts) -> ColumnComparison:
    """Compare every row with the control on one data set."""
    results, report = declared.results, declared.results.report
    trials = [trial for trial in results.trials if trial.column == facts.name]
    present = {trial.row for trial in trials}
    shown = [row for row in results.rows if row.name in present]
    problems = {trial.trial: unusable(trial, len(facts.classes)) for trial in trials if trial.status == "done"}
    done = _done(shown, trials, problems)
    absent = _absent(shown, trials, problems)
    resampled = Resampled.of(
        [each for found in done.values() for each in found], declared.metrics, report.primary, report.replicates, LEVEL
    )
    judged = {row.name: _judge(declared, row, trials, done, absent) for row in shown if row.name != report.control}
    rules = _rules(declared, judged, trials)
    family = sum(not (each.refused and each.settled) for each in judged.values())
    rows = tuple(_row(declared, facts, row, trials, done, resampled) for row in shown)
    rows = _with_verdicts(rows, judged, rules, resampled, family)
    gains = benefits(rows, rules.metric.higher_is_better)
    rows = tuple(replace(row, benefit=gains.get(row.name)) for row in rows)
    classes = _classes(facts, done)
    said = claim(rows, rules, len(results.seeds), family)
    first = next((each for row in shown for each in done[row.name]), None)
    generators = compared(results, trials, facts.classes)
    factors, interactions = effects_of(_effectful(declared, facts, rows), report.control, LEVEL)
    found = Found(
        facts=facts,
        claim=said,
        rules=rules,
        classes=classes,
        rows=rows,
        trials=done,
        absent=absent,
        scopes=results.scopes,
        unpaired=next((each.unpaired for each in judged.values() if each.unpaired), ""),
        resolution=metrics.resolution(first.matrix) if first else None,
    )
    labels = {row.name: row.label for row in shown}
    return ColumnComparison(
        name=facts.name,
        label=facts.label,
        folds=facts.folds,
        classes=classes,
        design=rules.design,
        claim=said,
        rows=rows,
        generators=generators,
        absent=absent,
        flags=(*generator_flags(results, generators, trials), *column_flags(found)),
        resolution=found.resolution,
        noise=noise.noise_floor(
            {labels[name]: each for name, each in done.items()}, rules.measure, report.alpha, report.protocol == PROTOCOL
        ),
        factors=factors,
        interactions=interactions,
        resampling=resampled.about,
        digest=facts.digest,
        licence=facts.licence,
        source=facts.source,
    )


def _done(rows: Sequence[Row], trials: Sequence[TrialResult], problems: Mapping[str, str]) -> dict[str, list[Scored]]:
    """Return the trials of each row that can be scored, by seed and fold: sums do not hang on the order of a run."""
    found: dict[str, list[Scored]] = {row.name: [] for row in rows}
    for trial in sorted(trials, key=lambda trial: (trial.seed, trial.fold or 0)):
        if problems.get(trial.trial) == "":
            found[trial.row].append(scored(trial))
    return found


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
    declared: Declared,
    facts: ColumnFacts,
    row: Row,
    trials: Sequence[TrialResult],
    every: Mapping[str, Sequence[Scored]],
    resampled: Resampled,
) -> RowComparison:
    results, done = declared.results, every[row.name]
    primary = declared.measure(results.report.primary)
    is_control = row.name == results.report.control
    own = [trial for trial in trials if trial.row == row.name]
    return RowComparison(
        name=row.name,
        label=row.label,
        is_control=is_control,
        done=len(done),
        expected=len(own),
        scores={name: _score(name, declared, done, resampled) for name in declared.metrics},
        classes=class_scores(facts.classes, done),
        budget=budget([each.trial for each in done]),
        curves=mean_curves(done),
        confusion=confusion(facts.classes, done, () if is_control else every.get(results.report.control, ())),
        calibration=calibration([each.test for each in done]) if done else None,
        variance=noise.variance_split(done, primary, resampled.variance(results.report.primary, done)),
        reproduce=_reproduce(results, done),
        unfair=_unfair(results, own),
    )


def _score(name: str, declared: Declared, done: Sequence[Scored], resampled: Resampled) -> Score:
    found = score(name, declared.measure(name), done)
    error = delta.of_row(done) if name == "macro-f1" else None
    return replace(found, interval=resampled.interval(name, done, found.mean), error=error)


def _reproduce(results: Results, done: Sequence[Scored]) -> str:
    folder = results.provenance.get("run folder", "")
    return shlex.join(("bench", "reproduce", folder, done[0].trial.trial)) if done and folder else ""


def _unfair(results: Results, trials: Sequence[TrialResult]) -> str:
    """Say which part diverged, so that what is left of the row is a choice made by the outcome, or which generator is too poor."""
    for trial in trials:
        if trial.failure == Diverged.__name__:
            return f"not fairly tested: in {trial.trial}, {trial.reason}"
    weak = unfair_reason(results, trials)
    return f"not fairly tested: {weak}" if weak else ""


def _judge(
    declared: Declared, row: Row, trials: Sequence[TrialResult], done: Mapping[str, Sequence[Scored]], absent: Sequence[Absent]
) -> _Judged:
    results, report = declared.results, declared.results.report
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
    theirs = _unfair(results, [trial for trial in trials if trial.row == report.control])
    return _Judged(
        matched=matched,
        difference=difference(report.primary, declared.measure(report.primary), matched),
        as_published=as_published(own, control, report.alpha) if report.protocol == PROTOCOL else None,
        refused=_unfair(results, mine) or (theirs and f"the control is {theirs}"),
        given=_given(own, control),
    )


def _given(own: Sequence[Scored], control: Sequence[Scored]) -> str:
    whose = [name for name, trials in (("its", own), ("the control's", control)) if share_generator(trials)]
    return f"given the one fitted generator that {' and '.join(whose)} seeds share" if whose else ""


def _nothing_done(mine: Sequence[TrialResult], absent: Sequence[Absent]) -> str:
    names = {trial.trial for trial in mine}
    reason = next(each.reason for each in absent if each.trial in names)
    return f"no trial is done: {reason}"


def _rules(declared: Declared, judged: Mapping[str, _Judged], trials: Sequence[TrialResult]) -> Rules:
    results, report = declared.results, declared.results.report
    """Gather what the data set's comparisons are judged by; a declared test over seeds takes the design's place."""
    scopes = [results.scopes[name] for name in dict.fromkeys(trial.row for trial in trials) if name in results.scopes]
    design = recognised([each.matched for each in judged.values()], len(results.seeds), scopes)
    return Rules(
        primary=report.primary,
        metric=declared.metrics[report.primary],
        measure=declared.measure(report.primary),
        chosen=declared.test,
        name=report.test,
        alpha=report.alpha,
        rope=report.rope,
        level=LEVEL,
        replicates=report.replicates,
        design=replace(design, test=report.test) if declared.test and design.word == "seeds" else design,
    )


def _with_verdicts(
    rows: Sequence[RowComparison], judged: Mapping[str, _Judged], rules: Rules, resampled: Resampled, family: int
) -> tuple[RowComparison, ...]:
    others = [row for row in rows if row.name in judged]
    measured = [_measured(judged[row.name], rules, resampled) for row in others]
    differences = dict(zip((row.name for row in others), corrected(measured, family), strict=True))
    finished = []
    for row in rows:
        if row.name not in judged:
            finished.append(row)
            continue
        each, found = judged[row.name], differences[row.name]
        judgement = Verdict(word="refused", reason=each.refused) if each.refused or not found else verdict(found, rules, max(1, family))
        if each.given and judgement.word in CLAIMS:
            judgement = replace(judgement, reason=f"{judgement.reason}; {each.given}")
        finished.append(replace(row, difference=found, verdict=judgement, as_published=each.as_published))
    return tuple(finished)


def _measured(each: _Judged, rules: Rules, resampled: Resampled) -> Difference | None:
    """Add intervals, and tests unless the comparison is refused."""
    if each.difference is None:
        return None
    found = each.difference if each.refused else tested(each.difference, each.matched, rules)
    over_images, over_both = resampled.differences(each.difference, each.matched)
    return replace(found, over_images=over_images, over_both=over_both)


def _effectful(declared: Declared, facts: ColumnFacts, rows: Sequence[RowComparison]) -> list[Effectful]:
    settings, primary = declared.results.settings.get(facts.name, {}), declared.results.report.primary
    return [
        Effectful(name=row.name, label=row.label, settings=settings[row.name], seeds=dict(row.scores[primary].seeds))
        for row in rows
        if row.name in settings and not row.unfair and row.scores[primary].seeds
    ]


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
