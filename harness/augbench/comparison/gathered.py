"""What a run is compared by, and what it has of one data set."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from augbench.comparison import measures
from augbench.comparison.failures import class_of
from augbench.comparison.generators import unfair_reason
from augbench.comparison.resampled import Resampled
from augbench.comparison.scoring import Measure, Scored, scored, unusable
from augbench.values.comparing import Absent
from augbench.values.errors import Diverged
from augbench.values.measuring import Metric, PairedTest
from augbench.values.results import ColumnFacts, Predictions, Results, TrialResult
from augbench.values.settings import ReportSettings, Row

LEVEL = 0.95
"""Coverage of every interval."""


@dataclass(frozen=True, kw_only=True)
class Declared:
    """What a run is compared by."""

    metrics: Mapping[str, Metric]
    test: PairedTest | None
    """The declared test over seeds; None takes the valid one for the design."""
    results: Results
    _known: dict[tuple[str, int], float] = field(default_factory=dict)

    @property
    def report(self) -> ReportSettings:
        """Return the report's settings."""
        return self.results.report

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
class Gathered:
    """A run's rows and trials on one data set."""

    declared: Declared
    facts: ColumnFacts
    rows: tuple[Row, ...]
    """Those that have a trial, planned or not."""
    trials: Mapping[str, Sequence[TrialResult]]
    """By row."""
    done: Mapping[str, Sequence[Scored]]
    """By row, those that can be scored, by seed and fold: sums do not hang on the order of a run."""
    absent: tuple[Absent, ...]
    unfair: Mapping[str, str]
    """By row: which part diverged, so that what is left is a choice made by the outcome, or which generator is too poor; else empty."""
    resampled: Resampled

    @classmethod
    def of(cls, declared: Declared, facts: ColumnFacts) -> Gathered:
        """Gather a data set's part of a run, and resample its test images."""
        results = declared.results
        every = [trial for trial in results.trials if trial.column == facts.name]
        trials, done = defaultdict[str, list[TrialResult]](list), defaultdict[str, list[Scored]](list)
        for trial in every:
            trials[trial.row].append(trial)
        rows = tuple(row for row in results.rows if row.name in trials)
        problems = {trial.trial: unusable(trial, len(facts.classes)) for trial in every if trial.status == "done"}
        ordered = sorted((trial for trial in every if problems.get(trial.trial) == ""), key=lambda trial: (trial.seed, trial.fold or 0))
        found = [scored(trial) for trial in ordered]
        for each in found:
            done[each.trial.row].append(each)
        return cls(
            declared=declared,
            facts=facts,
            rows=rows,
            trials={row.name: trials[row.name] for row in rows},
            done={row.name: done[row.name] for row in rows},
            absent=_absent({row.name: row.label for row in rows}, every, problems),
            unfair={row.name: _unfair(results, trials[row.name]) for row in rows},
            resampled=Resampled.of(found, declared.metrics, declared.report.primary, declared.report.replicates, LEVEL),
        )

    @property
    def control(self) -> str:
        """Return the control's name, whether it is a row here or not."""
        return self.declared.report.control

    @property
    def others(self) -> tuple[Row, ...]:
        """Return the rows beside the control."""
        return tuple(row for row in self.rows if row.name != self.control)

    @property
    def first(self) -> Scored | None:
        """Return a trial whose test images stand for all: the first row's first."""
        return next((each for row in self.rows for each in self.done[row.name]), None)


def _unfair(results: Results, trials: Sequence[TrialResult]) -> str:
    for trial in trials:
        if trial.failure == Diverged.__name__:
            return f"not fairly tested: in {trial.trial}, {trial.reason}"
    weak = unfair_reason(results, trials)
    return f"not fairly tested: {weak}" if weak else ""


def _absent(labels: Mapping[str, str], trials: Sequence[TrialResult], problems: Mapping[str, str]) -> tuple[Absent, ...]:
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
