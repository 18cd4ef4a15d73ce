"""``bench compare RUN RUN``: how two runs differ, and what that did to the numbers."""

from __future__ import annotations

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
from augbench.values.numbers import listing, metric, score, signed

if TYPE_CHECKING:
    from augbench.comparison.differences import Moved, RunDifferences

EPILOG = examples(
    ("bench compare runs/ablation runs/longer", "what differs, and how each row moved"),
    ("bench compare runs/a runs/b --json | jq '.settings[].path'", "for scripts"),
)


def compare(
    before: Annotated[Path, typer.Argument(metavar="RUN", help="The folder of a run.")],
    after: Annotated[Path, typer.Argument(metavar="RUN", help="The folder of another.")],
    as_json: options.Json = False,
) -> None:
    """Show the settings, data and versions that differ between two runs, and each row's primary metric in both.

    Needs the run folders alone.  The runs may be unfinished.
    """
    from augbench.comparison.differences import differences
    from augbench.store.run_folder import RunFolder

    found = differences(RunFolder(path=before).results(), RunFolder(path=after).results())
    if as_json:
        print_json(asdict(found))
        return
    console = data()
    for line in lines(found):
        console.print(line, markup=False, soft_wrap=True)
    if found.settings:
        console.print(setting_table(found))
    if found.scores:
        console.print(score_table(found.metric, found.scores))


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
