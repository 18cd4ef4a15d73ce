"""``bench retry RUN``: run again what has failed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from augbench.cli import options
from augbench.cli.console import print_line, talk
from augbench.cli.run import carry_out
from augbench.cli.wording import examples
from augbench.values.errors import suggestion
from augbench.values.numbers import listing, many

if TYPE_CHECKING:
    from augbench.store.standing import Standing

EPILOG = examples(
    ("bench retry runs/ablation", "every trial that has failed"),
    ("bench retry runs/ablation --failure memory --jobs 1", "those that ran out of memory, one at a time"),
    ("bench retry runs/ablation --set datasets.cells.path=~/cells", "the images lie elsewhere now"),
)


def _classes(values: list[str]) -> list[str]:
    from augbench.values.failing import FAILURE_CLASSES

    for value in values:
        if value not in FAILURE_CLASSES:
            raise typer.BadParameter(f"'{value}' is no class of failure; {suggestion(value, FAILURE_CLASSES)}")
    return values


def retry(
    run: options.Run,
    failure: Annotated[
        list[str],
        typer.Option(
            "--failure", metavar="CLASS", callback=_classes, help="Only failures of this class, such as memory or timeout. Repeatable."
        ),
    ] = [],  # noqa: B006 - typer copies it
    sets: options.Whereabouts = [],  # noqa: B006
    store: options.SameStore = None,
    device: options.SameDevice = None,
    engine: options.SameEngine = None,
    jobs: options.Jobs = None,
    timeout: options.Timeout = None,
    observers: options.SameObservers = [],  # noqa: B006
    as_json: options.JsonEvents = False,
) -> None:
    """Run the failed trials of a run again, or those that failed for one kind of reason, and nothing else.

    The run's own copy of the matrix decides, wherever its file is now; unless told otherwise, it runs where and how it did before.
    """
    with talk().status("Reading the run and its data sets"):
        from augbench.engine.driver import Policy
        from augbench.engine.retrying import outdated, retry_request, to_retry
        from augbench.engine.session import open_session
        from augbench.store.run_folder import RunFolder
        from augbench.store.standing import standing

        folder = RunFolder(path=run)
        found = standing(folder)
        trials = to_retry(found, failure)
        how = {"engine": engine, "jobs": jobs, "policy": Policy(timeout=timeout), "observers": tuple(observers) or None}
        changes = {"store": store, "device": device, **how}
        session = open_session(retry_request(folder, trials, sets=tuple(sets), **changes)) if trials else None
    if session is None:
        nothing(found, failure, as_json=as_json)
        return
    if old := outdated(session, found):
        what = f"{many(len(old), 'trial')} that {'was' if len(old) == 1 else 'were'} done ({listing(list(old))})"
        talk().print(f"{what}: code or data are others now, so they count as pending; 'bench run' makes them anew", markup=False)
    carry_out(session, as_json=as_json)


def nothing(found: Standing, classes: list[str], *, as_json: bool) -> None:
    """Say that there is nothing to do."""
    others = ", ".join(f"{number} {name}" for name, number in found.by_class().items())
    if as_json:
        print_line({"event": "nothing-to-retry", "failures-by-class": found.by_class()})
    elif others:
        talk().print(f"nothing to retry: no trial failed by {listing(classes)}; there are {others}", markup=False)
    else:
        talk().print("nothing to retry: no trial has failed", markup=False)
