"""Write the reports of a run folder."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, cast

from augbench.engine.asking import asked_again_all
from augbench.matrix import plugins_of
from augbench.registry.collect import Registry
from augbench.registry.discovery import discover
from augbench.registry.local import load_local
from augbench.store.run_folder import RunFolder
from augbench.values.errors import AugbenchError
from augbench.values.run_errors import SmokeRun

if TYPE_CHECKING:
    from augbench.values.comparing import Report


def write_reports(run: Path, formats: tuple[str, ...] | None = None) -> tuple[Path, ...]:
    """Write the report of a run folder, finished or not.  Raise ``MissingFile``, or ``SmokeRun`` where numbers mean nothing."""
    folder = RunFolder(path=run)
    return render(folder, known_to(folder), formats)


def known_to(folder: RunFolder) -> Registry:
    """Find the components that a run's report may name: what is installed, and the matrix's own plugins as far as they are still there."""
    registry = discover()
    # Whatever is wrong with the folder or a plugin is told where the report needs it.
    with suppress(AugbenchError):
        asked = {(plugins_of(one.matrix, one.snapshot), one.matrix.parent) for one in asked_again_all(folder)}
        for plugins, place in sorted(asked):
            load_local(registry, plugins, place)
    return registry


def render(folder: RunFolder, registry: Registry, formats: tuple[str, ...] | None = None) -> tuple[Path, ...]:
    """Compare a run's results and render them in each format."""
    from augbench.comparison import compare

    results = folder.results()
    if results.smoke:
        raise SmokeRun(folder.path)
    comparison = compare(results, registry)
    wanted = formats or results.report.formats
    written: list[Path] = []
    for name in wanted:
        report = cast("type[Report]", registry.resolve("report", name).component)
        written += report().render(comparison, folder.path)
    folder.stamp(wanted, written)
    return tuple(written)
