"""``bench export RUN``: a run for others, as a folder or a zip archive."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn

from augbench.cli import options
from augbench.cli.console import print_json, print_text, talk
from augbench.cli.wording import examples
from augbench.values.errors import suggestion
from augbench.values.numbers import listing, many

EPILOG = examples(
    ("bench export runs/ablation --to supplement.zip", "all that belongs to a paper"),
    ("bench export runs/ablation --what banks", "only the synthetic images, into runs/ablation-export"),
)


def _what(values: list[str]) -> list[str]:
    from augbench.engine.exporting import WHAT

    found = [part.strip() for value in values for part in value.split(",")]
    for part in found:
        if part not in WHAT:
            raise typer.BadParameter(f"'{part}' is nothing to export; {suggestion(part, WHAT)}")
    return found


def export(
    run: options.Run,
    to: Annotated[
        Path | None,
        typer.Option("--to", metavar="FOLDER|FILE.zip", help="Where it goes. [dim]\\[default: RUN-export, beside the run][/dim]"),
    ] = None,
    what: Annotated[
        list[str],
        typer.Option(
            metavar="LIST", callback=_what, help="Of banks, weights, predictions, report, matrix. [dim]\\[default: all of them][/dim]"
        ),
    ] = [],  # noqa: B006 - typer copies it
    store: options.SameStore = None,
    as_json: options.Json = False,
) -> None:
    """Write what a reader needs of a run: synthetic images as PNG, weights, predictions, report, matrix, and a README on all of it.

    Of the same run an archive has the same bytes. What the store no longer has is told, and left out.
    """
    from augbench.engine import exporting

    target = to or run.resolve().with_name(f"{run.resolve().name}-export")
    columns = TextColumn("{task.description}"), BarColumn(bar_width=16), MofNCompleteColumn()
    with Progress(*columns, console=talk(), transient=True, disable=not talk().is_terminal) as progress:
        bars: dict[str, TaskID] = {}

        def tell(task: str, done: int, total: int) -> None:
            if task not in bars:
                bars[task] = progress.add_task(task)
            progress.update(bars[task], completed=done, total=total)

        exported = exporting.export(run, target, what or exporting.WHAT, store, tell)
    if as_json:
        print_json(asdict(exported))
        return
    told = f"{many(exported.files, 'file')}, {many(exported.banks, 'bank')} and {many(exported.weights, 'classifier')} among them"
    talk().print(told, markup=False)
    if exported.missing:
        talk().print(f"no longer in the store: {listing(list(exported.missing))}; README.txt lists all", markup=False)
    print_text(exported.path)
