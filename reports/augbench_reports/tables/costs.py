"""What a trial of each row took: columns are what was measured."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from augbench import comparing, numbers
from augbench_reports.choosing import MOST, chosen_rows, left_out
from augbench_reports.document import Cell, Table
from augbench_reports.tables.cells import head, marked, row_name, written
from augbench_reports.words import plain


class _Cost(NamedTuple):
    name: str
    heading: str | tuple[str, str]
    written: Callable[[float | None], str]


COSTS = (
    _Cost("seconds", ("Time", "its own"), numbers.seconds),
    _Cost("shared-seconds", ("Shared time", "not divided"), numbers.seconds),
    _Cost("cpu-seconds", "CPU time", numbers.seconds),
    _Cost("gpu-seconds", "GPU time", numbers.seconds),
    _Cost("peak-memory-mb", ("Peak memory", "host"), numbers.memory),
    _Cost("peak-device-memory-mb", ("Peak memory", "device"), numbers.memory),
    _Cost("images-per-second", "Images a second", numbers.distance),
    _Cost("energy-joules", "Energy", numbers.energy),
)
NOTE = "Means over the finished trials, of a classifier's own training and evaluation."
SHARED = (
    " Shared time is that of the stages before it, which other trials may read too (preparation, fits, banks, judgements): "
    "it is counted whole for each trial, so it does not add up over trials."
)


def cost_table(column: comparing.ColumnComparison, most: int = MOST) -> Table | None:
    """Show what a trial took, in the columns that have a number; None where nothing was measured."""
    shown = [cost for cost in COSTS if any(cost.name in row.budget.cost for row in column.rows)]
    if not shown:
        return None
    rows = chosen_rows(column.rows, most)
    return Table(
        slug="costs",
        caption=f"Cost of a trial on {plain(column.label)}",
        head=head("Row", *(cost.heading for cost in shown)),
        rows=tuple((row_name(row), *_costs(row, shown)) for row in rows),
        marked=marked(rows),
        note=" ".join(
            filter(None, [NOTE + SHARED * any(cost.name == "shared-seconds" for cost in shown), left_out(column.rows, rows, "costs")])
        ),
        sortable=True,
    )


def _costs(row: comparing.RowComparison, shown: list[_Cost]) -> tuple[Cell, ...]:
    return tuple(written(cost.written, row.budget.cost.get(cost.name)) for cost in shown)
