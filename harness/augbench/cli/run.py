"""``bench run``: do the plan, and write the report."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import typer

from augbench.cli import options
from augbench.cli.console import print_line, print_reports, talk
from augbench.cli.wording import examples
from augbench.values.numbers import many, seconds

if TYPE_CHECKING:
    from augbench.engine.session import Session
    from augbench.values.observing import Outcome

EPILOG = examples(
    ("bench run", "run ./ablation.toml into runs/ablation"),
    ("bench run --only plain --only ours", "two of its rows"),
    ("bench run --set axes.seed=[0,1,2] --device cuda", "three seeds, on every GPU there is"),
    ("bench run", "again: continue, or find everything done"),
    ("bench run --smoke", "see that every cell runs at all, in a minute, apart from real results"),
    ("bench run --observe mlflow", "write down in MLflow what it does and what comes of it, too"),
    ("bench run --trial cells/ours/s0 --debugger", "one trial here, with a debugger where it fails"),
)


def run(
    matrix: options.Matrix = options.DEFAULT_MATRIX,
    sets: options.Sets = [],  # noqa: B006 - typer copies it
    only: options.Only = [],  # noqa: B006
    skip: options.Skip = [],  # noqa: B006
    trial: options.OneTrial = None,
    disabled: options.NoPlugin = [],  # noqa: B006
    out: options.Out = None,
    store: options.Store = None,
    device: options.Device = "auto",
    engine: options.Engine = "local",
    jobs: options.Jobs = None,
    timeout: options.Timeout = None,
    retries: options.Retries = 2,
    fail_fast: options.FailFast = False,
    max_failures: options.MaxFailures = None,
    debugger: options.Debugger = False,
    smoke: options.Smoke = False,
    observers: options.Observe = [],  # noqa: B006
    as_json: options.JsonEvents = False,
) -> None:
    """Train and test what the matrix says, then write the report.

    All that is done already is reused: the same command again continues an interrupted run. Ctrl-C once lets running stages
    end or keep their state; twice stops at once. Exit code 1: some trials failed.
    """
    with talk().status("Reading the matrix and the data sets"):
        from augbench.engine.driver import Policy
        from augbench.engine.request import Request
        from augbench.engine.session import open_session

        request = Request(
            matrix=matrix,
            out=out,
            store=store,
            sets=tuple(sets),
            only=tuple(only),
            skip=tuple(skip),
            device=device,
            disabled=tuple(disabled),
            engine="inline" if debugger else engine,
            jobs=jobs,
            policy=Policy(timeout=timeout, retries=retries, max_failures=1 if fail_fast else max_failures),
            trials=(trial,) if trial else (),
            debugger=debugger,
            smoke=smoke,
            observers=tuple(observers) or options.always_observing(),
        )
        session = open_session(request)
    carry_out(session, as_json=as_json)


def carry_out(session: Session, *, as_json: bool) -> None:
    """Run a session before a person's, or a script's, eyes; exit with 1 where trials failed."""
    from augbench.cli.progress import watching

    with watching(talk(), events=as_json) as audience:
        outcome = session.run(audience)
    talk().print(summary(outcome), markup=False)
    if as_json:
        print_line({"event": "run-finished", **asdict(outcome)})
    else:
        print_reports(outcome.reports)
    if outcome.failed:
        raise typer.Exit(1)


def summary(outcome: Outcome) -> str:
    """Say in one line what a run came to."""
    trials = [f"{many(outcome.done, 'trial')} done"]
    trials += [f"{number} {what}" for what in ("failed", "skipped", "pending") if (number := getattr(outcome, what))]
    stages = f"{many(outcome.stages_run, 'stage')} run, {outcome.stages_reused} reused"
    return f"{', '.join(trials)}; {stages}; {seconds(outcome.seconds)}"
