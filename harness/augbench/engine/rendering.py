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


def write_reports(run: Path, formats: tuple[str, ...] | None = None, also: tuple[str, ...] = ()) -> tuple[Path, ...]:
    """Write the report of a run folder, finished or not, in the formats that the matrix names, and ``also`` in others.

    Raise ``MissingFile``, or ``SmokeRun`` where numbers mean nothing.
    """
    folder = RunFolder(path=run)
    return render(folder, known_to(folder), formats, also)


def known_to(folder: RunFolder) -> Registry:
    """Find the components that a run's report may name: what is installed, and the matrix's own plugins as far as they are still there."""
    registry = discover()
    # Whatever is wrong with the folder or a plugin is told where the report needs it.
    with suppress(AugbenchError):
        asked = {(plugins_of(one.matrix, one.snapshot), one.matrix.parent) for one in asked_again_all(folder)}
        for plugins, place in sorted(asked):
            load_local(registry, plugins, place)
    return registry


def render(folder: RunFolder, registry: Registry, formats: tuple[str, ...] | None = None, also: tuple[str, ...] = ()) -> tuple[Path, ...]:
    """Compare a run's results and render them in each format; until all are written, those of before stay as they are."""
    from augbench.comparison import compare
    from augbench.comparison.noted import noted

    # Before anything is read: what is recorded meanwhile is not in the report.
    state, results = folder.state(), folder.results()
    if results.smoke:
        raise SmokeRun(folder.path)
    comparison = noted(compare(results, registry), registry)
    wanted = tuple(dict.fromkeys((*(formats or results.report.formats), *also)))
    written: list[Path] = []
    with folder.draft() as draft:
        for name in wanted:
            report = cast("type[Report]", registry.resolve("report", name).component)
            written += report().render(comparison, draft)
    paths = [folder.path / path.relative_to(draft) if path.is_relative_to(draft) else path for path in written]
    folder.stamp(wanted, paths, state)
    return tuple(paths)
