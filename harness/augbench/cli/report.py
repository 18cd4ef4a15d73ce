"""``bench report RUN``: write the report of a run, finished or not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from augbench.cli import options
from augbench.cli.console import flush, print_reports, print_text, talk
from augbench.cli.wording import examples

if TYPE_CHECKING:
    from augbench.engine.following import Refresh

EPILOG = examples(
    ("bench report runs/ablation", "in the formats that the matrix names"),
    ("bench report runs/ablation --format html", "one file to send around"),
    ("bench report runs/ablation --watch --open", "in the browser, and written again while the run goes on"),
)
_EVERY = 5.0
"""Seconds between two looks."""


def report(
    run: options.Run,
    formats: Annotated[
        list[str],
        typer.Option("--format", metavar="NAME", help="Such as markdown or html; 'bench plugins list' has all. Repeatable."),
    ] = [],  # noqa: B006 - typer copies it
    watch: Annotated[bool, typer.Option("--watch", help="Write it again whenever trials have ended, until the run is finished.")] = False,
    every: Annotated[
        float | None,
        typer.Option(
            "--every", metavar="TIME", parser=options.duration, help=f"Watch, and look this often. [dim]\\[default: {_EVERY:.0f}s][/dim]"
        ),
    ] = None,
    browse: Annotated[bool, typer.Option("--open", help="Show the HTML report in the browser.")] = False,
    disabled: options.NoPlugin = [],  # noqa: B006
) -> None:
    """Compare what is there and write it down; a trial without result is listed with its reason.

    Needs the run's folder alone, trains nothing, and prints the paths of the reports.
    One that cannot be written to its end leaves the last one as it is.
    """
    from augbench.engine.rendering import write_reports

    wanted, also = tuple(formats) or None, ("html",) if browse else ()
    if watch or every:
        follow(run, wanted, also, every or _EVERY, disabled, browse=browse)
        return
    paths = write_reports(run, wanted, also, disabled)
    print_reports(paths)
    if browse:
        show_page(paths)


def follow(
    run: Path, formats: tuple[str, ...] | None, also: tuple[str, ...], every: float, disabled: Sequence[str] = (), *, browse: bool
) -> None:
    """Write the report again and again, with one line each time."""
    from augbench.engine.following import refreshes

    for number, refresh in enumerate(refreshes(run, formats, also, every, disabled)):
        print_text(line(refresh))
        # Somebody may be reading along, through a pipe.
        flush()
        if browse and number == 0:
            show_page(refresh.reports)


def line(refresh: Refresh) -> str:
    """Write one line a refresh: ``14:03:11  17 of 30 trials done, 1 failed  runs/cells/report.html``."""
    trials = refresh.trials
    total, left = sum(trials.values()), trials.get("pending", 0) + trials.get("running", 0)
    parts = [f"{trials.get('done', 0)} of {total} trials done"]
    parts += [f"{trials[state]} {state}" for state in ("failed", "skipped") if trials.get(state)]
    parts += ["nobody is at work on the rest"] * (left > 0 and not refresh.at_work)
    return f"{datetime.now():%H:%M:%S}  {', '.join(parts)}  {_main(refresh.reports)}"


def show_page(paths: Sequence[Path]) -> None:
    """Show a page in the browser, or say where it lies."""
    import webbrowser

    page = _main(paths).resolve()
    try:
        shown = webbrowser.open(page.as_uri())
    except webbrowser.Error:
        shown = False
    if not shown:
        talk().print(f"no browser could be opened; the page is {page}", markup=False)


def _main(paths: Sequence[Path]) -> Path:
    """Return the page of a report, or, where none was asked for, its first file."""
    return next((path for path in paths if path.suffix == ".html"), paths[0])
