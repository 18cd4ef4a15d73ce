"""All rows on one data set, as a report shows them."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from augbench.comparison import delta, metrics, noise
from augbench.comparison.against import PROTOCOL, Against, against_control
from augbench.comparison.calibration import calibration
from augbench.comparison.claims import claim
from augbench.comparison.confusions import confusion
from augbench.comparison.costs import benefits, budget
from augbench.comparison.factors import Effectful, effects_of
from augbench.comparison.flags import column_flags
from augbench.comparison.gathered import LEVEL, Declared, Gathered
from augbench.comparison.generators import compared, generator_flags
from augbench.comparison.scoring import class_scores, mean_curves, score
from augbench.values.comparing import ClassFacts, ColumnComparison, RowComparison, Score
from augbench.values.evidence import NoiseFloor
from augbench.values.results import ColumnFacts
from augbench.values.settings import Row


def column(declared: Declared, facts: ColumnFacts) -> ColumnComparison:
    """Compare every row with the control on one data set."""
    data = Gathered.of(declared, facts)
    against = against_control(data)
    rows, classes = _rows(data, against), _classes(data)
    said = claim(rows, against.rules, len(declared.results.seeds), against.family)
    trials = [trial for row in data.rows for trial in data.trials[row.name]]
    generators = compared(declared.results, trials, facts.classes)
    factors, interactions = effects_of(_effectful(data, against, rows), data.control, LEVEL)
    resolution = metrics.resolution(data.first.matrix) if data.first else None
    return ColumnComparison(
        name=facts.name,
        label=facts.label,
        folds=facts.folds,
        classes=classes,
        design=against.rules.design,
        claim=said,
        rows=rows,
        generators=generators,
        absent=data.absent,
        flags=(
            *generator_flags(declared.results, generators, trials),
            *column_flags(data, against, said, classes, rows, resolution),
        ),
        resolution=resolution,
        noise=_noise(data, against),
        factors=factors,
        interactions=interactions,
        resampling=data.resampled.about,
        digest=facts.digest,
        licence=facts.licence,
        source=facts.source,
        images=facts.images,
        notes=facts.notes,
    )


def _rows(data: Gathered, against: Against) -> tuple[RowComparison, ...]:
    rows = tuple(_with_verdict(_row(data, row), against) for row in data.rows)
    gains = benefits(rows, against.rules.metric.higher_is_better)
    return tuple(replace(row, benefit=gains.get(row.name)) for row in rows)


def _row(data: Gathered, row: Row) -> RowComparison:
    primary, done = data.declared.report.primary, data.done[row.name]
    is_control = row.name == data.control
    return RowComparison(
        name=row.name,
        label=row.label,
        is_control=is_control,
        done=len(done),
        expected=len(data.trials[row.name]),
        scores={name: _score(data, row.name, name) for name in data.declared.metrics},
        classes=class_scores(data.facts.classes, done),
        budget=budget([each.trial for each in done]),
        curves=mean_curves(done),
        confusion=confusion(data.facts.classes, done, () if is_control else data.done.get(data.control, ())),
        calibration=calibration([each.test for each in done]) if done else None,
        variance=noise.variance_split(done, data.declared.measure(primary), data.resampled.variance(primary, done)),
        reproduce=_reproduce(data, row.name),
        unfair=data.unfair[row.name],
    )


def _score(data: Gathered, row: str, metric: str) -> Score:
    done = data.done[row]
    found = score(metric, data.declared.measure(metric), done)
    error = delta.of_row(done) if metric == "macro-f1" else None
    return replace(found, interval=data.resampled.interval(metric, done, found.mean), error=error)


def _reproduce(data: Gathered, row: str) -> str:
    folder, done = data.declared.results.provenance.get("run folder", ""), data.done[row]
    return shlex.join(("bench", "reproduce", folder, done[0].trial.trial)) if done and folder else ""


def _with_verdict(row: RowComparison, against: Against) -> RowComparison:
    if row.name not in against.paired:
        return row
    return replace(
        row,
        difference=against.differences[row.name],
        verdict=against.verdict(row.name),
        as_published=against.paired[row.name].as_published,
    )


def _classes(data: Gathered) -> tuple[ClassFacts, ...]:
    facts = data.facts
    tested = data.first.matrix.sum(axis=1).tolist() if data.first else facts.counts.get("test")
    return tuple(
        ClassFacts(
            name=name,
            minority=name in facts.minority,
            counts={split: counts[index] for split, counts in facts.counts.items()},
            test=int(tested[index]) if tested is not None else None,
        )
        for index, name in enumerate(facts.classes)
    )


def _effectful(data: Gathered, against: Against, rows: Sequence[RowComparison]) -> list[Effectful]:
    settings, primary = data.declared.results.settings.get(data.facts.name, {}), data.declared.report.primary
    return [
        Effectful(name=row.name, label=row.label, settings=settings[row.name], seeds=_whole_seeds(data, row, primary))
        for row in rows
        if row.name in settings and not row.unfair and not against.elsewhere(row.name)
    ]


def _whole_seeds(data: Gathered, row: RowComparison, metric: str) -> dict[int, float]:
    """Return the scores of seeds whose folds are all done: rows are set against each other seed by seed."""
    planned = Counter(trial.seed for trial in data.trials[row.name])
    done = Counter(each.trial.seed for each in data.done[row.name])
    return {seed: value for seed, value in row.scores[metric].seeds if done[seed] == planned[seed]}


def _noise(data: Gathered, against: Against) -> NoiseFloor | None:
    report = data.declared.report
    rows = [(row.label, data.done[row.name]) for row in data.rows]
    return noise.noise_floor(rows, against.rules.measure, report.alpha, published=report.protocol == PROTOCOL)
