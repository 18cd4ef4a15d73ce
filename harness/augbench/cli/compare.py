"""``bench compare RUN RUN``: how two runs differ, and what that did to the numbers."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from augbench.cli import options
from augbench.cli.console import data, print_json
from augbench.cli.explain import where, written
from augbench.cli.wording import examples
from augbench.values.numbers import bound, direction, listing, many, metric, score, signed

if TYPE_CHECKING:
    from augbench.comparison.differences import Moved, RunDifferences
    from augbench.comparison.regressions import Regression

EPILOG = examples(
    ("bench compare runs/ablation runs/longer", "what differs, and how each row moved"),
    ("bench compare runs/main runs/change --tolerance 0.02", "exits with 1 where a row got worse by more"),
    ("bench compare runs/a runs/b --json | jq '.settings[].path'", "for scripts"),
)


def _tolerance(value: float | None) -> float | None:
    if value is not None and not 0 <= value < math.inf:
        raise typer.BadParameter(f"{value} is no tolerance; write a number of 0 or above, such as 0.02")
    return value


def compare(
    before: Annotated[Path, typer.Argument(metavar="RUN", help="The folder of a run.")],
    after: Annotated[Path, typer.Argument(metavar="RUN", help="The folder of another.")],
    tolerance: Annotated[
        float | None,
        typer.Option(
            metavar="X",
            callback=_tolerance,
            help="By how much a row's primary metric may be worse in the second run. "
            "[dim]\\[default: \\[report] tolerance of the first run; without it, nothing is judged][/dim]",
        ),
    ] = None,
    disabled: options.NoPlugin = [],  # noqa: B006 - typer copies it
    as_json: options.Json = False,
) -> None:
    """Show the settings, data and versions that differ between two runs, and each row's primary metric in both.

    With a tolerance, exits with 1 where a row of the second run is worse than in the first by more, or has no result any more.
    Needs the run folders alone.  The runs may be unfinished.
    """
    from augbench.comparison.differences import differences
    from augbench.engine.rendering import known_to
    from augbench.store.run_folder import RunFolder

    first, second = RunFolder(path=before), RunFolder(path=after)
    found = differences(first.results(), second.results(), tolerance, known_to(first, disabled))
    if as_json:
        print_json(asdict(found))
    else:
        show(found)
    if found.regressions:
        raise typer.Exit(1)


def show(found: RunDifferences) -> None:
    """Print how two runs differ, and the verdict last."""
    console = data()
    for line in lines(found):
        console.print(line, markup=False, soft_wrap=True)
    if found.settings:
        console.print(setting_table(found))
    if found.scores:
        console.print(score_table(found.metric, found.scores))
    for line in verdict(found):
        console.print(line, markup=False, soft_wrap=True)


def lines(found: RunDifferences) -> Iterator[str]:
    """Say what differs beside the settings."""
    if not found.settings:
        yield "No setting differs in the cells that both runs have."
    for name, missing in (("first", found.only_before), ("second", found.only_after)):
        if missing:
            yield f"only in the {name} run: {listing(list(missing), most=12)}"
    if found.seeds[0] != found.seeds[1]:
        yield f"seeds: {_numbers(found.seeds[0])} -> {_numbers(found.seeds[1])}"
    for title, changed in (("data", found.data), ("report", found.report), ("made with", found.provenance)):
        yield from (f"{title}: {one.path}: {_shown(one.before)} -> {_shown(one.after)}" for one in changed)
    if found.recoded:
        every = [(moved.row, moved.column) for moved in found.scores]
        yield f"code: of equal settings and data, but made by other code {where(found.recoded, every)}"


def verdict(found: RunDifferences) -> Iterator[str]:
    """Say which rows got worse, and by how much; nothing where nobody asked."""
    if found.tolerance is None:
        return
    limit = f"the tolerance of {bound(found.tolerance)}"
    if found.regressions:
        yield f"Worse than in the first run by more than {limit}, or lost:"
        yield from (f"  {regressed(found.metric, one)}" for one in found.regressions)
    elif any(one.before is not None for one in found.scores):
        yield f"No row is worse than in the first run by more than {limit}."
    else:
        yield "No row has a result in the first run: nothing can be judged."


def regressed(name: str, one: Regression) -> str:
    """Say how a row got worse: ``cells/ours: macro-F1 is 0.031 lower over 3 common seeds``."""
    cell, what = f"{one.column}/{one.row}", metric(name)
    if one.difference is None:
        gone = "it has no result in" if one.planned else "it is no part of"
        return f"{cell}: lost: {gone} the second run; its {what} was {score(one.before)}"
    seeds = f"over {many(one.common, 'common seed')}" if one.common else "between the means of different seeds"
    return f"{cell}: {what} is {direction(one.difference)} {seeds}"


def setting_table(found: RunDifferences) -> Table:
    """Lay out one line for each setting and pair of values."""
    table = Table("setting", "first run", "second run", "where", title="Settings that differ", title_justify="left")
    every = [(moved.row, moved.column) for moved in found.scores]
    for one in found.settings:
        table.add_row(*map(escape, (one.path, written(one.before), written(one.after), where(one.cells, every))))
    return table


def score_table(name: str, scores: Iterable[Moved]) -> Table:
    """Lay out what became of each row."""
    title = f"Mean {metric(name)} over the seeds that are done"
    table = Table("data set", "row", "first run", "second run", "difference", "seeds", title=title, title_justify="left")
    for one in scores:
        table.add_row(escape(one.column), escape(one.row), score(one.before), score(one.after), signed(one.difference), _seeds(one))
    return table


def _seeds(one: Moved) -> str:
    """Say how many seeds the difference rests on."""
    before, after = one.seeds
    if not before or not after:
        return f"{before} and {after}"
    return f"{one.common} in common" if one.common else f"{before} and {after}, none in common: unpaired"


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{name} {_numbers(part)}" for name, part in value.items())
    return _numbers(value) if isinstance(value, tuple) else written(value)


def _numbers(values: Iterable[Any]) -> str:
    return ", ".join(map(str, values))
