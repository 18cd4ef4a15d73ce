"""Say of each component of a run which distribution, or which file, it comes from."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions, version
from pathlib import Path
from typing import Any

from augbench.matrix import Matrix
from augbench.matrix.flat import called
from augbench.registry.collect import Registry
from augbench.registry.digest import code_digest
from augbench.values.components import Component, components_in
from augbench.values.results import ComponentOrigin
from augbench.values.settings import AUTO

_Use = tuple[type[Component], str, str]
"""A component's class, what it is called, and the row that uses it, or nothing."""


def origins(matrix: Matrix, registry: Registry) -> tuple[ComponentOrigin, ...]:
    """Return where every component comes from, in the order of kinds and names, with the rows that use it."""
    rows: dict[tuple[type[Component], str], dict[str, None]] = {}
    for component, name, row in (*_of_rows(matrix, registry), *_of_the_report(matrix, registry)):
        rows.setdefault((component, name), {}).update({row: None} if row else {})
    found = [_origin(component, name, tuple(users), registry) for (component, name), users in rows.items()]
    return tuple(sorted(found, key=lambda each: (each.kind, each.name)))


def _of_rows(matrix: Matrix, registry: Registry) -> Iterator[_Use]:
    columns = [(column, "") for column in matrix.columns]
    cells = [(settings, row) for (row, _), settings in matrix.cells.items()]
    for value, row in (*columns, *cells):
        for component in components_in(value):
            yield type(component), called(component, registry.name_of), row


def _of_the_report(matrix: Matrix, registry: Registry) -> Iterator[_Use]:
    report = matrix.report
    metrics = dict.fromkeys((*report.metrics, report.primary))
    tests = [report.test] if report.test != AUTO else []
    named = {"metric": metrics, "test": tests, "report": report.formats}
    for kind, name in ((kind, name) for kind, names in named.items() for name in names):
        yield registry.resolve(kind, name).component, name, ""


def _origin(component: type[Component], name: str, rows: tuple[str, ...], registry: Registry) -> ComponentOrigin:
    where: dict[str, Any] = {"kind": component.kind, "name": name, "rows": rows, "code": code_digest(component)}
    entry = registry.entry_of(component)
    if entry is not None and entry.origin.version:
        return ComponentOrigin(distribution=entry.origin.distribution, version=entry.origin.version, **where)
    file = str(getattr(sys.modules[component.__module__], "__file__", None) or component.__module__)
    # To ask which distribution a module is of takes long.
    names = packages_distributions().get(component.__module__.partition(".")[0], []) if "site-packages" in Path(file).parts else []
    return ComponentOrigin(distribution=names[0], version=version(names[0]), **where) if names else ComponentOrigin(file=file, **where)
