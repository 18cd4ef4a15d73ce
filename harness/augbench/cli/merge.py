"""``bench merge RUN RUN``: join runs of several machines."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from augbench.cli import options
from augbench.cli.console import print_json, print_text, talk
from augbench.cli.wording import examples
from augbench.values.invoked import invoked
from augbench.values.numbers import many

EPILOG = examples(
    ("bench merge runs/left runs/right --out runs/all", "rows, data sets, seeds and trials of both"),
    ("bench merge old new --out all --prefer new", "where they contradict each other, new is right"),
)


def _several(values: list[Path]) -> list[Path]:
    if len(values) < 2:
        raise typer.BadParameter("name two runs or more")
    return values


def merge(
    runs: Annotated[list[Path], typer.Argument(metavar="RUN RUN...", callback=_several, help="The folders of two runs or more.")],
    out: Annotated[Path, typer.Option("--out", metavar="FOLDER", help="The folder to make.")],
    prefer: Annotated[
        Path | None, typer.Option("--prefer", metavar="RUN", help="The run that is right where they contradict each other.")
    ] = None,
    as_json: options.Json = False,
) -> None:
    """Join the folders of runs into one that can be reported, compared and merged again; the folders themselves stay as they are.

    A trial that several have is taken once. Where settings, data or code differ between them, nothing is written, unless one is preferred.
    """
    from augbench.store import merging

    merged = merging.merge(runs, out, prefer, invoked())
    if as_json:
        print_json(asdict(merged))
        return
    counts = ", ".join(f"{number} {state}" for state, number in merged.trials.items())
    shares = ", ".join(f"{number} of {name}" for name, number in merged.shares.items())
    left_out = f"; {merged.left_out} left out, for which another run is preferred" if merged.left_out else ""
    talk().print(f"{many(sum(merged.trials.values()), 'trial')}: {counts}; {shares}{left_out}", markup=False)
    print_text(merged.path)
