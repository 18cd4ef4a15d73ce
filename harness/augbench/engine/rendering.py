"""Write the reports of a run folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

from augbench.registry.collect import Registry
from augbench.registry.discovery import discover
from augbench.store.run_folder import RunFolder
from augbench.values.run_errors import SmokeRun

if TYPE_CHECKING:
    from augbench.values.comparing import Report


def write_reports(run: Path, formats: tuple[str, ...] | None = None) -> tuple[Path, ...]:
    """Write the report of a run folder, finished or not.  Raise ``MissingFile``, or ``SmokeRun`` where numbers mean nothing."""
    return render(RunFolder(path=run), discover(), formats)


def render(folder: RunFolder, registry: Registry, formats: tuple[str, ...] | None = None) -> tuple[Path, ...]:
    """Compare a run's results and render them in each format."""
    from augbench.comparison import compare

    results = folder.results()
    if results.smoke:
        raise SmokeRun(folder.path)
    comparison = compare(results)
    wanted = formats or results.report.formats
    written: list[Path] = []
    for name in wanted:
        report = cast("type[Report]", registry.resolve("report", name).component)
        written += report().render(comparison, folder.path)
    folder.stamp(wanted, written)
    return tuple(written)
