"""Describe a run before anything has run: what the run folder and every report begin with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from augbench.engine.origins import origins
from augbench.engine.provenance import provenance
from augbench.engine.recording import planned_result
from augbench.matrix import Matrix, minority
from augbench.matrix.flat import flat_settings
from augbench.plan.plan import Plan
from augbench.registry.asking import card_of
from augbench.registry.collect import Registry
from augbench.values.data import Probe
from augbench.values.results import ColumnFacts, Results, Setting
from augbench.values.settings import Column


def described(
    matrix: Matrix, probes: Mapping[str, Probe], plan: Plan, registry: Registry, *, out: Path, device: str, smoke: bool
) -> Results:
    """Return a results tree without results."""
    return Results(
        title=matrix.title,
        report=matrix.report,
        rows=matrix.rows,
        columns=tuple(_facts(column, probes[column.name]) for column in matrix.columns),
        seeds=matrix.seeds,
        trials=tuple(planned_result(trial) for trial in plan.trials),
        scopes=_scopes(matrix),
        components=origins(matrix, registry),
        matrix=matrix.text,
        provenance=provenance(registry, matrix.path, out, device),
        settings=_settings(matrix, cache(registry.name_of)),
        smoke=smoke,
    )


def analysis(matrix: Matrix) -> dict[str, Any]:
    """Return what decides how results are judged, whatever they are; rows and data sets that are not selected now are of it, too."""
    report = matrix.report
    return {
        "control": report.control,
        "primary": report.primary,
        "test": report.test,
        "alpha": report.alpha,
        "rope": report.rope,
        "metrics": sorted(report.metrics),
        "rows": sorted(row.name for row in matrix.rows),
        "data-sets": sorted(matrix.data_sets),
    }


def _facts(column: Column, probe: Probe) -> ColumnFacts:
    card = card_of(column.dataset)
    return ColumnFacts(
        name=column.name,
        label=column.label,
        classes=probe.classes,
        counts=probe.counts,
        minority=minority(column, probe),
        folds=column.folds,
        digest=probe.digest,
        licence=card.licence,
        source=card.source,
        notes=probe.notes,
    )


def _scopes(matrix: Matrix) -> dict[str, str]:
    """Return the generator scope of each row that uses one."""
    return {row: settings.fit.scope for (row, _), settings in matrix.cells.items() if settings.reads_banks()}


def _settings(matrix: Matrix, name_of: Callable[[type], str]) -> dict[str, dict[str, dict[str, Setting]]]:
    found: dict[str, dict[str, dict[str, Setting]]] = {}
    for (row, column), settings in matrix.cells.items():
        found.setdefault(column, {})[row] = flat_settings(settings, name_of)
    return found
