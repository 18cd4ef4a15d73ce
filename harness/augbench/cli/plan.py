"""``bench plan``: say what a run would do, and do nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, TypeVar

from rich.markup import escape
from rich.table import Table

from augbench.cli import options
from augbench.cli.console import data, print_json, talk
from augbench.cli.wording import examples
from augbench.values.numbers import many

if TYPE_CHECKING:
    from augbench.plan.plan import Plan, PlannedStage, PlannedTrial

Item = TypeVar("Item")
Name = TypeVar("Name")

EPILOG = examples(
    ("bench plan", "of ./ablation.toml"),
    ("bench plan --set axes.seed=[0,1,2]", "what a third seed would cost"),
    ("bench plan --json | jq '.stages[].label'", "for scripts"),
)


def plan(
    matrix: options.Matrix = options.DEFAULT_MATRIX,
    sets: options.Sets = [],  # noqa: B006 - typer copies it
    only: options.Only = [],  # noqa: B006
    skip: options.Skip = [],  # noqa: B006
    disabled: options.NoPlugin = [],  # noqa: B006
    out: options.Out = None,
    store: options.Store = None,
    as_json: options.Json = False,
) -> None:
    """Show the trials of a matrix and the stages they share: what is done, what would run, what is skipped and why."""
    with talk().status("Reading the matrix and the data sets"):
        from augbench.engine.request import Request
        from augbench.engine.session import open_session

        request = Request(
            matrix=matrix, out=out, store=store, sets=tuple(sets), only=tuple(only), skip=tuple(skip), disabled=tuple(disabled)
        )
        planned = open_session(request).plan
    if as_json:
        print_json(planned.as_json())
    else:
        show(planned)


def show(planned: Plan) -> None:
    """Print a plan as tables on stdout."""
    console = data()
    console.print(trial_table(planned.trials))
    console.print(stage_table(planned.stages))
    for note in planned.notes:
        console.print(f"note: {note}", markup=False, soft_wrap=True)


def trial_table(trials: Iterable[PlannedTrial]) -> Table:
    """Lay out one line for each cell of the matrix."""
    table = Table("data set", "row", "seeds", "folds", "done", "to run", "skipped", "reason", title="Trials", title_justify="left")
    for (column, row), cell in _grouped(trials, lambda trial: (trial.column, trial.row)):
        seeds, folds = {trial.seed for trial in cell}, {trial.fold for trial in cell} - {None}
        counts = [_number(sum(trial.status == status for trial in cell)) for status in ("done", "to run", "skipped")]
        reasons = dict.fromkeys(trial.reason for trial in cell if trial.reason)
        words = (column, row, ", ".join(map(str, sorted(seeds))), _number(len(folds)), *counts, "; ".join(reasons))
        # Names of rows may hold brackets, which rich would read as markup.
        table.add_row(*map(escape, words))
    return table


def stage_table(stages: Iterable[PlannedStage]) -> Table:
    """Lay out one line for each kind of stage, in the order in which they run."""
    table = Table("stage", "in all", "stored", "to run", "each serves", title="Stages", title_justify="left")
    for kind, found in _grouped(stages, lambda stage: stage.kind):
        stored, shared = sum(stage.cached for stage in found), [stage.shared for stage in found]
        low, high = min(shared), max(shared)
        serves = many(low, "trial") if low == high else f"{low} to {many(high, 'trial')}"
        table.add_row(kind, str(len(found)), _number(stored), _number(len(found) - stored), serves)
    return table


def _grouped(items: Iterable[Item], key: Callable[[Item], Name]) -> Iterable[tuple[Name, list[Item]]]:
    """Gather items that need not be neighbours, in the order of the first of each."""
    groups: dict[Name, list[Item]] = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    return groups.items()


def _number(count: int) -> str:
    return str(count) if count else ""
