"""Check what the matrix says of classes against the data sets themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from augbench.matrix.model import Matrix
from augbench.registry.asking import probed
from augbench.values.components import Component, dashed
from augbench.values.data import Probe
from augbench.values.errors import ConfigError, DataError, Problem, TooFewForFolds, suggestion
from augbench.values.numbers import many
from augbench.values.settings import Below, Column
from augbench.values.trial_errors import TrialError


def minority(column: Column, probe: Probe) -> tuple[str, ...]:
    """Return a column's minority classes: those it names, or those with fewer training images than a share of the largest."""
    if not isinstance(column.minority, Below):
        return column.minority
    counts = dict(zip(probe.classes, probe.counts["train"], strict=True))
    limit = column.minority.share * max(counts.values(), default=0)
    return tuple(name for name, count in counts.items() if count < limit)


def look(matrix: Matrix, *, moved: bool = False) -> dict[str, Probe]:
    """Probe every data set.  Raise ``ConfigError`` that names all that cannot be used, each where the matrix names it.

    ``moved`` says that the matrix may have come from another machine.
    """
    probes, problems = {}, []
    for column in matrix.columns:
        try:
            probes[column.name] = probed(column.dataset)
        except (DataError, TrialError) as error:
            hint = _elsewhere(column) if moved else ""
            problems.append(Problem(f"data set '{column.name}': {error}", matrix._places.columns.get(column.name), hint))
    if problems:
        raise ConfigError(problems)
    return probes


def _elsewhere(column: Column) -> str:
    """Tell how to say where files lie that are not where they were."""
    gone = [key for key, path in _paths(f"datasets.{column.name}", column.dataset) if not path.exists()]
    return f"say where it lies now: {' '.join(f'--set {key}=PATH' for key in gone)}" if gone else ""


def _paths(key: str, component: Component) -> Iterator[tuple[str, Path]]:
    for name, value in vars(component).items():
        if isinstance(value, Path):
            yield f"{key}.{dashed(name)}", value
        elif isinstance(value, Component):
            yield from _paths(f"{key}.{dashed(name)}", value)


def check(matrix: Matrix, probes: Mapping[str, Probe]) -> None:
    """Compare the matrix with the probes of its columns, by name.  Raise ``ConfigError`` with all problems.

    Columns without a probe are passed over.
    """
    problems = [
        *_unknown_minorities(matrix, probes),
        *_empty_shares(matrix, probes),
        *_unknown_classes(matrix, probes),
        *_best_of_nothing(matrix, probes),
        *_too_few_for_folds(matrix, probes),
        *_many_sizes(matrix, probes),
        *_refused_sizes(matrix, probes),
    ]
    if problems:
        raise ConfigError(problems)


def _unknown_minorities(matrix: Matrix, probes: Mapping[str, Probe]) -> Iterator[Problem]:
    for column, names in matrix._places.minority.items():
        known = probes[column].classes if column in probes else ()
        for named in names:
            if known and named.name not in known:
                yield Problem(f"data set '{column}' has no class '{named.name}'", named.where, suggestion(named.name, known))


def _empty_shares(matrix: Matrix, probes: Mapping[str, Probe]) -> Iterator[Problem]:
    for column in matrix.columns:
        if column.name not in probes or not isinstance(column.minority, Below) or minority(column, probes[column.name]):
            continue
        counts = probes[column.name].counts["train"]
        smallest, largest = min(counts, default=0), max(counts, default=0)
        rarest = probes[column.name].classes[counts.index(smallest)] if counts else "..."
        yield Problem(
            f"no class of data set '{column.name}' is below {column.minority.share:g} of the largest class",
            matrix._places.below.get(column.name),
            f"the smallest has {smallest} images, the largest {largest}: set datasets.{column.name}.minority, "
            f'such as ["{rarest}"], or {{ below = SHARE }} with a higher share',
        )


def _unknown_classes(matrix: Matrix, probes: Mapping[str, Probe]) -> Iterator[Problem]:
    for named in matrix._places.per_class:
        # A class of a data set that could not be probed may well exist.
        if all(column in probes for column in named.columns):
            known = {name for column in named.columns for name in probes[column].classes}
            if named.name not in known:
                alone = len(named.columns) == 1
                message = (
                    f"data set '{named.columns[0]}' has no class '{named.name}'" if alone else f"no data set has a class '{named.name}'"
                )
                yield Problem(message, named.where, suggestion(named.name, known))


def _best_of_nothing(matrix: Matrix, probes: Mapping[str, Probe]) -> Iterator[Problem]:
    """Find rows whose best weights no validation images could tell."""
    for column in matrix.columns:
        if column.name not in probes or column.folds or "validation" in probes[column.name].counts:
            continue
        rows = [row for (row, name), settings in matrix.cells.items() if name == column.name and settings.training.select == "best"]
        if rows:
            yield Problem(
                f"training.select = 'best' needs validation images, and data set '{column.name}' has none ({many(len(rows), 'row')}: "
                f"{', '.join(rows)})",
                matrix._places.columns.get(column.name),
                f"add a validation split, set datasets.{column.name}.folds, or set training.select = 'last'",
            )


def _too_few_for_folds(matrix: Matrix, probes: Mapping[str, Probe]) -> Iterator[Problem]:
    for column in matrix.columns:
        if column.name not in probes or column.folds is None:
            continue
        probe = probes[column.name]
        # Folds keep groups whole: what counts is how many there are.
        if probe.groups is not None:
            counts, unit = probe.groups, "groups"
        else:
            counts, unit = probe.pooled(), "and validation images" if "validation" in probe.counts else "images"
        for name, count in zip(probe.classes, counts, strict=True):
            if count < column.folds:
                error = TooFewForFolds(column.name, name, count, column.folds, unit)
                yield Problem(str(error), matrix._places.columns.get(column.name))


def _many_sizes(matrix: Matrix, probes: Mapping[str, Probe]) -> Iterator[Problem]:
    for column in matrix.columns:
        if column.name in probes and column.resize is None and probes[column.name].size is None:
            yield Problem(
                f"the images of data set '{column.name}' differ in size",
                matrix._places.columns.get(column.name),
                f'set datasets.{column.name}.resize, such as {{ use = "bilinear", size = 64 }}',
            )


def _refused_sizes(matrix: Matrix, probes: Mapping[str, Probe]) -> Iterator[Problem]:
    """Find images, all of one size, that a resize cannot bring to its own."""
    for column in matrix.columns:
        probe = probes.get(column.name)
        if probe is None or probe.size is None or column.resize is None:
            continue
        try:
            column.resize.check(*probe.size)
        except DataError as error:
            yield Problem(f"every image of data set '{column.name}' {error}", matrix._places.columns.get(column.name))
