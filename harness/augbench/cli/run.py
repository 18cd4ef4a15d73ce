"""``bench run``: do the plan, and write the report."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import typer

from augbench.cli import options
from augbench.cli.console import print_json, print_reports, talk
from augbench.cli.wording import examples
from augbench.values.numbers import many, seconds

if TYPE_CHECKING:
    from augbench.engine.session import Outcome

EPILOG = examples(
    ("bench run", "run ./ablation.toml into runs/ablation"),
    ("bench run --only plain --only ours", "two of its rows"),
    ("bench run --set axes.seed=[0,1,2] --device cuda", "three seeds, on a GPU"),
    ("bench run", "again: continue, or find everything done"),
)


def run(
    matrix: options.Matrix = options.DEFAULT_MATRIX,
    sets: options.Sets = [],  # noqa: B006 - typer copies it
    only: options.Only = [],  # noqa: B006
    skip: options.Skip = [],  # noqa: B006
    disabled: options.NoPlugin = [],  # noqa: B006
    out: options.Out = None,
    store: options.Store = None,
    device: options.Device = "auto",
    as_json: options.Json = False,
) -> None:
    """Train and test what the matrix says, then write the report.

    All that is done already is reused: the same command again continues an interrupted run. Exit code 1: some trials failed.
    """
    from augbench.cli.progress import watching

    console = talk()
    with console.status("Reading the matrix and the data sets"):
        from augbench.engine.session import Request, open_session

        request = Request(
            matrix=matrix,
            out=out,
            store=store,
            sets=tuple(sets),
            only=tuple(only),
            skip=tuple(skip),
            device=device,
            disabled=tuple(disabled),
        )
        session = open_session(request)
    with watching(console) as observer:
        outcome = session.run(observer)
    _tell(outcome, as_json=as_json)
    if outcome.failed:
        raise typer.Exit(1)


def _tell(outcome: Outcome, *, as_json: bool) -> None:
    talk().print(summary(outcome), markup=False)
    if as_json:
        print_json(asdict(outcome))
    else:
        print_reports(outcome.reports)


def summary(outcome: Outcome) -> str:
    """Say in one line what a run came to."""
    trials = [f"{many(outcome.done, 'trial')} done"]
    trials += [f"{outcome.failed} failed"] if outcome.failed else []
    trials += [f"{outcome.skipped} skipped"] if outcome.skipped else []
    stages = f"{many(outcome.stages_run, 'stage')} run, {outcome.stages_reused} reused"
    return f"{', '.join(trials)}; {stages}; {seconds(outcome.seconds)}"
