"""``bench plan``: say what a run would do, and do nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from augbench.cli import options
from augbench.cli.console import data, print_json, talk
from augbench.cli.explain import tell
from augbench.cli.wording import examples
from augbench.values.numbers import many, seconds, size

if TYPE_CHECKING:
    from augbench.engine.session import Session
    from augbench.plan.cost import Estimate
    from augbench.plan.outlook import Outlook
    from augbench.plan.plan import PlannedStage, PlannedTrial
    from augbench.plan.telling import Line

Item = TypeVar("Item")
Name = TypeVar("Name")
_REASONS = 6
"""Reasons of one kind of stage that are told; --json has all."""

EPILOG = examples(
    ("bench plan", "of ./ablation.toml"),
    ("bench plan --set axes.seed=[0,1,2]", "what a third seed would cost"),
    ("bench plan --explain training.lr", "which line of the file says so, row by row"),
    ("bench plan --json | jq '.estimate'", "for scripts"),
)


def plan(
    matrix: options.Matrix = options.DEFAULT_MATRIX,
    sets: options.Sets = [],  # noqa: B006 - typer copies it
    only: options.Only = [],  # noqa: B006
    skip: options.Skip = [],  # noqa: B006
    disabled: options.NoPlugin = [],  # noqa: B006
    out: options.Out = None,
    store: options.Store = None,
    jobs: Annotated[
        int | None,
        typer.Option(metavar="N", min=1, help="Stages side by side, for the estimate. [dim]\\[default: the CPUs that may be used][/dim]"),
    ] = None,
    explain: Annotated[
        str | None,
        typer.Option(metavar="SETTING", help="Instead, tell where a setting such as [cyan]training.lr[/cyan] comes from in each row."),
    ] = None,
    as_json: options.Json = False,
) -> None:
    """Show the trials of a matrix and the stages they share: what is done, what would run and why, what is skipped and why.

    Tells how long it would take, what that estimate rests on, and what the seeds allow to claim.
    """
    if explain is not None:
        tell(explain, matrix, disabled, as_json=as_json, sets=sets, only=only, skip=skip)
        return
    with talk().status("Reading the matrix and the data sets"):
        from augbench.engine.request import Request
        from augbench.engine.session import open_session

        request = Request(
            matrix=matrix, out=out, store=store, sets=tuple(sets), only=tuple(only), skip=tuple(skip), disabled=tuple(disabled)
        )
        session = open_session(request)
        ahead = look_ahead(session, jobs)
    if as_json:
        print_json(session.plan.as_json() | ahead.as_json(session.registry.called))
    else:
        show(session, ahead)


def look_ahead(session: Session, jobs: int | None) -> Outlook:
    """Judge what lies ahead by the store and the run folder."""
    from augbench.comparison.measures import test_of
    from augbench.plan.outlook import outlook
    from augbench.values.cpus import usable_cpus

    return outlook(
        session.plan,
        session.matrix.report,
        test_of(session.matrix.report.test, session.registry),
        costs=session.costs,
        summaries=session.summaries,
        made=session.folder.made(),
        slots=jobs or usable_cpus(),
    )


def show(session: Session, ahead: Outlook) -> None:
    """Print a plan as tables on stdout."""
    from augbench.plan.attainable import sentence
    from augbench.plan.telling import brief

    console, plan = data(), session.plan
    console.print(trial_table(plan.trials))
    console.print(stage_table(plan.stages, {stage.key for stage in ahead.needed}))
    if ahead.reasons:
        console.print(reason_table(brief(ahead.reasons, session.registry.called)))
    elif ahead.needed:
        _say(console, f"Why: nothing is stored yet in {session.store.location}.")
    _say(console, estimate_words(ahead.estimate))
    for each in ahead.attainable:
        _say(console, sentence(each))
    for note in plan.notes:
        _say(console, f"note: {note}")


def estimate_words(estimate: Estimate) -> str:
    """Say what is left to do, and how anybody knows."""
    from augbench.plan.cost import words

    if not estimate.stages:
        return "Nothing is left to do."
    left = f"Left to do: {seconds(estimate.seconds)} of work, about {seconds(estimate.wall)} with {many(estimate.slots, 'job')}"
    return f"{left}, and {size(estimate.bytes)} to store (estimated: {words(estimate)})."


def trial_table(trials: Iterable[PlannedTrial]) -> Table:
    """Lay out one line for each cell of the matrix."""
    table = Table("data set", "row", "seeds", "folds", "done", "to run", "skipped", "reason", title="Trials", title_justify="left")
    for (column, row), cell in _grouped(trials, lambda trial: (trial.column, trial.row)):
        seeds, folds = {trial.seed for trial in cell}, {trial.fold for trial in cell} - {None}
        states = Counter(trial.status for trial in cell)
        counts = [_number(states[status]) for status in ("done", "to run", "skipped")]
        reasons = dict.fromkeys(trial.reason for trial in cell if trial.reason)
        words = (column, row, ", ".join(map(str, sorted(seeds))), _number(len(folds)), *counts, "; ".join(reasons))
        # Names of rows may hold brackets, which rich would read as markup.
        table.add_row(*map(escape, words))
    return table


def stage_table(stages: Iterable[PlannedStage], needed: Collection[str]) -> Table:
    """Lay out one line for each kind of stage, in the order in which they run; some are neither stored nor needed."""
    table = Table("stage", "in all", "stored", "to run", "each serves", title="Stages", title_justify="left")
    for kind, found in _grouped(stages, lambda stage: stage.kind):
        stored, run = sum(stage.cached for stage in found), sum(stage.key in needed for stage in found)
        shared = [stage.shared for stage in found]
        low, high = min(shared), max(shared)
        serves = many(low, "trial") if low == high else f"{low} to {many(high, 'trial')}"
        table.add_row(kind, str(len(found)), _number(stored), _number(run), serves)
    return table


def reason_table(lines: Iterable[Line]) -> Table:
    """Lay out the reasons why stages run."""
    table = Table("stage", "to run", "because", "nearest that is stored", title="Why", title_justify="left")
    for kind, found in _grouped(lines, lambda line: line.kind):
        for line in found[:_REASONS]:
            table.add_row(kind, str(line.count), escape(line.words), escape(line.nearest))
        if rest := found[_REASONS:]:
            table.add_row(kind, str(sum(line.count for line in rest)), f"{many(len(rest), 'other reason')}; --json tells", "")
    return table


def _grouped(items: Iterable[Item], key: Callable[[Item], Name]) -> Iterable[tuple[Name, list[Item]]]:
    """Gather items that need not be neighbours, in the order of the first of each."""
    groups: dict[Name, list[Item]] = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    return groups.items()


def _number(count: int) -> str:
    return str(count) if count else ""


def _say(console: Console, text: str) -> None:
    console.print(text, markup=False, soft_wrap=True)
