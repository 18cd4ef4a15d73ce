"""What a component of any kind obeys together with all that is installed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

from augbench.config.single import component_from
from augbench.registry.discovery import discover
from augbench.testing.checking import NOT_HERE, Broken, NotApplicable, require
from augbench.testing.laws._trials import ALONE, Ending, Tried, matrix, tried
from augbench.values.comparing import Report
from augbench.values.components import Component, Kind, class_address
from augbench.values.errors import AugbenchError

_PARTNERS: tuple[Kind, ...] = ("sampler", "generator")
_OUTSIDE = ("metric", "test", "report", "executor", "observer")
"""Kinds that samplers and generators never meet."""
_MEASURES = ("metric", "test")


def check_tiny_trial_runs(component: Component) -> None:
    """A tiny trial with it runs from images to predictions, and into the comparison where it is read there."""
    table = _measuring(component) if component.kind in _MEASURES else matrix(component)
    try:
        with tried(component, table) as done:
            _expect_well(done.rows[ALONE])
            _compare(component, done)
    except NOT_HERE:
        raise
    except AugbenchError as error:
        raise Broken(str(error)) from error


def check_composes_with_what_is_installed(component: Component) -> None:
    """It runs with every installed sampler and every installed generator that run without it."""
    if component.kind in _OUTSIDE:
        raise NotApplicable("samplers and generators never meet it")
    _expect_to_run(component)
    partners = {f"{kind}-{number}": (kind, use) for kind, number, use in _partners(component.kind)}
    faults = {row: found.reason for row, found in _with(component, component, partners).items() if found.is_fault}
    if faults:
        # What does not run with a stand-in in the component's place either is not the component's fault.
        others = _with(component, None, {row: partners[row] for row in faults})
        faults = {row: reason for row, reason in faults.items() if others[row].status == "done"}
    told = "; ".join(f"{' '.join(partners[row])}: {reason}" for row, reason in faults.items())
    require(not faults, f"it fails with {told}")


def _expect_to_run(component: Component) -> None:
    """Leave it to the other law to say why it does not even run alone."""
    try:
        alone = _endings(component, matrix(component))[ALONE]
    except NOT_HERE:
        raise
    except AugbenchError as error:
        raise NotApplicable(f"no tiny trial can be made of it: {error}") from error
    if alone.status != "done":
        raise NotApplicable(f"a tiny trial does not run with it: {alone.reason}")


def _expect_well(found: Ending) -> None:
    if found.status == "skipped":
        raise NotApplicable(f"its supports refuses a tiny trial: {found.reason}")
    if found.status == "failed" and not found.is_fault:
        raise NotApplicable(found.reason)
    require(found.status == "done", f"the trial fails: {found.reason}")


def _measuring(component: Component) -> dict[str, Any]:
    """Return a matrix that names a metric or a test: their parameters are their defaults."""
    named = class_address(type(component))
    table = matrix(None, {"other": {"training": {"lr": 0.05}}}, seeds=2)
    measures = {"metrics": [named], "primary": named} if component.kind == "metric" else {"test": named}
    table["report"].update(measures)
    return table


def _compare(component: Component, done: Tried) -> None:
    """Compare the results where the component is read there."""
    if component.kind not in (*_MEASURES, "report"):
        return
    from augbench.comparison import compare

    comparison = compare(done.results, done.session.registry)
    if component.kind == "report":
        with TemporaryDirectory(prefix="augbench-") as folder:
            paths = cast("Report", component).render(comparison, Path(folder))
            missing = [path.name for path in paths if not path.is_file()]
            require(bool(paths) and not missing, f"render returns {missing or 'no file'}, which it has not written")


def _partners(kind: str) -> Iterator[tuple[str, int, str]]:
    """Yield what is installed, of other kinds than the component's, and can be named without parameters."""
    registry = discover()
    for partner in _PARTNERS:
        found = (entry for entry in registry.entries if entry.kind == partner != kind and not entry.family)
        for number, entry in enumerate(found):
            use = f"{entry.name}@{entry.origin.distribution}"
            try:
                component_from(f'"{use}"', partner, partner, registry)
            except AugbenchError:
                continue
            yield partner, number, use


def _with(component: Component, seated: Component | None, partners: Mapping[str, tuple[str, str]]) -> dict[str, Ending]:
    """Run partners, each in a row of its own, with the component in its slot or with a stand-in there."""
    return _endings(component, matrix(seated, {row: {kind: use} for row, (kind, use) in partners.items()}))


def _endings(component: Component, table: Mapping[str, Any]) -> dict[str, Ending]:
    with tried(component, table) as done:
        return dict(done.rows)
