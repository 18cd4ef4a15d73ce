"""Write the reports of a run folder."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from augbench.engine.asking import asked_again_all
from augbench.matrix import wanted
from augbench.registry.collect import Registry
from augbench.registry.discovery import discover
from augbench.registry.installed import installation
from augbench.registry.local import load_local
from augbench.registry.places import definition, frames, innermost
from augbench.store.run_folder import RunFolder
from augbench.values.errors import AugbenchError, BrokenMeasure
from augbench.values.run_errors import SmokeRun

if TYPE_CHECKING:
    from augbench.values.comparing import Comparison, Report


def write_reports(
    run: Path, formats: tuple[str, ...] | None = None, also: tuple[str, ...] = (), disabled: Collection[str] = ()
) -> tuple[Path, ...]:
    """Write the report of a run folder, finished or not, in the formats that the matrix names, and ``also`` in others.

    Plugins that are ``disabled``, or that the run left out, have no part in it.

    Raise ``MissingFile``, or ``SmokeRun`` where numbers mean nothing.
    """
    folder = RunFolder(path=run)
    return render(folder, known_to(folder, disabled), formats, also)


def known_to(folder: RunFolder, disabled: Collection[str] = ()) -> Registry:
    """Find the components that a run's report may name: what is installed, and the matrix's own plugins as far as they are still there.

    Plugins that the run left out are left out here, too.
    """
    own: dict[tuple[tuple[str, ...], Path], None] = {}
    left_out: list[set[str]] = []
    # Whatever is wrong with the folder or a plugin is told where the report needs it.
    with suppress(AugbenchError):
        for one in asked_again_all(folder):
            said = wanted(one.matrix, one.snapshot)
            own[said.plugins, one.matrix.parent] = None
            left_out.append({*one.disabled, *said.disabled})
    registry = discover(disabled, _still_there(left_out))
    with suppress(AugbenchError):
        for plugins, place in own:
            load_local(registry, plugins, place)
    return registry


def _still_there(left_out: Sequence[set[str]]) -> list[str]:
    """Return the plugins that every part of a run left out and that are on this machine."""
    known = installation()
    return [name for name in sorted(set.intersection(*left_out)) if known.called(name)] if left_out else []


def render(folder: RunFolder, registry: Registry, formats: tuple[str, ...] | None = None, also: tuple[str, ...] = ()) -> tuple[Path, ...]:
    """Compare a run's results and render them in each format; until all are written, those of before stay as they are.

    Raise ``BrokenMeasure`` for a format whose code fails, when the others are written.
    """
    from augbench.comparison import compare
    from augbench.comparison.noted import noted

    # Before anything is read: what is recorded meanwhile is not in the report.
    state, results = folder.state(), folder.results()
    if results.smoke:
        raise SmokeRun(folder.path)
    comparison = noted(compare(results, registry), registry)
    wanted = list(dict.fromkeys((*(formats or results.report.formats), *also)))
    broken: list[BrokenMeasure] = []
    paths: tuple[Path, ...] | None = None
    while paths is None and wanted:
        try:
            paths = _drawn_up(folder, comparison, registry, wanted)
        except _Broken as format_:
            # What it has left behind goes with the whole draft, which is made anew without it.
            wanted.remove(format_.name)
            broken.append(format_.error)
    if paths is not None:
        folder.stamp(tuple(wanted), paths, state)
    if broken:
        raise broken[0]
    return paths or ()


class _Broken(Exception):
    """The code of a format fails."""

    def __init__(self, name: str, report: type[Report], error: BaseException) -> None:
        where = innermost(frames(error), report) or definition(report.render)
        self.name, self.error = name, BrokenMeasure("report", name, error, where)


def _drawn_up(folder: RunFolder, comparison: Comparison, registry: Registry, wanted: Sequence[str]) -> tuple[Path, ...]:
    """Render all formats or none."""
    written: list[Path] = []
    with folder.draft() as draft:
        for name in wanted:
            report = cast("type[Report]", registry.resolve("report", name).component)
            try:
                written += _checked(report().render(comparison, draft))
            except (AugbenchError, OSError, MemoryError):
                raise
            except (Exception, SystemExit) as error:
                raise _Broken(name, report, error) from error
    return tuple(folder.path / path.relative_to(draft) if path.is_relative_to(draft) else path for path in written)


def _checked(paths: Any) -> tuple[Path, ...]:
    if not isinstance(paths, Sequence) or not all(isinstance(path, Path) for path in paths):
        raise TypeError(f"render() gives {paths!r}, not the paths of what it has written")
    return tuple(paths)
