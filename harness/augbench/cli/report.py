"""``bench report RUN``: write the report of a run, finished or not."""

from __future__ import annotations

from typing import Annotated

import typer

from augbench.cli import options
from augbench.cli.console import print_reports
from augbench.cli.wording import examples

EPILOG = examples(
    ("bench report runs/ablation", "in the formats that the matrix names"),
    ("bench report runs/ablation --format html", "one file to send around"),
)


def report(
    run: options.Run,
    formats: Annotated[
        list[str],
        typer.Option("--format", metavar="NAME", help="Such as markdown or html; 'bench plugins list' has all. Repeatable."),
    ] = [],  # noqa: B006 - typer copies it
) -> None:
    """Compare what is there and write it down; a trial without result is listed with its reason.

    Needs the run's folder alone, trains nothing, and prints the paths of the reports.
    """
    from augbench.engine.rendering import write_reports

    print_reports(write_reports(run, tuple(formats) or None))
