"""How two runs differ: in settings, data and versions, field by field, and in what that did to the numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from augbench.comparison.measures import measured, metrics_of
from augbench.comparison.regressions import Regression, regressions
from augbench.comparison.scoring import unusable
from augbench.registry.collect import Registry
from augbench.registry.discovery import discover
from augbench.values.measuring import Metric
from augbench.values.results import ColumnFacts, Results, Setting, TrialResult

Cell = tuple[str, str]
"""Row, data set."""
Seeds = Mapping[int, Mapping[int | None, float]]
"""Scores by seed and fold."""
# What is different in any two runs and decides nothing.
_OF_THE_RUN = ("command", "matrix", "run folder", "begun")
_OF_THE_REPORT = ("control", "primary", "metrics", "test", "protocol", "alpha", "rope")
_OF_THE_DATA = ("digest", "classes", "counts", "minority", "folds")


@dataclass(frozen=True, kw_only=True)
class Changed:
    """One field in both runs; None where there is none."""

    path: str
    before: Any
    after: Any
    cells: tuple[Cell, ...] = ()
    """For a setting: where it has just these values."""


@dataclass(frozen=True, kw_only=True)
class Moved:
    """A row's primary metric in both runs."""

    column: str
    row: str
    before: float | None
    """Mean over the seeds that are done."""
    after: float | None
    seeds: tuple[int, int]
    """How many seeds are done."""
    common: int
    """Seeds that are done in both."""
    difference: float | None
    """Second minus first run: the mean over common seeds, or that of the means where there is none."""


@dataclass(frozen=True, kw_only=True)
class RunDifferences:
    """How two runs differ."""

    settings: tuple[Changed, ...]
    """Of cells that both runs have."""
    recoded: tuple[Cell, ...]
    """Cells of equal settings and data that were made by other code: their keys differ."""
    data: tuple[Changed, ...]
    """``DATASET.digest``, ``DATASET.counts`` and so on."""
    report: tuple[Changed, ...]
    provenance: tuple[Changed, ...]
    """Versions, device and machine."""
    seeds: tuple[tuple[int, ...], tuple[int, ...]]
    only_before: tuple[str, ...]
    """Rows and data sets that the second run lacks: ``row ours``, ``data set cells``."""
    only_after: tuple[str, ...]
    metric: str
    scores: tuple[Moved, ...]
    tolerance: float | None
    """How much worse a row may be; None where nothing is judged."""
    regressions: tuple[Regression, ...]


def differences(before: Results, after: Results, tolerance: float | None = None, registry: Registry | None = None) -> RunDifferences:
    """Compare two runs, and judge the second by a tolerance: that of the first run's report unless one is given.

    Raise ``UnknownComponent`` for a primary metric that does not exist, ``BrokenMeasure`` for one that fails.
    """
    name = before.report.primary
    metric = metrics_of([name], registry or discover())[name]
    old, new = (_Scores(results=results, name=name, metric=metric) for results in (before, after))
    tolerance = before.report.tolerance if tolerance is None else tolerance
    scores = tuple(_moved(cell, old.of(cell), new.of(cell)) for cell in _common(before, after))
    data = _data(before.columns, after.columns)
    settings = _settings(before, after)
    return RunDifferences(
        settings=settings,
        recoded=_recoded(before, after, {cell for one in settings for cell in one.cells}, {one.path.partition(".")[0] for one in data}),
        data=data,
        report=_changed("", before.report, after.report, _OF_THE_REPORT),
        provenance=_mappings(_made_with(before), _made_with(after)),
        seeds=(before.seeds, after.seeds),
        only_before=_missing(before, after),
        only_after=_missing(after, before),
        metric=name,
        scores=scores,
        tolerance=tolerance,
        regressions=regressions(scores, _vanished(old, new), tolerance, higher_is_better=metric.higher_is_better),
    )


def setting_differences(before: Mapping[str, Setting], after: Mapping[str, Setting]) -> dict[str, tuple[Setting, Setting]]:
    """Return the settings of a cell that differ; where a component is swapped, only those parameters that both have."""
    changed = [path for path in {**before, **after} if _written(before.get(path)) != _written(after.get(path))]
    kept = (path for path in changed if (path in before and path in after) or not _has_changed_owner(path, changed))
    return {path: (before.get(path), after.get(path)) for path in kept}


def _has_changed_owner(path: str, changed: Sequence[str]) -> bool:
    return any(path.startswith(f"{other}.") for other in changed)


def _written(value: Any) -> tuple[str, Any]:
    # Python takes 1, 1.0 and true for equal.
    return ("number" if isinstance(value, int | float) and not isinstance(value, bool) else type(value).__name__), value


def _settings(before: Results, after: Results) -> tuple[Changed, ...]:
    found: dict[tuple[str, Any, Any], list[Cell]] = {}
    for cell in _common(before, after):
        for path, (old, new) in setting_differences(_flat(before, cell), _flat(after, cell)).items():
            found.setdefault((path, _written(old), _written(new)), []).append(cell)
    return tuple(Changed(path=path, before=old[1], after=new[1], cells=tuple(cells)) for (path, old, new), cells in _sorted(found))


def _sorted(found: Mapping[tuple[str, Any, Any], list[Cell]]) -> list[tuple[tuple[str, Any, Any], list[Cell]]]:
    """Keep the fields of a component together, and of one field the values of most cells first."""
    return sorted(found.items(), key=lambda item: (item[0][0], -len(item[1])))


def _flat(results: Results, cell: Cell) -> Mapping[str, Setting]:
    row, column = cell
    return results.settings.get(column, {}).get(row, {})


def _common(before: Results, after: Results) -> list[Cell]:
    theirs = set(_cells(after))
    return [cell for cell in _cells(before) if cell in theirs]


def _cells(results: Results) -> list[Cell]:
    return [*dict.fromkeys((trial.row, trial.column) for trial in results.trials)]


def _recoded(before: Results, after: Results, changed: set[Cell], data: set[str]) -> tuple[Cell, ...]:
    """Find trials of equal settings and data whose last stage is another artefact."""
    ours, theirs = _keys(before), _keys(after)
    both = (name for name, (cell, key) in ours.items() if name in theirs and theirs[name][1] != key and cell not in changed)
    return tuple(dict.fromkeys(ours[name][0] for name in both if ours[name][0][1] not in data))


def _keys(results: Results) -> dict[str, tuple[Cell, frozenset[str]]]:
    return {
        trial.trial: ((trial.row, trial.column), frozenset(stage.key for stage in trial.stages)) for trial in results.trials if trial.stages
    }


def _data(before: Sequence[ColumnFacts], after: Sequence[ColumnFacts]) -> tuple[Changed, ...]:
    theirs = {column.name: column for column in after}
    pairs = ((column, theirs[column.name]) for column in before if column.name in theirs)
    return tuple(one for ours, other in pairs for one in _changed(f"{ours.name}.", ours, other, _OF_THE_DATA))


def _changed(prefix: str, before: Any, after: Any, names: Iterable[str]) -> tuple[Changed, ...]:
    pairs = ((name, getattr(before, name), getattr(after, name)) for name in names)
    return tuple(Changed(path=f"{prefix}{name}", before=old, after=new) for name, old, new in pairs if old != new)


def _made_with(results: Results) -> dict[str, str]:
    """Return what a run was made with, and where each component came from."""
    return {**results.provenance, **{f"{each.kind} {each.name}": each.source for each in results.components}}


def _mappings(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[Changed, ...]:
    pairs = ((name, before.get(name), after.get(name)) for name in {**before, **after} if name not in _OF_THE_RUN)
    return tuple(Changed(path=name, before=old, after=new) for name, old, new in pairs if old != new)


def _missing(these: Results, others: Results) -> tuple[str, ...]:
    cells, theirs = _cells(these), _cells(others)
    rows = {row for row, _ in theirs}
    columns = {column for _, column in theirs}
    found = [f"row {row}" for row, _ in cells if row not in rows]
    found += [f"data set {column}" for _, column in cells if column not in columns]
    # A cell may be missing where its row and its data set are there.
    found += [f"{column}/{row}" for row, column in cells if row in rows and column in columns and (row, column) not in theirs]
    return tuple(dict.fromkeys(found))


@dataclass(frozen=True, kw_only=True)
class _Scores:
    """A run's primary metric, cell by cell."""

    results: Results
    name: str
    metric: Metric

    def of(self, cell: Cell) -> Seeds:
        """Return a cell's scores for each seed that is done."""
        classes = next(len(column.classes) for column in self.results.columns if column.name == cell[1])
        found: dict[int, dict[int | None, float]] = {}
        for trial in sorted(_trials(self.results, cell), key=lambda trial: trial.seed):
            if trial.status == "done" and trial.test is not None and not unusable(trial, classes):
                found.setdefault(trial.seed, {})[trial.fold] = measured(self.name, self.metric, trial.test)
        return found


def _vanished(before: _Scores, after: _Scores) -> dict[Cell, float]:
    """Return the means of cells that the second run lacks."""
    theirs = set(_cells(after.results))
    found = {cell: before.of(cell) for cell in _cells(before.results) if cell not in theirs}
    return {cell: mean for cell, seeds in found.items() if (mean := _mean(seeds)) is not None}


def _mean(seeds: Seeds) -> float | None:
    """Average folds, then seeds."""
    return fmean(fmean(folds.values()) for folds in seeds.values()) if seeds else None


def _moved(cell: Cell, before: Seeds, after: Seeds) -> Moved:
    # A second run that is not done has some of a seed's folds, perhaps the hard ones.
    pairs = ([(folds[fold], after[seed][fold]) for fold in folds if fold in after.get(seed, {})] for seed, folds in before.items())
    common = [fmean(new - old for old, new in found) for found in pairs if found]
    old, new = _mean(before), _mean(after)
    difference = fmean(common) if common else None
    if difference is None and old is not None and new is not None:
        difference = new - old
    return Moved(
        row=cell[0],
        column=cell[1],
        before=old,
        after=new,
        seeds=(len(before), len(after)),
        common=len(common),
        difference=None if difference is None else round(difference, 12),
    )


def _trials(results: Results, cell: Cell) -> Iterable[TrialResult]:
    return (trial for trial in results.trials if (trial.row, trial.column) == cell)
