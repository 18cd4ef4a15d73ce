"""``bench status RUN``: where a run stands."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Group
from rich.live import Live
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from augbench.cli import options
from augbench.cli.console import data, print_json, print_line
from augbench.cli.wording import examples
from augbench.values.numbers import ago, many, seconds

if TYPE_CHECKING:
    from augbench.store.run_folder import RunFolder
    from augbench.store.standing import Begun, Running, Standing

EPILOG = examples(
    ("bench status runs/ablation", "what is done, what runs, what failed"),
    ("bench status runs/ablation --watch", "again and again, until the run ends"),
    ("bench status runs/ablation --json | jq .trials", "for scripts"),
)
_REFRESH = 2.0
"""Seconds between two looks."""
_CELLS, _FAILURES, _RUNNING = 30, 5, 12
"""What fits one screen; --json has all."""


def status(
    run: options.Run,
    watch: Annotated[bool, typer.Option("--watch", help="Look again every 2 s until the run ends.")] = False,
    as_json: options.Json = False,
) -> None:
    """Show where a run stands: trials by row, what runs now and since when, what failed and why, and how to go on.

    Reads the run's folder alone, and disturbs nobody who works on it.
    """
    if not watch:
        folder, found = look(run)
        print_json(as_table(folder, found)) if as_json else show(folder, found)
    elif as_json or not data().is_terminal:
        for folder, found in changes(run):
            print_line(as_table(folder, found)) if as_json else show(folder, found)
    else:
        with Live(console=data(), auto_refresh=False) as live:
            for folder, found in looks(run):
                live.update(screen(folder, found), refresh=True)


def look(run: Path) -> tuple[RunFolder, Standing]:
    """Look where a run stands."""
    from augbench.store.run_folder import RunFolder
    from augbench.store.standing import standing

    folder = RunFolder(path=run)
    return folder, standing(folder)


def looks(run: Path) -> Iterator[tuple[RunFolder, Standing]]:
    """Look until nobody is at work any more."""
    folder, found = look(run)
    yield folder, found
    while found.at_work:
        time.sleep(_REFRESH)
        folder, found = look(run)
        yield folder, found


def changes(run: Path) -> Iterator[tuple[RunFolder, Standing]]:
    """Look until nobody is at work any more, and leave out what looks like the time before."""
    before = None
    for folder, found in looks(run):
        if found != before:
            yield folder, found
        before = found


def as_table(folder: RunFolder, found: Standing) -> dict[str, Any]:
    """Return where a run stands for scripts."""
    return {
        "run": str(folder.path),
        "at-work": found.begun.lives if found.begun else False,
        "trials": dict(found.trials),
        "failures-by-class": found.by_class(),
        **asdict(found),
        "continue": [words for _, words in ways_on(folder, found)],
    }


def show(folder: RunFolder, found: Standing) -> None:
    """Print where a run stands; commands stay on one line, to be copied."""
    for part in parts(folder, found):
        data().print(part, markup=False, soft_wrap=True)


def screen(folder: RunFolder, found: Standing) -> Group:
    """Lay out where a run stands in what a terminal shows."""
    return Group(*(Text(part) if isinstance(part, str) else part for part in parts(folder, found)))


def parts(folder: RunFolder, found: Standing) -> Iterator[str | Table]:
    """Say where a run stands."""
    yield f"{found.title}{' (smoke run)' if found.smoke else ''}: {folder.path}"
    yield _counts(found)
    yield cell_table(found)
    yield from _at_work(found)
    yield from _failed(found)
    yield from _spent(found)
    yield from (f"{what}: {command}" for what, command in ways_on(folder, found))


def cell_table(found: Standing) -> Table:
    """Lay out one line for each cell; where that is too much, those that are done in one."""
    from augbench.store.standing import STATES

    table = Table("data set", "row", *STATES)
    shown = [cell for cell in found.cells if len(found.cells) <= _CELLS or set(cell.trials) - {"done", "skipped"}]
    for cell in shown[:_CELLS]:
        # Names of rows may hold brackets, which rich would read as markup.
        table.add_row(escape(cell.column), escape(cell.row), *(_number(cell.trials.get(state, 0)) for state in STATES))
    if rest := [cell for cell in found.cells if cell not in shown[:_CELLS]]:
        counts = [sum(cell.trials.get(state, 0) for cell in rest) for state in STATES]
        table.add_row(f"{len(rest)} more", "", *map(_number, counts))
    return table


def ways_on(folder: RunFolder, found: Standing) -> Iterator[tuple[str, str]]:
    """Say by which commands a run that nobody is at goes on."""
    from augbench.config.presets import is_preset
    from augbench.engine.asking import asked_again, command
    from augbench.values.run_errors import BrokenRun, MergedRun

    try:
        request = asked_again(folder)
    except (BrokenRun, MergedRun):
        return
    there = request.matrix.is_file() or is_preset(str(request.matrix))
    if not found.at_work and (found.trials["pending"] or found.trials["failed"]) and there:
        yield "To go on", command(request)
    if not found.at_work and found.trials["failed"]:
        yield "To try again what failed", f"bench retry {_quoted(folder.path)}"


def _counts(found: Standing) -> str:
    from augbench.store.standing import STATES

    counts = found.trials
    return f"{many(counts.total(), 'trial')}: " + ", ".join(f"{counts[state]} {state}" for state in STATES if counts[state])


def _at_work(found: Standing) -> Iterator[str]:
    if found.begun is None:
        yield "Nobody has run any of it yet."
        return
    yield _who(found.begun)
    for one in found.running[:_RUNNING]:
        yield f"  {_running(one)}"
    if rest := found.running[_RUNNING:]:
        yield f"  {len(rest)} more"


def _who(begun: Begun) -> str:
    who = f"process {begun.pid} on {begun.host}, since {_clock(begun.since)}"
    if begun.lives:
        return f"At work: {who}."
    if begun.lives is None:
        return f"Begun by {who}; whether it is still at work cannot be seen from this machine."
    return f"Nobody is at work on it; the last one was {who}."


def _running(one: Running) -> str:
    again = f", attempt {one.attempt}" if one.attempt > 1 else ""
    return f"{one.worker or 'a worker'}: {one.label}, for {seconds(_age(one.since))}{again}"


def _failed(found: Standing) -> Iterator[str]:
    if not found.failures:
        return
    classes = ", ".join(f"{number} {name}" for name, number in found.by_class().items())
    yield f"Failed: {classes}; 'bench logs' tells more of each" + (f"; the last {_FAILURES}:" if len(found.failures) > _FAILURES else ":")
    for failure in found.failures[-_FAILURES:]:
        yield f"  {failure.trial} ({failure.failure}): {failure.reason.partition(chr(10))[0]}"


def _spent(found: Standing) -> Iterator[str]:
    when = f"; last record {ago(_age(found.latest))}" if found.latest else ""
    yield f"Spent on stages: {seconds(found.seconds)}{when}."
    if found.torn:
        yield f"{many(found.torn, 'torn line')} of the records skipped: a run was killed while it wrote."


def _clock(time: str) -> str:
    """Write a time of the records by the clock on this machine's wall."""
    return f"{datetime.fromisoformat(time).astimezone():%Y-%m-%d %H:%M:%S}"


def _age(time: str) -> float:
    return max(0.0, (datetime.now(UTC) - datetime.fromisoformat(time)).total_seconds())


def _quoted(path: Path) -> str:
    import shlex

    return shlex.quote(str(path))


def _number(count: int) -> str:
    return str(count) if count else ""
